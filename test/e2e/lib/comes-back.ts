import * as assert from 'uvu/assert'
import {
  RTMPCapture,
  RTMPOutput,
  StreamMonitor,
  type RTMPCaptureOptions,
  type RTMPOutputOptions,
} from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Behaviour, type Connection, type FlvTag } from '../../support/peers/rtmp-server'
import { inTurn } from '../../support/peers/rtmp/in-turn'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

/** What is true of streams over each transport: they can be watched, and they come back. */

const small = { size: '320x180', fps: 25, duration: 1 } as const

/** A capture that decodes nothing has a rate, a size and a sample rate. */
export async function assertWatched(options: RTMPCaptureOptions): Promise<void> {
  const file = await makeFile(tempFile('in.flv'), small)
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new RTMPCapture(server.url(), { ...options, decode: false })
  using monitor = new StreamMonitor(['fps'], { interval: 100, rules: [] })
  monitor.attachStream(capture)
  const samples: number[] = []
  monitor.metrics$.subscribe(({ values }) => void samples.push(values.fps ?? 0))
  await capture.start()
  await until(() => (samples.at(-1) ?? 0) > 20, { what: () => `the rate: ${samples}` })
  const { video, audio } = capture.info!
  assert.equal([video!.width, video!.height, audio!.sampleRate], [320, 180, 44_100])
}

/** A capture that loses its server comes back, and its time goes on. */
export async function assertCaptureReturns(
  options: RTMPCaptureOptions,
  then: 'fin' | 'rst' | 'freeze' | 'silence',
): Promise<void> {
  const file = await makeFile(tempFile('in.flv'), { ...small, duration: 2 })
  let live = false
  // On a busy machine a capture is live when a second of media is over.
  const before = async (it: Connection, { timestamp }: FlvTag): Promise<void> => {
    if (timestamp > 800) await until(() => live || !it.open, { what: 'a live capture' })
  }
  await using server = await startRtmpServer({ kind: 'serve-file', file, until: 1000, then, before })
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using capture = new RTMPCapture(server.url(), { ...options, stallTimeout: 700, reconnect })
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
  assert.is(capture.info!.transport, options.transport)
}

/** A target that loses its server twice comes back both times. */
export async function assertTargetReturns(
  options: RTMPOutputOptions,
  picture: Uint8Array,
  then: 'fin' | 'rst',
): Promise<void> {
  const lost: Behaviour = { kind: 'accept-publish', after: 2000, then }
  await using server = await startRtmpServer(inTurn(lost, lost, { kind: 'accept-publish' }))
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using output = new RTMPOutput(server.url(), { ...options, stallTimeout: 10_000, reconnect })
  await output.start()
  let over = false
  const writing = (async () => {
    while (!over) await output.writeFrame(picture)
  })()
  writing.catch(() => {})
  const third = () => server.connections.filter(({ role }) => role === 'publisher')[2]
  await until(() => (third()?.tags.length ?? 0) > 30, {
    timeout: 30_000,
    what: () => `a third connection: ${JSON.stringify(output.targets[0]!.state)}`,
  })
  over = true
  await writing
  assert.is(output.stats().reconnects, 2)
}
