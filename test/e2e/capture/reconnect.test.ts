import * as assert from 'uvu/assert'
import { RTMPCapture, type RxGstError, type StreamState } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Ending, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { SeamWatcher } from '../lib/discontinuities'
import { codeOf, serveWhole } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('capture: connections that come and go', { timeout: 40_000 })

const FPS = 25
const SECONDS = 3
const flash = { size: '320x180', fps: FPS, gop: 5, pattern: 'flash', bitrate: '300k' } as const
/** A watcher misses no picture, also where the machine stands still for some seconds. */
const BUFFER = 200
const soon = { initialDelay: 50, maxDelay: 200 } as const
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { ...flash, duration: SECONDS, audio: { frequency: 1000, beep: true } })
})

const live = (more: Partial<ServeFile> = {}): ServeFile => ({ kind: 'serve-file', file, loop: true, ...more })
/** The first frame of connection number `index` has come. */
const connected = (watcher: SeamWatcher, index: number) =>
  until(() => watcher.discontinuities > index && watcher.capture.state.phase === 'live', {
    what: () => `connection ${index}: ${watcher.phases}`,
  })

test('FIN, RST, a freeze, silence: live again each time, in time and in sync', async () => {
  const endings: readonly Ending[] = ['fin', 'rst', 'freeze', 'silence']
  // Behind the second beep: the first lies on the seam.
  await using server = await startRtmpServer(index =>
    live({ until: endings[index] ? 1300 : Infinity, then: endings[index] }),
  )
  await using capture = new RTMPCapture(server.url(), { reconnect: soon, stallTimeout: 1000, bufferSize: BUFFER })
  const watcher = new SeamWatcher(capture)
  await capture.start()
  await connected(watcher, endings.length)
  const before = watcher.shots.length
  await until(() => watcher.shots.length > before + 1.3 * FPS)
  await capture.stop()
  watcher.check({ connections: endings.length + 1 })
  watcher.checkSync(4)
  watcher.checkPace()
  const [lost, stalled] = [
    ['live', 'reconnecting', 'reconnecting'],
    ['live', 'stalled', 'reconnecting', 'reconnecting'],
  ]
  assert.equal(watcher.phases, [
    'idle',
    'connecting',
    ...lost,
    ...lost,
    ...stalled,
    ...stalled,
    'live',
    'stopping',
    'stopped',
  ])
  watcher.states.forEach((state, i) => {
    if (state.phase === 'stalled')
      assert.equal([state.reason, state.nextRetryAt! >= state.since], ['ERR_STALLED', true])
    if (state.phase !== 'reconnecting') return
    // First when the next attempt will be, then that it is made.
    const second = watcher.phases[i - 1] === 'reconnecting'
    assert.equal([state.attempt, state.nextRetryAt === null], [1, second])
    const reasons =
      watcher.phases[i - (second ? 2 : 1)] === 'stalled' ? ['ERR_STALLED'] : ['ERR_STREAM_ENDED', 'ERR_CONNECTION_LOST']
    assert.ok(reasons.includes(state.reason!), JSON.stringify(state))
  })
  assert.equal(watcher.ends, ['complete', 'complete', 'complete'])
})

test('attempts that fail in every way are counted, and each has a deadline of its own', async () => {
  const ways = [
    ['half-handshake', 'ERR_CONNECT_TIMEOUT'],
    ['handshake-silent', 'ERR_CONNECT_TIMEOUT'],
    ['reject-connect', 'ERR_CONNECT_REJECTED'],
    ['reject-play', 'ERR_PLAY_REJECTED'],
    ['play-then-nothing', 'ERR_CONNECT_TIMEOUT'],
  ] as const
  const states: StreamState[] = []
  const waits = () => states.filter(state => state.nextRetryAt !== null)
  // Each way until it has failed as it should: an attempt of a machine that stands still meets its deadline instead.
  const gone = (): number =>
    waits()
      .slice(1)
      .reduce((count, { reason }) => count + (reason === ways[count]?.[1] ? 1 : 0), 0)
  await using server = await startRtmpServer(index => {
    const way = ways[gone()]
    return index === 0 ? live({ until: 400 }) : way ? { kind: way[0] } : live()
  })
  await using capture = new RTMPCapture(server.url(), { reconnect: soon, connectTimeout: 2000, bufferSize: BUFFER })
  capture.state$.subscribe(state => states.push(state))
  const watcher = new SeamWatcher(capture)
  await capture.start()
  await connected(watcher, 1)
  await capture.stop()
  watcher.check({ connections: 2 })
  watcher.checkPace()
  assert.is(gone(), ways.length, JSON.stringify(waits()))
  assert.equal(
    waits().map(state => state.attempt),
    waits().map((_, i) => i + 1),
  )
  const others = waits().length - 1 - ways.length
  assert.ok(others <= 3, `${others} attempts more than ways`)
})

