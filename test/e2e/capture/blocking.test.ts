import * as assert from 'uvu/assert'
import { RTMPCapture, type VideoFrame } from '../../../src/index'
import { start, type Child } from '../../support/child'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { maxDifference } from '../../support/media/picture'
import { accepts, freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { codeOf, isEnd, LOSSLESS } from '../lib/served'

const test = suite('capture: blocking iterators', { timeout: 40_000 })

const FRAMES = 75
let file: string
let expected: Buffer[]
let server: Child
let url: string

// In a process of its own, since these iterators stop the event loop of this one.
test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 3 })
  expected = (await decodeFrames(file, 'yuv420p')).map(frame => frame.data)
  const port = await freePort()
  const [serving, peer] = [require.resolve('../lib/served'), require.resolve('../../support/peers/rtmp-server')]
  const code = `require('${peer}').startRtmpServer(require('${serving}').serveWhole('${file}'), { port: ${port} })`
  server = start(process.execPath, ['-e', code])
  await until(() => accepts(port))
  url = `rtmp://127.0.0.1:${port}/live/test`
})
test.after(() => server.stop())

async function blocking(use: (capture: RTMPCapture) => void): Promise<void> {
  await using capture = new RTMPCapture(url, { ...LOSSLESS, format: 'I420' })
  await capture.start()
  use(capture)
}

/** What a loop throws; null when it ends by itself. */
function thrown(loop: () => void): unknown {
  try {
    loop()
    return null
  } catch (error) {
    return error
  }
}

test('iterFrames gives every picture, then says that the stream is over', () =>
  blocking(capture => {
    const sequences: number[] = []
    const error = thrown(() => {
      for (const frame of capture.iterFrames()) {
        assert.is(maxDifference(frame.data, expected[frame.sequence]!), 0)
        sequences.push(frame.sequence)
      }
    })
    assert.equal(
      sequences,
      Array.from({ length: FRAMES }, (_, i) => i),
    )
    assert.ok(isEnd(error), String(error))
  }))

test('a frame is valid until the next is asked for, unless it was cloned', async () => {
  let [before, kept]: (VideoFrame | undefined)[] = []
  await blocking(capture => {
    for (const frame of capture.iterFrames()) {
      if (before) assert.throws(() => before!.data, /given back|closed/)
      before = frame
      if (frame.sequence === 4) kept = frame.clone()
      if (frame.sequence === 30) break
    }
  })
  // Leaving the loop ends the last one too.
  assert.is(await codeOf((async () => before!.data)()), 'ERR_FRAME_CLOSED')
  assert.is(maxDifference(kept!.data, expected[4]!), 0)
  kept!.close()
})

test('a loop that closes its frames, or throws, is fine', () =>
  blocking(capture => {
    let count = 0
    for (const frame of capture.iterFrames()) {
      frame.close()
      if (++count === 20) break
    }
    const error = thrown(() => {
      for (const frame of capture.iterFrames()) {
        frame.close()
        throw new Error('on purpose')
      }
    })
    assert.is((error as Error).message, 'on purpose')
    for (const frame of capture.iterFrames()) {
      assert.ok(frame.sequence >= 20)
      break
    }
  }))

test('iterFramesWithAudio: every picture with its sound, end to end', () =>
  blocking(capture => {
    let [at, items] = [0, 0]
    const error = thrown(() => {
      for (const { frame, audio } of capture.iterFramesWithAudio()) {
        assert.is(frame.sequence, items++)
        assert.is(at, Math.round((frame.timestamp * audio.sampleRate) / 1e6))
        assert.is(audio.discontinuity, items === 1)
        at += audio.samples.length / audio.channels
      }
    })
    assert.ok(isEnd(error), String(error))
    assert.is(items, FRAMES)
    assert.is(at, 3 * 44_100)
  }))

test('a thousand pictures without a turn of the event loop take no more memory than a few', async () => {
  const long = await makeFile(tempFile('long.flv'), {
    size: '640x360',
    fps: 25,
    duration: 40,
    audio: null,
    pattern: 'testsrc',
  })
  const port = await freePort()
  const [serving, peer] = [require.resolve('../lib/served'), require.resolve('../../support/peers/rtmp-server')]
  const code = `require('${peer}').startRtmpServer(require('${serving}').serveWhole('${long}'), { port: ${port} })`
  await using other = start(process.execPath, ['-e', code])
  await until(() => accepts(port))
  await using capture = new RTMPCapture(`rtmp://127.0.0.1:${port}/live/test`, LOSSLESS)
  await capture.start()
  let [count, rss] = [0, 0]
  const error = thrown(() => {
    for (const frame of capture.iterFrames()) {
      assert.is(frame.data.length, 640 * 360 * 3)
      if (++count === 200) rss = process.memoryUsage.rss()
    }
  })
  assert.ok(isEnd(error), String(error))
  assert.is(count, 1000)
  // 800 more pictures of 691 kB would be 550 MB.
  const grown = (process.memoryUsage.rss() - rss) / 1e6
  assert.ok(grown < 100, `${grown} MB more`)
  assert.ok(other.running)
})

test.run()
