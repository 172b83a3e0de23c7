// suite: deep
import * as assert from 'uvu/assert'
import { PIXEL_FORMATS } from '../../../src/core/pixel-format'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing } from '../lib/served'
import { firstPicture, look } from '../lib/stills'

const test = suite('stills: formats, sizes and colours', { timeout: 240_000 })

const small = { size: '320x180', fps: 25, audio: null, duration: 0.4, bitrate: '4M', pattern: 'smptebars' } as const

for (const colorspace of ['bt601', 'bt709'] as const) {
  for (const format of PIXEL_FORMATS) {
    test(`${format} of a stream tagged ${colorspace}`, async () => {
      const file = await makeFile(tempFile('in.flv'), { ...small, colorspace })
      const grey = format === 'GRAY8'
      const wanted = await firstPicture(file, grey ? 'format=gray' : 'null')
      const [jpeg, png] = await capturing(file, { format }, async capture => {
        await capture.start()
        using frame = await capture.getFrame()
        return Promise.all([frame.toJPEG({ quality: 95 }), frame.toPNG()])
      })
      for (const [bytes, least] of [
        [jpeg, 33],
        [png, 42],
      ] as const) {
        const seen = await look(bytes)
        assert.equal([seen.width, seen.height], [320, 180])
        assert.is(seen.pixFmt.startsWith('gray'), grey, seen.pixFmt)
        const decibel = psnr(seen.rgb, wanted)
        assert.ok(decibel >= least, `${seen.pixFmt}: ${decibel} dB`)
      }
    })
  }
}

test('odd sizes, up and down, of packed and of planar pixels', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
  for (const format of ['RGB', 'BGRA', 'GRAY8', 'NV12'] as const) {
    await capturing(file, { format }, async capture => {
      await capture.start()
      using frame = await capture.getFrame()
      for (const [width, height] of [
        [161, 91],
        [33, 17],
        [1, 1],
        [517, 291],
      ] as const) {
        const filter = `${format === 'GRAY8' ? 'format=gray,' : ''}scale=${width}:${height}:flags=area`
        const wanted = await firstPicture(file, filter)
        for (const bytes of [
          await frame.toJPEG({ width, height, quality: 95 }),
          await frame.toPNG({ width, height }),
        ]) {
          const seen = await look(bytes)
          assert.equal([seen.width, seen.height], [width, height])
          const decibel = psnr(seen.rgb, wanted)
          assert.ok(decibel >= (width < 40 ? 7 : 17), `${format} ${width}×${height} ${seen.pixFmt}: ${decibel} dB`)
        }
      }
    })
  }
})

test('a picture in odd sizes', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt601' })
  for (const format of ['I420', 'RGB', 'RGBA'] as const) {
    await capturing(file, { format, width: 161, height: 91 }, async capture => {
      await capture.start()
      using frame = await capture.getFrame()
      const size = { width: 161, height: 91 }
      const wanted = await firstPicture(file, 'scale=161:91:flags=area')
      for (const bytes of [await frame.toJPEG({ ...size, quality: 95 }), await frame.toPNG(size)]) {
        const seen = await look(bytes)
        assert.equal([seen.width, seen.height], [161, 91])
        const decibel = psnr(seen.rgb, wanted)
        assert.ok(decibel >= 22, `${format} ${seen.pixFmt}: ${decibel} dB`)
      }
    })
  }
})

test('pixels that are no squares become squares', async () => {
  const filter = ['-vf', 'format=yuv420p,setsar=4/3', '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0']
  const source = ['-f', 'lavfi', '-i', 'smptebars=size=240x180:rate=25:duration=0.4']
  const file = tempFile('in.flv')
  await exec('ffmpeg', ['-v', 'error', '-nostdin', ...source, ...filter, file])
  await capturing(file, {}, async capture => {
    await capture.start()
    using frame = await capture.getFrame()
    assert.equal([frame.width, frame.height, frame.pixelAspectRatio], [240, 180, { n: 4, d: 3 }])
    for (const [options, size] of [
      [{}, [320, 180]],
      [{ width: 160 }, [160, 90]],
      [{ height: 90 }, [160, 90]],
      [{ width: 100, height: 100 }, [100, 100]],
    ] as const) {
      for (const bytes of [await frame.toJPEG(options), await frame.toPNG(options)]) {
        const seen = await look(bytes)
        assert.equal([seen.width, seen.height], size, JSON.stringify(options))
      }
    }
  })
})

test.run()