test('a server that is gone for a while; a second life of the same observables, readers and iterators', async () => {
  const server = await startRtmpServer(live())
  await using capture = new RTMPCapture(server.url(), { reconnect: soon, bufferSize: BUFFER })
  const watcher = new SeamWatcher(capture)
  await capture.start()
  const iterator = capture.aiterFrames()
  const [first] = [await capture.getFrame(), await iterator.next()].map(it => ('value' in it ? it.value : it))
  first!.close()
  await server.stop()
  await until(() => capture.state.phase === 'reconnecting' && capture.state.attempt > 2, {
    what: () => String(watcher.phases),
  })
  assert.is(capture.state.reason, 'ERR_CONNECTION_REFUSED')
  // What waited is taken; then there is nothing.
  const signal = AbortSignal.timeout(700)
  const rest = async () => {
    for (;;) (await capture.getFrame({ signal })).close()
  }
  assert.is(await codeOf(rest()), 'ERR_ABORTED')
  const waiting = [capture.getFrame(), capture.getFrameAndAudio().then(({ frame }) => frame)]
  const sound = (async () => {
    for (;;) {
      const chunk = await capture.getAudio(0.1)
      assert.is(chunk.samples.length, 8820)
      if (chunk.timestamp > watcher.frames.at(-1)!.timestamp - 1_000_000 && watcher.discontinuities === 2) return
    }
  })()
  await using again = await startRtmpServer(live(), { port: server.port })
  for (const frame of await Promise.all(waiting)) frame.close()
  await sound
  for (let seen = false; !seen; ) {
    const { value } = await iterator.next()
    seen = value.discontinuity
    value.close()
  }
  await capture.stop()
  assert.ok(again.connections.length > 0)
  for (let result = await iterator.next(); !result.done; result = await iterator.next()) result.value.close()
  watcher.check({ connections: 2 })
  watcher.checkPace()
})

test("'block' loses no picture and no sample of either connection; paired, iterated, and by getAudio()", async () => {
  await using server = await startRtmpServer(index =>
    index < 2 ? serveWhole(file) : { kind: 'reject-connect', description: 'authfailed' },
  )
  await using capture = new RTMPCapture(server.url(), { reconnect: soon, dropPolicy: 'block', bufferSize: 4 })
  const watcher = new SeamWatcher(capture)
  const started = capture.start()
  let count = 0
  const iterated = codeOf(
    (async () => {
      for await (const frame of capture.aiterFrames()) {
        assert.is(frame.sequence, count++)
        frame.close()
      }
    })(),
  )
  let samples = 0
  const heard = codeOf(
    (async () => {
      for (;;) samples += (await capture.getAudio(0.25)).samples.length / 2
    })(),
  )
  await started
  assert.is(await iterated, 'ERR_AUTHENTICATION')
  assert.is(await heard, 'ERR_STREAM_ENDED')
  watcher.check({ connections: 2 })
  watcher.checkSync(4)
  assert.equal([count, watcher.shots.length, watcher.frames.length], Array(3).fill(2 * SECONDS * FPS))
  const sum = watcher.chunks.reduce((total, chunk) => total + chunk.count, 0)
  assert.ok(Math.abs(sum - 2 * SECONDS * 44_100) < 3000, `${sum} samples`)
  assert.ok(samples > sum - 2 * 11_025 && samples < sum + 2 * 11_025, `${samples} of ${sum} samples`)
  // What is not retryable is final, and everybody hears it.
  assert.equal([capture.state.phase, capture.state.reason], ['failed', 'ERR_AUTHENTICATION'])
  assert.equal(
    watcher.ends.map(end => (end as RxGstError).code),
    Array(3).fill('ERR_AUTHENTICATION'),
  )
})

