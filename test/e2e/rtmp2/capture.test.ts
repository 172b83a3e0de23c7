// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, StreamMonitor } from '../../../src/index'
import { maxDifference } from '../../support/media/picture'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Connection, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pictures } from '../lib/served'

// What the tests of captures show of 'auto', in short, of the elements that a program can still name.
const test = suite("captures over 'rtmp2'", { timeout: 60_000 })

const RTMP2 = { transport: 'rtmp2', connectTimeout: 20_000 } as const
const small = { size: '320x180', fps: 25, duration: 1 } as const

test('every picture of a file, byte for byte, and its sound', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
  const expected = await decodeFrames(file, 'yuv420p')
  const { frames, info } = await pictures(file, { ...RTMP2, format: 'I420' })
  assert.is(frames.length, 25)
  frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
  frames.forEach(({ timestamp }, i) => assert.is(timestamp, i * 40_000))
  assert.equal([info.transport, info.video?.fps, info.audio?.codec], ['rtmp2', 25, 'aac'])
})

test('a stream that is only watched', async () => {
  const file = await makeFile(tempFile('in.flv'), small)
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new RTMPCapture(server.url(), { ...RTMP2, decode: false })
  using monitor = new StreamMonitor(['fps'], { interval: 100, rules: [] })
  monitor.attachStream(capture)
  const samples: number[] = []
  monitor.metrics$.subscribe(({ values }) => void samples.push(values.fps ?? 0))
  await capture.start()
  await until(() => (samples.at(-1) ?? 0) > 20, { what: () => `the rate: ${samples}` })
  assert.equal([capture.info!.video!.width, capture.info!.audio!.sampleRate], [320, 44_100])
})

for (const then of ['fin', 'rst', 'freeze', 'silence'] as const) {
  test(`${then}: the capture comes back, and its time goes on`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, duration: 2 })
    let live = false
    // On a busy machine a capture is live when a second of media is over.
    const before = async (it: Connection, { timestamp }: FlvTag): Promise<void> => {
      if (timestamp > 800) await until(() => live || !it.open, { what: 'a live capture' })
    }
    await using server = await startRtmpServer({ kind: 'serve-file', file, until: 1000, then, before })
    await using capture = new RTMPCapture(server.url(), {
      ...RTMP2,
      stallTimeout: 700,
      reconnect: { initialDelay: 50, maxDelay: 100 },
    })
    capture.state$.subscribe(({ phase }) => (live = phase === 'live'))
    await capture.start()
    let [last, jumps] = [-1, 0]
    for await (const frame of capture.aiterFrames()) {
      assert.ok(frame.timestamp > last, `${frame.timestamp} after ${last}`)
      last = frame.timestamp
      if (frame.discontinuity) jumps++
      frame.close()
      if (jumps >= 2) break
    }
    assert.ok(server.connections.length >= 2)
    assert.is(capture.info!.transport, 'rtmp2')
  })
}

test.run()
