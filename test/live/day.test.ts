import * as assert from 'uvu/assert'
import { record } from '../../src/index'
import type { NativeRecorder, SegmentNews } from '../../src/addon/record'
import { RxGstError } from '../../src/core/errors'
import { SILENT_LOGGER } from '../../src/core/transport-options'
import { StateHolder } from '../../src/engine/state'
import { ReconnectMachine } from '../../src/engine/reconnect/reconnect-machine'
import { Library } from '../../src/live/record/library'
import { StreamMonitor } from '../../src/monitor/stream-monitor'
import { FakeStream } from '../monitor/fake-stream'
import { FakeClock, fakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

// A day of what runs by a clock that is passed in: nothing is left over at its end.
const test = suite('a day', { timeout: 120_000 })

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('a monitor: faults come and go, streams come and go; each alert is cleared, no meter stays open', () => {
  const clock = new FakeClock()
  const monitor = new StreamMonitor(undefined, { interval: 5000 }, clock)
  let [raised, cleared, samples] = [0, 0, 0]
  monitor.alerts$.subscribe(({ clearedAt }) => (clearedAt === null ? raised++ : cleared++))
  monitor.metrics$.subscribe(() => samples++)
  const streams = ['one', 'two', 'three'].map(name => ({ name, stream: new FakeStream() }))
  for (const { name, stream } of streams) monitor.attachStream(stream, name)
  const timers = clock.timers
  for (let minute = 0; minute < 24 * 60; minute++) {
    // Each stream is dark for the second quarter of every hour, one after the other, and is watched anew every hour.
    streams.forEach(({ name, stream }, i) => {
      const at = (minute + 10 * i) % 60
      stream.told = { values: { black: at >= 15 && at < 30 ? 60 : 0, fps: 25, noData: 0 }, frames: minute * 1500 }
      if (at !== 45) return
      monitor.detachStream(name)
      monitor.attachStream(stream, name)
    })
    clock.pass(MINUTE)
    assert.ok(clock.timers <= timers, `${clock.timers} timers in minute ${minute}`)
  }
  for (const { stream } of streams) stream.told = { values: { black: 0, fps: 25, noData: 0 } }
  clock.pass(MINUTE)
  assert.equal(
    streams.map(({ stream }) => stream.open),
    [1, 1, 1],
  )
  assert.is(samples, (3 * (24 * 60 + 1) * 60) / 5)
  assert.ok(raised >= 3 * 24 && raised <= 3 * 25 * 2, `${raised} alerts`)
  assert.equal([cleared, monitor.getAlerts().length], [raised, 0])
  monitor[Symbol.dispose]()
  assert.is(clock.timers, 0)
})

test('a connection that is lost every five minutes: each comes back, and one timer at most is left', async () => {
  const clock = fakeClock()
  const state = new StateHolder(clock)
  let [made, stopped, failed] = [0, 0, 0]
  const machine: ReconnectMachine<number> = new ReconnectMachine<number>({
    state,
    reconnect: { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity },
    retriesFirst: true,
    attemptTimeoutMs: 10_000,
    logger: SILENT_LOGGER,
    name: 'it',
    clock,
    random: () => 0.5,
    make: () => ++made,
    start: () => {},
    stop: () => Promise.resolve(void stopped++),
    judge: () => 'retry',
    onLive: () => {},
    onLost: () => {},
    onRetired: () => {},
    onFailed: () => void failed++,
  })
  state.apply({ type: 'start' })
  machine.begin()
  machine.connect()
  machine.live(1)
  const pending = clock.pending
  for (let loss = 0; loss < 288; loss++) {
    await clock.pass(5 * MINUTE)
    const before = made
    machine.lost(machine.attempt!, new RxGstError('ERR_CONNECTION_LOST', 'lost'))
    // Every second one finds nobody for half a minute.
    await clock.pass(loss % 2 ? 30_000 : 2000)
    assert.ok(made > before && machine.attempt !== null, `no connection after loss ${loss}`)
    machine.live(machine.attempt!)
    assert.is(state.state.phase, 'live')
    assert.ok(clock.pending <= pending + 1, `${clock.pending} timers after loss ${loss}`)
  }
  assert.equal([stopped, failed], [made - 1, 0])
  await machine.stop()
  assert.equal([stopped, clock.pending], [made, 0])
})

test('a recording with a segment a minute, kept for an hour: an hour is left, and the index stays short', () => {
  const clock = new FakeClock()
  const removed: string[] = []
  let longest = 0
  const recorder = {
    remove: (files: readonly string[]) => void removed.push(...files),
    rewrite: (index: string) => void (longest = Math.max(longest, index.length)),
    stats: () => ({ present: 0 }),
  } as unknown as NativeRecorder
  const target = record(tempDir(), { keep: '1h' })
  const library = new Library({ target, clock, logger: SILENT_LOGGER, onSegment() {} })
  let number = 0
  const note = (type: SegmentNews['type'], file: string, more: Partial<SegmentNews> = {}): void =>
    library.note([{ type, file, number: ++number, begin: clock.unix(), duration: 0, bytes: 0, ...more }])
  library.use(recorder)
  const minutes = 24 * 60
  let told = 0
  for (let minute = 0; minute < minutes; minute++) {
    note('opened', `${minute}`)
    clock.pass(MINUTE)
    note('finished', `${minute}`, { begin: clock.unix() - MINUTE, duration: MINUTE, bytes: 1000 })
    for (const file of removed.slice(told)) note('removed', file)
    told = removed.length
    assert.ok(clock.timers <= 2, `${clock.timers} timers in minute ${minute}`)
  }
  assert.equal(
    removed,
    Array.from({ length: minutes - 60 }, (_, minute) => `${minute}`),
  )
  assert.ok(longest > 0 && longest < 200 * 70, `an index of ${longest} bytes`)
  clock.pass(HOUR)
  assert.is(removed.length, minutes)
  library.use(null)
  assert.is(clock.timers, 0)
})

test.run()
