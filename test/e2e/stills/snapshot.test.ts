// suite: deep
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPCaptureOptions } from '../../../src/index'
import { meanColor, psnr, solid } from '../../support/media/picture'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { codeOf } from '../lib/served'
import { received } from '../lib/sent'
import { firstPicture, look, looped } from '../lib/stills'

const test = suite('snapshots', { timeout: 60_000 })

const still = { size: '320x180', fps: 25, duration: 2, bitrate: '2M', pattern: 'smptebars' } as const

/** A running capture of a file that is sent over and over. */
async function live(options: RTMPCaptureOptions, use: (capture: RTMPCapture, file: string) => Promise<void>) {
  const file = await makeFile(tempFile('in.flv'), { ...still, colorspace: 'bt709', audio: {} })
  await looped(file, options, async capture => {
    await capture.start()
    await use(capture, file)
  })
}

async function assertSame(bytes: Uint8Array, file: string, filter = 'null', least = 33): Promise<void> {
  const seen = await look(bytes)
  const decibel = psnr(seen.rgb, await firstPicture(file, filter))
  assert.ok(decibel >= least, `${seen.width}×${seen.height}: ${decibel} dB`)
}

test('of a capture that nobody reads, in JPEG and PNG and another size', () =>
  live({}, async (capture, file) => {
    await assertSame(await capture.snapshot({ quality: 95 }), file)
    await assertSame(await capture.snapshot({ format: 'png' }), file, 'null', 40)
    const small = await capture.snapshot({ width: 160 })
    assert.equal([(await look(small)).width, (await look(small)).height], [160, 90])
    await assertSame(small, file, 'scale=160:90:flags=area', 28)
  }))

test('of captures that decode nothing, or sound alone: the last keyframe', async () => {
  for (const options of [{ decode: false }, { video: false }]) {
    await live(options, async (capture, file) => {
      await assertSame(await capture.snapshot({ quality: 95 }), file)
      assert.is(capture.stats().decoded, 0)
    })
  }
})

test('of open groups of pictures that are not decoded, joined in the middle', async () => {
  const x264 = 'open-gop=1:scenecut=0:b-adapt=0'
  const file = await makeFile(tempFile('open.flv'), { ...still, pattern: 'testsrc', gop: 25, bframes: 3, x264 })
  const pictures = (await decodeFrames(file, 'rgb24')).map(({ data }) => data)
  // Without the first keyframe, the only one that decoders begin with by themselves.
  const edit = (tag: FlvTag): FlvTag[] =>
    tag.type === 'video' && tag.data[1] === 1 && tag.timestamp < 500 ? [] : [tag]
  await using server = await startRtmpServer({ kind: 'serve-file', file, then: 'silence', edit })
  await using capture = new RTMPCapture(server.url(), { decode: false, connectTimeout: 20_000, stallTimeout: 60_000 })
  await capture.start()
  const { rgb } = await look(await capture.snapshot({ format: 'png', timeout: 20_000 }))
  const decibels = pictures.map(picture => psnr(rgb, picture))
  const best = Math.max(...decibels)
  assert.ok(best > 35, `${best} dB`)
  assert.is(decibels.indexOf(best) % 25, 0, 'the first picture of a group')
})

test('before start(), after stop(), aborted, and with bad options', async () => {
  const idle = new RTMPCapture('rtmp://localhost/live/camera')
  assert.is(await codeOf(idle.snapshot()), 'ERR_NOT_RUNNING')
  await live({}, async capture => {
    assert.is(await codeOf(capture.snapshot({ signal: AbortSignal.abort() })), 'ERR_ABORTED')
    assert.is(await codeOf(capture.snapshot({ format: 'gif' as 'png' })), 'ERR_OPTION')
    assert.is(await codeOf(capture.snapshot({ format: 'png', quality: 3 })), 'ERR_OPTION')
    await capture.stop()
    assert.is(await codeOf(capture.snapshot()), 'ERR_NOT_RUNNING')
  })
})

