import * as assert from 'uvu/assert'
import { RxGstError, type ErrorCode } from '../../../src/core/errors'
import type { MayConnect } from '../../../src/core/transport-options'
import { resolveOutputOptions } from '../../../src/live/options'
import type { Encoding } from '../../../src/live/output/encoding'
import type { PublisherEvents } from '../../../src/live/output/publisher'
import { OutputTarget, type Connection } from '../../../src/live/output/target'
import { fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

// What a target does with its connections: these are made of nothing, and the clock is turned by hand.
const test = suite('target')

interface Fake extends Omit<Connection, 'acknowledged'> {
  events: PublisherEvents
  did: string[]
  acknowledged: boolean
}

const RECONNECT = { initialDelay: 1000, maxDelay: 4000 }

function targetOf(options: object = {}, mayConnect: MayConnect | null = null) {
  const clock = fakeClock()
  const made: Fake[] = []
  const heard: string[] = []
  const errors: RxGstError[] = []
  const program = { encoded: 0, fills: 0 }
  let stopping: Promise<void> = Promise.resolve()
  const target = new OutputTarget(
    'rtmp://host/app/secretkey',
    resolveOutputOptions({ width: 64, height: 64, reconnect: RECONNECT, ...options }),
    { onLive: () => void heard.push('live'), onLost: error => (heard.push(error.code), void errors.push(error)) },
    {
      clock,
      random: () => 0.5,
      longestMs: 1000,
      connect: (_, { transport }, events) => {
        const did: string[] = []
        const stats = { packets: 10, bytes: 100, dropped: 1, outBytes: 120 }
        const fake: Fake = {
          transport,
          events,
          did,
          stats,
          queueMs: 7,
          acknowledged: false,
          start: async by => void did.push(by === null ? 'start' : 'start in time'),
          drain: async () => void did.push('drain'),
          goodbye: async () => void did.push('goodbye'),
          stop: async () => (did.push('stop'), stopping),
        }
        made.push(fake)
        return fake
      },
    },
    mayConnect,
  )
  const phases: string[] = []
  target.state$.subscribe(({ phase, reason }) => phases.push(reason ? `${phase} ${reason}` : phase))
  return {
    clock,
    target,
    made,
    heard,
    errors,
    phases,
    program,
    start() {
      target.begin()
      target.connect({
        stats: () => ({ videoPackets: program.encoded }),
        fillAfter: () => void program.fills++,
      } as unknown as Encoding)
    },
    last: () => made.at(-1)!,
    lose: (code: ErrorCode) => made.at(-1)!.events.onLost(new RxGstError(code, 'away')),
    /** Stops that take until this is met. */
    slowStops: (promise: Promise<void>) => void (stopping = promise),
  }
}

test('a connection that is lost is followed by another, after the delay', async () => {
  const { start, made, last, lose, clock, target, heard } = targetOf()
  start()
  assert.is(made.length, 1)
  last().events.onLive()
  lose('ERR_CONNECTION_LOST')
  assert.equal(made[0]!.did, ['start', 'stop'])
  const { phase, reason, attempt, nextRetryAt } = target.state
  assert.equal([phase, reason, attempt, nextRetryAt], ['reconnecting', 'ERR_CONNECTION_LOST', 1, clock.unix() + 500])
  await clock.pass(499)
  assert.is(made.length, 1)
  await clock.pass(1)
  assert.is(made.length, 2)
  assert.equal([target.state.phase, target.state.nextRetryAt], ['reconnecting', null])
  last().events.onLive()
  assert.equal([target.state.phase, target.state.reason], ['live', null])
  assert.equal(heard, ['live', 'ERR_CONNECTION_LOST', 'live'])
  assert.is(target.reconnects, 1)
})

test('a transport that is named stays for all connections; librtmp needs a picture first', async () => {
  for (const [transport, fills] of [
    ['rtmp2', 0],
    ['librtmp', 2],
  ] as const) {
    const { start, lose, clock, made, program } = targetOf({ transport })
    start()
    lose('ERR_CONNECTION_LOST')
    await clock.pass(500)
    assert.equal(
      made.map(one => one.transport),
      [transport, transport],
    )
    assert.is(program.fills, fills)
  }
})

test('a key that is likely wrong is told by state, event and message; the delay keeps growing', async () => {
  const { start, last, lose, clock, target, errors } = targetOf()
  start()
  for (const [ceiling, row] of [
    [1000, ''],
    [1500, ' (2 in a row)'],
    [2250, ' (3 in a row)'],
  ] as const) {
    last().events.onLive()
    await clock.pass(300)
    lose('ERR_CONNECTION_LOST')
    assert.equal([target.state.reason, target.state.hint], ['ERR_CONNECTION_LOST', 'likelyKey'])
    const how = `the server took the stream, and closed the connection after 0.3 s${row}`
    assert.is(errors.at(-1)!.message, `away; perhaps the stream key is wrong: ${how}`)
    assert.is(errors.at(-1)!.hint, 'likelyKey')
    assert.is(target.state.nextRetryAt, clock.unix() + ceiling / 2)
    await clock.pass(ceiling / 2)
  }
  assert.is(target.shortLives, 3)
  last().events.onLive()
  assert.is(target.state.hint, null)
  await clock.pass(300_000)
  assert.is(target.shortLives, 0)
})

test('what a server has acknowledged, its key allowed', async () => {
  const { start, last, lose, target, clock } = targetOf()
  start()
  last().events.onLive()
  last().acknowledged = true
  await clock.pass(300)
  lose('ERR_CONNECTION_LOST')
  assert.is(target.state.hint, 'short-lived')
})

test('for ever, each time later, up to the cap', async () => {
  const { start, lose, clock, target, made } = targetOf()
  start()
  const delays: number[] = []
  for (let i = 0; i < 8; i++) {
    lose('ERR_CONNECTION_REFUSED')
    delays.push(target.state.nextRetryAt! - clock.unix())
    await clock.pass(delays.at(-1)!)
  }
  assert.equal(delays, [500, 750, 1125, 1688, 2000, 2000, 2000, 2000])
  assert.equal([made.length, target.state.attempt], [9, 8])
})

test('giveUpAfter', async () => {
  const { start, lose, clock, target, heard, last } = targetOf({ reconnect: { ...RECONNECT, giveUpAfter: 1000 } })
  start()
  last().events.onLive()
  lose('ERR_CONNECTION_LOST')
  await clock.pass(500)
  lose('ERR_CONNECTION_REFUSED')
  assert.equal([target.state.phase, target.state.reason], ['failed', 'ERR_CONNECTION_REFUSED'])
  assert.equal(heard, ['live', 'ERR_CONNECTION_LOST', 'ERR_CONNECTION_REFUSED'])
  assert.is(clock.pending, 0)
})

test('a target that stands still is stalled, then reconnects; without reconnect it has failed', () => {
  for (const [reconnect, end] of [
    [RECONNECT, ['live', 'stalled ERR_STALLED', 'reconnecting ERR_STALLED']],
    [false, ['live', 'failed ERR_STALLED']],
  ] as const) {
    const { start, last, lose, phases } = targetOf({ reconnect })
    start()
    last().events.onLive()
    lose('ERR_STALLED')
    assert.equal(phases, ['idle', 'connecting', ...end])
  }
})

test('what is final: credentials at any time, a refused publication as the first answer', async () => {
  for (const code of ['ERR_AUTHENTICATION', 'ERR_PUBLISH_REJECTED', 'ERR_TLS'] as const) {
    const { start, lose, target } = targetOf()
    start()
    lose(code)
    assert.equal([target.state.phase, target.state.reason], ['failed', code])
  }
  const { start, lose, target, clock, last } = targetOf()
  start()
  last().events.onLive()
  for (const code of ['ERR_CONNECTION_LOST', 'ERR_NAME_IN_USE', 'ERR_PUBLISH_REJECTED'] as const) {
    lose(code)
    assert.equal([target.state.phase, target.state.reason], ['reconnecting', code])
    await clock.pass(5000)
  }
  lose('ERR_AUTHENTICATION')
  assert.is(target.state.phase, 'failed')
})

test('the first answer may come after attempts that nobody answered', async () => {
  for (const silence of ['ERR_CONNECTION_REFUSED', 'ERR_HOST_NOT_FOUND', 'ERR_CONNECT_TIMEOUT'] as const) {
    const { start, lose, target, clock, made } = targetOf({ reconnect: { ...RECONNECT, first: true } })
    start()
    for (let attempt = 1; attempt < 4; attempt++) {
      lose(silence)
      // The port of a time-out is asked whether somebody listens.
      await until(() => target.state.phase === 'reconnecting' && target.state.nextRetryAt !== null)
      await clock.pass(5000)
      assert.is(made.length, attempt + 1)
    }
    lose('ERR_PUBLISH_REJECTED')
    assert.equal([target.state.phase, target.state.reason], ['failed', 'ERR_PUBLISH_REJECTED'], silence)
  }
  const { start, lose, target, clock } = targetOf({ reconnect: { ...RECONNECT, first: true } })
  start()
  for (const code of ['ERR_CONNECT_REJECTED', 'ERR_PUBLISH_REJECTED'] as const) {
    lose(code)
    assert.equal([target.state.phase, target.state.reason], ['reconnecting', code])
    await clock.pass(5000)
  }
})

test('the next one waits until the one before is gone', async () => {
  const { start, last, lose, clock, made, slowStops } = targetOf()
  start()
  last().events.onLive()
  let gone = (): void => {}
  slowStops(new Promise<void>(resolve => (gone = resolve)))
  lose('ERR_CONNECTION_LOST')
  await clock.pass(2000)
  assert.is(made.length, 1)
  gone()
  await clock.pass(0)
  assert.is(made.length, 2)
})

test('what a connection says after its end is not heard', async () => {
  const { start, last, lose, clock, made, target } = targetOf()
  start()
  last().events.onLive()
  lose('ERR_CONNECTION_LOST')
  const [old] = made
  old!.events.onLive()
  old!.events.onLost(new RxGstError('ERR_STALLED', ''))
  assert.equal([target.state.phase, target.state.reason], ['reconnecting', 'ERR_CONNECTION_LOST'])
  await clock.pass(500)
  old!.events.onLost(new RxGstError('ERR_STALLED', ''))
  old!.events.onExpiring()
  assert.equal([made.length, target.state.reason], [2, 'ERR_CONNECTION_LOST'])
})

test('stopped in every phase: nothing is tried any more', async () => {
  for (const phase of ['idle', 'connecting', 'live', 'reconnecting', 'attempt']) {
    const { start, last, lose, clock, made, target } = targetOf()
    if (phase !== 'idle') start()
    if (['live', 'reconnecting', 'attempt'].includes(phase)) last().events.onLive()
    if (['reconnecting', 'attempt'].includes(phase)) lose('ERR_CONNECTION_LOST')
    if (phase === 'attempt') await clock.pass(500)
    const before = made.length
    await target.remove(10, 10)
    assert.is(target.state.phase, 'stopped', phase)
    await clock.pass(100_000)
    assert.equal([made.length, clock.pending], [before, 0], phase)
    for (const { did } of made) assert.is(did.at(-1), 'stop', phase)
  }
})

test('stopped while the connection before is still going', async () => {
  const { start, last, lose, clock, made, slowStops, target } = targetOf()
  start()
  last().events.onLive()
  let gone = (): void => {}
  slowStops(new Promise<void>(resolve => (gone = resolve)))
  lose('ERR_CONNECTION_LOST')
  await clock.pass(600)
  const removed = target.remove(10, 10)
  gone()
  await removed
  await clock.pass(10_000)
  assert.is(made.length, 1)
})

test('at its age limit a connection says goodbye, and another one follows at once', async () => {
  const { start, last, clock, made, target, heard } = targetOf()
  start()
  last().events.onLive()
  last().events.onExpiring()
  assert.equal([target.state.phase, target.state.reason], ['reconnecting', 'ERR_CONNECTION_AGE'])
  await clock.pass(0)
  assert.equal(made[0]!.did, ['start', 'goodbye', 'stop'])
  assert.is(made.length, 2)
  last().events.onLive()
  assert.is(target.state.phase, 'live')
  assert.equal(heard, ['live', 'live'], 'nothing was lost')
})

test('what is counted goes on over all connections, and absence counts', async () => {
  const { start, last, lose, clock, target, program } = targetOf()
  start()
  last().events.onLive()
  program.encoded = 50
  lose('ERR_CONNECTION_LOST')
  await clock.pass(500)
  program.encoded = 60
  lose('ERR_CONNECTION_REFUSED')
  await clock.pass(750)
  program.encoded = 65
  last().events.onLive()
  assert.equal(target.totals, { packets: 30, bytes: 300, dropped: 15 + 3 * 1, outBytes: 360 })
  assert.is(target.reconnects, 1)
  assert.is(target.queueMs, 7)
})

test('an output that fails takes its targets with it; each keeps its own reason', async () => {
  const { start, lose, target, clock, made } = targetOf()
  start()
  lose('ERR_CONNECTION_REFUSED')
  target.fail(new RxGstError('ERR_CONNECT_TIMEOUT', ''))
  assert.equal([target.state.phase, target.state.reason], ['failed', 'ERR_CONNECTION_REFUSED'])
  await clock.pass(10_000)
  assert.is(made.length, 1)
})

test('where nothing may follow, a stalled connection stays, and a wish of its server waits', async () => {
  let answer = 4000
  const { target, clock, made, phases, start } = targetOf({}, () => answer)
  start()
  const [{ events, did }] = made as [Fake]
  await clock.pass(0)
  assert.equal(did, ['start in time'])
  events.onLive()
  answer = 0
  const stall = new RxGstError('ERR_STALLED', 'it took no bytes')
  assert.ok(events.staysStalled(stall))
  await clock.pass(60_000)
  assert.equal([target.state.phase, target.state.reason], ['stalled', 'ERR_MAY_NOT_CONNECT'])
  events.onFlows()
  assert.is(phases.at(-1), 'live')
  const followed: number[] = []
  events.onWish(by => followed.push(by))
  events.onExpiring()
  await clock.pass(60_000)
  assert.equal([followed.length, made.length, did.length], [0, 1, 1])
  answer = 4000
  await clock.pass(1000)
  const leftMs = (followed[0] ?? 0) / 1000 - Number(process.hrtime.bigint()) / 1e6
  assert.ok(leftMs > 0 && leftMs <= 4000, `${leftMs} ms`)
  assert.not(events.staysStalled(stall))
  events.onExpiring()
  await clock.pass(1000)
  assert.equal([did.includes('goodbye'), made.length], [true, 2])
})

test.run()
