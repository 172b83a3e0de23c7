import * as assert from 'uvu/assert'
import type { Clock } from '../../../src/core/clock'
import type { ErrorCode } from '../../../src/core/error-table'
import { RxGstError } from '../../../src/core/errors'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { StateHolder } from '../../../src/engine/state'
import { CaptureConnection, type Attempt, type AttemptEvents } from '../../../src/live/capture/connection'
import { suite } from '../../support/suite'

const test = suite('capture-connection')

/** Time moves when a test says so. */
class FakeClock implements Clock {
  time = 0
  timers = new Map<number, { at: number; fn: () => void }>()
  #next = 1
  now = () => this.time
  unix = () => 1_000_000 + this.time
  setTimeout = (fn: () => void, ms: number) => (this.timers.set(this.#next, { at: this.time + ms, fn }), this.#next++)
  clearTimeout = (handle: unknown) => void this.timers.delete(handle as number)
  advance(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
      if (!due) break
      this.timers.delete(due[0])
      this.time = Math.max(this.time, due[1].at)
      due[1].fn()
    }
    this.time = end
  }
}

class FakeAttempt implements Attempt {
  ready = false
  live = false
  stopped = false
  stopAsked = false
  blocking: boolean | null = null
  onPoll = () => {}
  onWait = () => {}
  #finish = () => {}
  constructor(readonly events: AttemptEvents) {}
  start(blocking: boolean): void {
    this.blocking = blocking
  }
  setLive(): void {
    this.live = true
  }
  poll(): void {
    this.onPoll()
  }
  wait(): void {
    this.onWait()
  }
  stop(): Promise<void> {
    this.stopAsked = true
    return new Promise(resolve => void (this.#finish = resolve))
  }
  async finish(): Promise<void> {
    this.stopped = true
    this.#finish()
    for (let i = 0; i < 5; i++) await Promise.resolve()
  }
  goLive(): void {
    this.ready = true
    this.events.onMedia()
  }
}

const error = (code: ErrorCode) => new RxGstError(code, code)
const policy = { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity }

type Policy = typeof policy & { first?: true; finalDelay?: number }

interface Given {
  reconnect: Policy | null
  random: number
  replacements: number
  atEnd: 'retry' | 'end' | 'replace'
}

function setUp(more: Partial<Given> = {}) {
  let replacements = more.replacements ?? 0
  const clock = new FakeClock()
  const state = new StateHolder()
  const attempts: FakeAttempt[] = []
  const log: string[] = []
  const connection = new CaptureConnection<FakeAttempt>({
    options: {
      reconnect: more.reconnect === undefined ? policy : more.reconnect,
      connectTimeout: 10_000,
      logger: SILENT_LOGGER,
    },
    state,
    name: 'it',
    make: events => {
      const attempt = new FakeAttempt(events)
      attempts.push(attempt)
      return attempt
    },
    replaced: reason => reason.code === 'ERR_DECODE' && replacements-- > 0,
    ...(more.atEnd && { atEnd: more.atEnd }),
    events: {
      onLive: () => log.push('live'),
      onMedia: () => log.push('media'),
      onPause: () => log.push('pause'),
      onLost: () => log.push('lost'),
      onRetired: () => log.push('retired'),
      onFailed: reason => log.push(reason.code),
      onEnded: reason => log.push(`ended: ${reason.code}`),
    },
    clock,
    random: () => more.random ?? 0.5,
  })
  state.apply({ type: 'start' })
  connection.start()
  const last = () => attempts[attempts.length - 1]!
  const now = () => {
    const { phase, reason, attempt, nextRetryAt } = state.state
    return [phase, reason, attempt, nextRetryAt === null ? null : nextRetryAt - clock.unix()]
  }
  return { clock, state, attempts, log, connection, last, now }
}

test('the first connection has no deadline and no second attempt here', () => {
  const { clock, attempts, log, last, now } = setUp()
  clock.advance(1e9)
  assert.is(attempts.length, 1)
  last().events.onLost(error('ERR_CONNECTION_REFUSED'))
  assert.equal(now(), ['failed', 'ERR_CONNECTION_REFUSED', 1, null])
  assert.equal(log, ['ERR_CONNECTION_REFUSED', 'retired'])
  clock.advance(1e9)
  assert.is(attempts.length, 1)
})

test('with `first` a first connection is tried like any other: each with its deadline, until giveUpAfter', async () => {
  const { clock, attempts, log, last, now } = setUp({ reconnect: { ...policy, first: true } })
  last().events.onLost(error('ERR_CONNECTION_REFUSED'))
  assert.equal(now(), ['reconnecting', 'ERR_CONNECTION_REFUSED', 1, 500])
  await last().finish()
  clock.advance(500)
  assert.equal([attempts.length, now()], [2, ['reconnecting', 'ERR_CONNECTION_REFUSED', 1, null]])
  // Nobody publishes: it stays until the next attempt, since somebody may begin to.
  clock.advance(10_000)
  assert.equal(now(), ['reconnecting', 'ERR_CONNECT_TIMEOUT', 2, 750])
  assert.is(last().stopAsked, false)
  clock.advance(750)
  await attempts[1]!.finish()
  assert.is(attempts.length, 3)
  last().events.onLost(null)
  assert.equal(now().slice(0, 2), ['reconnecting', 'ERR_STREAM_ENDED'])
  await last().finish()
  clock.advance(1125)
  last().goLive()
  assert.equal(now().slice(0, 2), ['live', null])
  assert.equal(
    log.filter(one => one !== 'retired'),
    ['live', 'media'],
  )
})

test('with `first` what another attempt cannot help ends it at once, and giveUpAfter counts from start()', async () => {
  for (const code of ['ERR_UNSUPPORTED_MEDIA', 'ERR_MISSING_PLUGIN', 'ERR_TLS'] as const) {
    const { last, now } = setUp({ reconnect: { ...policy, first: true } })
    last().events.onLost(error(code))
    assert.equal(now(), ['failed', code, 1, null])
  }
  const { clock, attempts, last, now } = setUp({ reconnect: { ...policy, first: true, giveUpAfter: 3000 } })
  last().events.onLost(error('ERR_HOST_NOT_FOUND'))
  await last().finish()
  clock.advance(2999)
  assert.equal([attempts.length, now()[0]], [2, 'reconnecting'])
  clock.advance(1)
  assert.equal(now().slice(0, 2), ['failed', 'ERR_HOST_NOT_FOUND'])
})

test('with finalDelay nothing ends it: not what another attempt cannot help, nor its own end', async () => {
  const reconnect = { ...policy, first: true as const, finalDelay: 30_000 }
  for (const atEnd of ['end', 'replace'] as const) {
    const { clock, attempts, log, last, now } = setUp({ reconnect, atEnd })
    last().events.onLost(error('ERR_UNSUPPORTED_MEDIA'))
    assert.equal(now(), ['reconnecting', 'ERR_UNSUPPORTED_MEDIA', 1, 30_000])
    await last().finish()
    clock.advance(29_999)
    assert.is(attempts.length, 1)
    clock.advance(1)
    assert.is(attempts.length, 2)
    // It ends before anything has come.
    last().events.onLost(null)
    assert.equal(now(), ['reconnecting', 'ERR_STREAM_ENDED', 2, 30_000])
    await last().finish()
    clock.advance(30_000)
    last().goLive()
    assert.is(now()[0], 'live')
    assert.not(log.some(one => /ERR_/.test(one)))
  }
  const { clock, attempts, log, last, now } = setUp({ reconnect, atEnd: 'end' })
  last().goLive()
  last().events.onLost(null)
  assert.equal(now(), ['reconnecting', 'ERR_STREAM_ENDED', 1, 30_000])
  await last().finish()
  clock.advance(30_000)
  assert.is(attempts.length, 2)
  last().goLive()
  assert.equal(log, ['live', 'media', 'lost', 'retired', 'live', 'media'])
  const without = setUp({ atEnd: 'end' })
  without.last().goLive()
  without.last().events.onLost(null)
  assert.equal([without.now()[0], without.log.at(-2)], ['stopped', 'ended: ERR_STREAM_ENDED'])
})

test('media that is not enough to go live does not', () => {
  const { log, last, now } = setUp()
  last().events.onMedia()
  assert.equal([log, now()[0]], [[], 'connecting'])
  last().goLive()
  assert.equal([log, now()[0], last().live], [['live', 'media'], 'live', true])
})

test('media and its end may be heard in one turn: it was live', () => {
  const { log, last, now } = setUp({ reconnect: null })
  last().ready = true
  last().events.onLost(null)
  assert.equal([log, now()[0]], [['live', 'media', 'ERR_STREAM_ENDED', 'retired'], 'failed'])
})

test('a loss, a delay, an attempt, live again', async () => {
  const { clock, attempts, log, last, now } = setUp()
  last().goLive()
  clock.advance(5000)
  last().events.onLost(null)
  assert.equal(now(), ['reconnecting', 'ERR_STREAM_ENDED', 1, 500])
  assert.is(last().stopAsked, true)
  await last().finish()
  clock.advance(499)
  assert.is(attempts.length, 1)
  clock.advance(1)
  assert.is(attempts.length, 2)
  assert.equal(now(), ['reconnecting', 'ERR_STREAM_ENDED', 1, null])
  assert.is(last().blocking, false)
  last().goLive()
  assert.equal(now(), ['live', null, 1, null])
  assert.equal(log, ['live', 'media', 'lost', 'retired', 'live', 'media'])
  assert.is(clock.timers.size, 0)
})

test('what comes from a connection that is gone is not heard', async () => {
  const { clock, attempts, log, last, now } = setUp()
  last().goLive()
  last().events.onLost(null)
  await attempts[0]!.finish()
  clock.advance(500)
  log.length = 0
  const { events } = attempts[0]!
  events.onMedia()
  events.onLost(error('ERR_AUTHENTICATION'))
  events.onStall(error('ERR_STALLED'))
  events.onFlow()
  assert.equal([log, now()[0], attempts.length], [[], 'reconnecting', 2])
})

test('one at a time: an attempt waits until the one before has stopped', async () => {
  const { clock, attempts, last, now } = setUp()
  last().goLive()
  last().events.onLost(null)
  clock.advance(3000)
  assert.equal([attempts.length, now()[0]], [1, 'reconnecting'])
  await attempts[0]!.finish()
  assert.is(attempts.length, 2)
})

test('an attempt has a deadline of its own; silent, it stays until the next, and may still come', async () => {
  const { clock, attempts, last, now } = setUp()
  last().goLive()
  last().events.onLost(error('ERR_CONNECTION_LOST'))
  await attempts[0]!.finish()
  clock.advance(500)
  clock.advance(9999)
  assert.equal(now(), ['reconnecting', 'ERR_CONNECTION_LOST', 1, null])
  clock.advance(1)
  assert.equal(now(), ['reconnecting', 'ERR_CONNECT_TIMEOUT', 2, 750])
  assert.is(attempts[1]!.stopAsked, false)
  clock.advance(700)
  attempts[1]!.goLive()
  assert.is(now()[0], 'live')
  clock.advance(1e6)
  assert.is(attempts.length, 2)
})

test('a silent attempt that breaks while the next is planned is counted once', async () => {
  const { clock, attempts, last, now } = setUp()
  last().goLive()
  last().events.onLost(error('ERR_CONNECTION_LOST'))
  await attempts[0]!.finish()
  clock.advance(500 + 10_000)
  last().events.onLost(error('ERR_CONNECT_TIMEOUT'))
  assert.equal(now(), ['reconnecting', 'ERR_CONNECT_TIMEOUT', 2, 750])
  await attempts[1]!.finish()
  clock.advance(750)
  assert.is(attempts.length, 3)
  clock.advance(10_000)
  last().events.onLost(error('ERR_AUTHENTICATION'))
  assert.equal(now().slice(0, 2), ['failed', 'ERR_AUTHENTICATION'])
})

test('a deadline that comes late looks first', async () => {
  const { clock, attempts, last, now } = setUp()
  last().goLive()
  last().events.onLost(null)
  await attempts[0]!.finish()
  clock.advance(500)
  attempts[1]!.ready = true
  clock.advance(60_000)
  assert.equal([now()[0], attempts.length], ['live', 2])
})

test('stalled: the connection stays for a while; it goes on, or is replaced', async () => {
  const { clock, attempts, log, last, now } = setUp({ random: 0 })
  last().goLive()
  last().events.onStall(error('ERR_STALLED'))
  assert.equal(now(), ['stalled', 'ERR_STALLED', 1, 250])
  assert.equal(log.splice(0), ['live', 'media', 'pause'])
  clock.advance(200)
  last().events.onFlow()
  assert.equal(now(), ['live', null, 1, null])
  clock.advance(60_000)
  assert.is(attempts.length, 1)

  last().events.onStall(error('ERR_STALLED'))
  clock.advance(250)
  assert.equal(now().slice(0, 3), ['reconnecting', 'ERR_STALLED', 1])
  assert.equal(log, ['pause', 'media', 'lost', 'retired'])
  await attempts[0]!.finish()
  assert.equal([attempts.length, now()], [2, ['reconnecting', 'ERR_STALLED', 1, null]])
})

test('a stalled connection that breaks is lost', async () => {
  const { attempts, last, now } = setUp()
  last().goLive()
  last().events.onStall(error('ERR_STALLED'))
  last().events.onLost(error('ERR_CONNECTION_LOST'))
  assert.equal(now().slice(0, 3), ['reconnecting', 'ERR_CONNECTION_LOST', 1])
  assert.is(attempts[0]!.stopAsked, true)
})

test('the delay grows until it was live for a minute', async () => {
  const { clock, last, now } = setUp()
  const lose = async (after: number) => {
    last().goLive()
    clock.advance(after)
    const gone = last()
    gone.events.onLost(null)
    await gone.finish()
    const delay = now()[3] as number
    clock.advance(delay)
    return delay
  }
  assert.equal(
    [await lose(1000), await lose(1000), await lose(59_999), await lose(60_000), await lose(10)],
    [500, 750, 1125, 500, 750],
  )
})

test('what a retry cannot repair is final, in an attempt too', async () => {
  const { clock, log, last, now } = setUp()
  last().goLive()
  const gone = last()
  gone.events.onLost(null)
  await gone.finish()
  clock.advance(500)
  last().events.onLost(error('ERR_AUTHENTICATION'))
  assert.equal(now(), ['failed', 'ERR_AUTHENTICATION', 1, null])
  assert.is(log.includes('ERR_AUTHENTICATION'), true)
  assert.is(clock.timers.size, 0)
})

test('reconnect: false: an end, an error and a stall are the end', () => {
  const ends: [(attempt: FakeAttempt) => void, string][] = [
    [attempt => attempt.events.onLost(null), 'ERR_STREAM_ENDED'],
    [attempt => attempt.events.onLost(error('ERR_CONNECTION_LOST')), 'ERR_CONNECTION_LOST'],
    [attempt => attempt.events.onStall(error('ERR_STALLED')), 'ERR_STALLED'],
  ]
  for (const [end, code] of ends) {
    const { clock, attempts, last, now, state } = setUp({ reconnect: null })
    const phases: string[] = []
    state.state$.subscribe(({ phase }) => phases.push(phase))
    last().goLive()
    end(last())
    assert.equal([now()[0], now()[1]], ['failed', code])
    assert.equal(phases, ['connecting', 'live', 'failed'])
    clock.advance(1e6)
    assert.is(attempts.length, 1)
  }
})

test('giveUpAfter cuts the last attempt short, with the reason from before it', async () => {
  const { clock, attempts, last, now } = setUp({ reconnect: { ...policy, giveUpAfter: 3000 } })
  last().goLive()
  last().events.onLost(error('ERR_CONNECTION_LOST'))
  await last().finish()
  clock.advance(500)
  assert.is(attempts.length, 2)
  clock.advance(2499)
  assert.is(now()[0], 'reconnecting')
  clock.advance(1)
  assert.equal(now().slice(0, 2), ['failed', 'ERR_CONNECTION_LOST'])
})

test('stop() in every phase: no timer, no attempt, and it waits for what stops', async () => {
  for (const phase of ['connecting', 'live', 'stalled', 'reconnecting', 'trying'] as const) {
    const { clock, attempts, connection, last } = setUp()
    if (phase !== 'connecting') last().goLive()
    if (phase === 'stalled') last().events.onStall(error('ERR_STALLED'))
    if (phase === 'reconnecting' || phase === 'trying') last().events.onLost(null)
    if (phase === 'trying') {
      await last().finish()
      clock.advance(500)
    }
    const count = attempts.length
    let done = false
    const stopped = connection.stop().then(() => void (done = true))
    assert.is(clock.timers.size, 0, phase)
    await Promise.resolve()
    assert.is(done, false, phase)
    for (const one of attempts) await one.finish()
    await stopped
    clock.advance(1e9)
    assert.is(attempts.length, count, phase)
  }
})

test('driven from a blocking wait: no promise and no timer is needed', () => {
  const { clock, attempts, connection, last, now } = setUp()
  last().goLive()
  last().events.onLost(null)
  // The pipeline has stopped, and only poll() tells.
  attempts[0]!.onPoll = () => void (attempts[0]!.stopped = true)
  clock.time += 400
  connection.wait(50, 'picture')
  assert.is(attempts.length, 1)
  clock.time += 200
  connection.wait(50, 'picture')
  assert.equal([attempts.length, last().blocking], [2, true])
  // Its media is found in the wait, too.
  last().onWait = () => void (last().ready = true)
  connection.wait(50, 'picture')
  assert.is(now()[0], 'live')
})

test('a part of ours that failed and was replaced: the next attempt begins at once, and is not counted', async () => {
  for (const reconnect of [policy, null, { ...policy, giveUpAfter: 100 }]) {
    const { clock, attempts, last, now } = setUp({ reconnect, replacements: 2 })
    last().goLive()
    for (const count of [2, 3]) {
      const failed = last()
      failed.events.onLost(error('ERR_DECODE'))
      assert.equal([now()[0], attempts.length], ['reconnecting', count - 1])
      // It takes longer to stop than an outage may last.
      clock.advance(200)
      await failed.finish()
      assert.is(attempts.length, count, 'at once')
      clock.advance(5000)
      assert.is(now()[0], 'reconnecting', 'it has its whole time')
      last().goLive()
      assert.is(now()[0], 'live')
    }
  }
})

test('a replacement that brings nothing within connectTimeout fails where nothing reconnects', async () => {
  const { clock, last, now } = setUp({ reconnect: null, replacements: 1 })
  last().goLive()
  const failed = last()
  failed.events.onLost(error('ERR_DECODE'))
  await failed.finish()
  clock.advance(10_000)
  assert.equal(now().slice(0, 2), ['failed', 'ERR_DECODE'])
})

test('replaced before anything was live: another attempt at once, within the same start()', () => {
  const { attempts, last, now } = setUp({ replacements: 1 })
  last().events.onLost(error('ERR_DECODE'))
  assert.equal([now()[0], attempts.length], ['connecting', 2])
  last().events.onLost(error('ERR_DECODE'))
  assert.equal(now().slice(0, 2), ['failed', 'ERR_DECODE'])
})

test.run()