test('a stream without pictures says so within the time', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...still, video: false, audio: {} })
  await looped(file, {}, async capture => {
    await capture.start()
    const error = await capture.snapshot({ timeout: 300 }).catch((reason: Error) => reason)
    assert.match(String(error), /no picture within 300 ms: the stream has no pictures/)
  })
})

test('of a stream in HEVC or AV1 that is not decoded', async () => {
  for (const encoder of ['libx265', 'libaom-av1']) {
    const file = tempFile('in.flv')
    const [width, height] = [320, 180]
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const options = {
      width,
      height,
      fps: 25,
      vcodec: encoder as 'libx265',
      fill: 'none',
      connectTimeout: 20_000,
    } as const
    const output = new RTMPOutput(server.url(), options)
    await output.start()
    for (let i = 0; i < 30; i++) await output.writeFrame(solid(width, height, [200, 60, 40]))
    await output.stop()
    writeFileSync(file, writeFlv((await server.connection(0)).tags))
    await looped(file, { decode: false }, async capture => {
      await capture.start()
      const { rgb } = await look(await capture.snapshot({ quality: 95 }))
      const seen = meanColor(rgb, width, height).map(Math.round)
      const far = seen.map((value, i) => Math.abs(value - [200, 60, 40][i]!))
      assert.ok(Math.max(...far) <= 8, `${encoder}: ${seen}`)
    })
  }
})

test('of an output: what goes out, as a repeat and with an overlay that changes', async () => {
  const [width, height] = [320, 180]
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const patch = (red: number, blue: number) => {
    const data = new Uint8Array(64 * 32 * 4)
    for (let i = 0; i < data.length; i += 4) data.set([red, 0, blue, 255], i)
    return { data, width: 64, height: 32 }
  }
  const overlay = { image: patch(200, 0), x: -1, y: -1 }
  await using output = new RTMPOutput(server.url(), { width, height, fps: 25, overlay, connectTimeout: 20_000 })
  assert.is(await codeOf(output.snapshot()), 'ERR_NOT_RUNNING')
  await output.start()
  await output.writeFrame(solid(width, height, [40, 160, 90]))
  const corner = { x: width - 60, y: height - 28, width: 56, height: 24 }
  const colours = async () => {
    const { rgb } = await look(await output.snapshot({ quality: 95 }))
    const rest = meanColor(rgb, width, height, { x: 8, y: 8, width: 200, height: 100 })
    return [...meanColor(rgb, width, height, corner), ...rest].map(Math.round)
  }
  const near = (seen: readonly number[], wanted: readonly number[]) =>
    seen.every((value, i) => Math.abs(value - wanted[i]!) <= 6)
  let seen: number[] = []
  const becomes = (wanted: readonly number[]) =>
    until(async () => near((seen = await colours()), wanted), { timeout: 20_000, what: () => `${seen} for ${wanted}` })
  await becomes([200, 0, 0, 40, 160, 90])
  await output.setOverlay([{ image: patch(0, 180), x: -1, y: -1, opacity: 0.5 }])
  await becomes([20, 80, 135, 40, 160, 90])
  assert.is(await codeOf(output.setOverlay({ image: new Uint8Array(3) })), 'ERR_OPTION')
  await output.setOverlay(null)
  await becomes([40, 160, 90, 40, 160, 90])
  assert.is(output.stats().written, 1, 'all of it was shown over one picture')
  // As a viewer saw it.
  await output.stop()
  const { file } = received(await server.connection(0, ({ open }) => !open))
  const corners = (await decodeFrames(file, 'rgb24')).map(({ data }) => meanColor(data, width, height, corner))
  for (const wanted of [
    [200, 0, 0],
    [20, 80, 135],
    [40, 160, 90],
  ])
    assert.ok(
      corners.some(one => near(one, wanted)),
      `${wanted} is in what was sent`,
    )
})

test.run()