test('giveUpAfter: then it has failed, and everybody hears why', async () => {
  await using server = await startRtmpServer(index => (index === 0 ? live({ until: 400 }) : { kind: 'reject-play' }))
  await using capture = new RTMPCapture(server.url(), { reconnect: { ...soon, giveUpAfter: 2500 } })
  const watcher = new SeamWatcher(capture)
  await capture.start()
  const from = performance.now()
  await until(() => watcher.ends.length === 3)
  assert.ok(performance.now() - from > 500)
  assert.equal([capture.state.phase, capture.state.reason], ['failed', 'ERR_PLAY_REJECTED'])
  assert.ok(capture.state.attempt > 2, JSON.stringify(capture.state))
  assert.is(await codeOf(capture.getFrame()), 'ERR_STREAM_ENDED')
})

for (const phase of ['stalled', 'reconnecting', 'attempt'] as const) {
  for (const how of ['stop', 'abort'] as const) {
    test(`${how} while it is ${phase === 'attempt' ? 'trying' : phase}`, async () => {
      await using server = await startRtmpServer(index =>
        index === 0 ? live({ until: 400, then: phase === 'stalled' ? 'freeze' : 'fin' }) : { kind: 'accept-silent' },
      )
      const abort = new AbortController()
      // A delay is a random part of it: not a short one, for once.
      const reconnect = { initialDelay: phase === 'attempt' ? 1 : 3_600_000 }
      await using capture = new RTMPCapture(server.url(), { reconnect, stallTimeout: 300, signal: abort.signal })
      const watcher = new SeamWatcher(capture)
      await capture.start()
      const waiting = codeOf(capture.getAudio(10))
      await until(() => (phase === 'attempt' ? server.connections.length === 2 : capture.state.phase === phase))
      const end = async (): Promise<unknown> => {
        if (how === 'stop') return capture.stop()
        abort.abort()
        return until(() => capture.state.phase === 'stopped')
      }
      const took = await timed(end)
      assert.ok(took < 5000, `${how} took ${took} ms`)
      assert.is(await waiting, 'ERR_NOT_RUNNING')
      assert.equal(watcher.ends, ['complete', 'complete', 'complete'])
      assert.is(server.connections.length, phase === 'attempt' ? 2 : 1)
    })
  }
}

test('timestamps that wrap at 32 bits, begin anew or jump ahead go on, and sound stays with its picture', async () => {
  const wrap = 2 ** 32
  // Three turns of the file: up to the wrap and over it, from zero again, a day later.
  const at = [wrap - 1500, 0, 86_400_000]
  const edit = (tag: FlvTag): FlvTag[] => {
    const turn = Math.min(2, Math.floor(tag.timestamp / (SECONDS * 1000)))
    return [{ ...tag, timestamp: tag.timestamp - turn * SECONDS * 1000 + at[turn]! }]
  }
  await using server = await startRtmpServer({
    kind: 'serve-file',
    file,
    loop: true,
    pace: 'full',
    until: SECONDS * 3000 - 200,
    edit,
  })
  await using capture = new RTMPCapture(server.url(), { reconnect: false, dropPolicy: 'block' })
  const watcher = new SeamWatcher(capture)
  const started = capture.start()
  await until(() => watcher.ends.length === 3)
  await started
  assert.ok(watcher.frames.length > SECONDS * 3 * FPS - 10, String(watcher.frames.length))
  watcher.check({ connections: 1, jumps: 2 })
  watcher.checkSync(6)
  const last = watcher.frames.at(-1)!
  // A jump takes as long as it lasts: on a busy machine that is some 100 ms.
  assert.ok(
    Math.abs(last.timestamp - (watcher.frames.length - 1) * 40_000) < 1_000_000,
    `the last of ${watcher.frames.length} is at ${last.timestamp}`,
  )
})

test.run()
