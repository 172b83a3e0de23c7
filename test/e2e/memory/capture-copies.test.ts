// suite: deep
// deadline: 600
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
// GStreamer reads both when it is loaded: what the decoder does with its memory only its log tells.
const log = path.join(mkdtempSync(path.join(tmpdir(), 'rxgst-copies-')), 'log')
Object.assign(process.env, {
  GST_DEBUG: 'libav:6,videopool:6,GST_PERFORMANCE:5',
  GST_DEBUG_FILE: log,
  GST_DEBUG_NO_COLOR: '1',
})

import * as assert from 'uvu/assert'
import { map } from 'rxjs'
import { el, pipeline, type RTMPCaptureOptions } from '../../../src/index'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { all, running, shown } from '../lib/running'
import { pictures } from '../lib/served'

const test = suite('capture: what the decoder does with its memory', { timeout: 90_000 })

const source = { fps: 25, duration: 2, audio: null, colorspace: 'bt601', bitrate: '3M' } as const

/**
 * Pictures that were copied on their way out of the decoder, by it or by GStreamer, and pools that were made, since the
 * last call.
 */
function counts(luma: number): { copies: number; pools: number } {
  if (!existsSync(log)) return { copies: 0, pools: 0 }
  const lines = readFileSync(log, 'utf8').split('\n')
  truncateSync(log)
  return {
    copies: lines.filter(
      line =>
        /:get_output_buffer:.*get output buffer/.test(line) || Number(/memcpy (\d+) memory/.exec(line)?.[1]) >= luma,
    ).length,
    pools: lines.filter(line => /new video buffer pool/.test(line)).length,
  }
}

/** Whole macroblocks wide: the decoder writes into what is read. Others it copies, once. */
const sizes = [
  ['1920x1080', 0],
  ['1280x720', 0],
  ['640x360', 0],
  ['320x180', 0],
  ['854x480', 50],
  ['426x240', 50],
  ['1080x1920', 50],
] as const

for (const [size, most] of sizes) {
  for (const options of [{}, { dropPolicy: 'newest', bufferSize: 60 }] satisfies RTMPCaptureOptions[]) {
    test(`${size} ${JSON.stringify(options)}: ${most === 0 ? 'no' : 'one'} copy, few pools, no damage`, async () => {
      const file = await makeFile(tempFile('in.flv'), { ...source, size, bframes: 2 })
      const expected = await decodeFrames(file, 'rgb24')
      const [width, height] = size.split('x').map(Number) as [number, number]
      counts(0)
      const { frames } = await pictures(file, options)
      const { copies, pools } = counts(width * height)
      assert.is(frames.length, 50)
      // The first pictures are decoded before the format is agreed upon.
      assert.ok(copies <= (most || 8), `${copies} copies`)
      assert.ok(pools >= 1 && pools <= 8, `${pools} pools`)
      frames.forEach(({ data }, n) => {
        const decibel = psnr(data, expected[n]!.data)
        assert.ok(decibel >= 42, `picture ${n}: ${decibel} dB`)
      })
    })
  }
}

// 1.22 gives out the buffer that it decoded into as it is, also where the picture begins further down.
for (const lines of [2, 16]) {
  test(`a picture that is cropped by ${lines} lines above is shown from its own first line on`, async () => {
    const whole = await makeFile(tempFile('whole.flv'), { ...source, size: '640x352', bframes: 2 })
    const file = tempFile('cropped.flv')
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-i',
      whole,
      '-c',
      'copy',
      '-bsf:v',
      `h264_metadata=crop_top=${lines}`,
      file,
    ])
    const expected = await decodeFrames(file, 'rgb24')
    for (const options of [{}, { dropPolicy: 'newest', bufferSize: 60 }] satisfies RTMPCaptureOptions[]) {
      const { frames } = await pictures(file, options)
      assert.is(frames.length, 50)
      frames.forEach(({ data, width, height }, n) => {
        assert.equal([width, height], [640, 352 - lines])
        const decibel = psnr(data, expected[n]!.data)
        assert.ok(decibel >= 42, `picture ${n}: ${decibel} dB`)
      })
    }
  })
}

test('two copies of this package in one process: both work', () => {
  const repository = path.join(__dirname, '../../../..')
  const copy = tempDir()
  cpSync(path.join(repository, 'dist/src'), path.join(copy, 'dist/src'), { recursive: true })
  cpSync(path.join(repository, 'build/Release/rxgst.node'), path.join(copy, 'build/Release/rxgst.node'))
  cpSync(path.join(repository, 'package.json'), path.join(copy, 'package.json'))
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'))
  const script = `
    ;(async () => {
      for (const folder of ${JSON.stringify([repository, copy, copy, repository])}) {
        const { run, gst } = require(folder + '/dist/src/index.js')
        const running = run(gst\`videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=320,height=176 !
          x264enc tune=zerolatency ! h264parse ! video/x-h264,stream-format=avc ! avdec_h264 !
          appsink name=out sync=false\`)
        let count = 0
        const next = (frame) => { count++; frame.close() }
        const over = new Promise((complete, error) => running.frames$('out').subscribe({ next, complete, error }))
        await running.start()
        await over
        await running.stop()
        console.log(count)
      }
      process.exit()
    })()`
  const env = { ...process.env, GST_DEBUG: '', GST_DEBUG_FILE: '' }
  assert.equal(
    execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000, env }).trim().split('\n'),
    ['30', '30', '30', '30'],
  )
})

test('who writes into a picture behind the decoder does not write into what later ones refer to', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '640x352', gop: 50 })
  const expected = await decodeFrames(file, 'rgb24')
  const graph = pipeline(
    el('filesrc', { location: file }),
    el('flvdemux'),
    el('h264parse'),
    el('avdec_h264', { 'thread-type': 'slice' }),
    el('textoverlay', { text: 'XXXXXX', valignment: 'top', 'font-desc': 'Sans 40' }),
    el('appsink', { name: 'out', sync: false }),
  )
  await running(graph, async p => {
    const frames = all(p.frames$('out', { format: 'RGB' }).pipe(map(shown)))
    await p.start()
    const taken = await frames
    assert.is(taken.length, 50)
    // Text that got into a reference would move into the lower half with what moves there, and stay.
    const half = 640 * 176 * 3
    taken.forEach(({ data }, n) => {
      const below = psnr(data.subarray(half), expected[n]!.data.subarray(half))
      assert.ok(below >= 42, `below the text of picture ${n}: ${below} dB`)
      assert.ok(psnr(data.subarray(0, half), expected[n]!.data.subarray(0, half)) < 30, `no text in picture ${n}`)
    })
  })
})

test.run()
