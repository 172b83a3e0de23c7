import { Subscription } from 'rxjs'
import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { METRIC_NAMES, type MetricName } from '../../src/meter/metrics'
import type { Alert } from '../../src/monitor/alert'
import type { MetricSample } from '../../src/monitor/watched-stream'
import type { AlertRule } from '../../src/monitor/rule'
import { StreamMonitor, type StreamMonitorOptions } from '../../src/monitor/stream-monitor'
import { FakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'
import { FakeStream } from './fake-stream'
import { line } from './readings'

const test = suite('StreamMonitor')

const hot: AlertRule = {
  name: 'hot',
  metric: 'latency',
  raise: { above: 100, for: 0 },
  clear: { below: 50, for: 0 },
  severity: 'warning',
}
const dark: AlertRule = {
  name: 'dark',
  metric: 'black',
  raise: { above: 10, for: 0 },
  clear: { below: 1, for: 0 },
  severity: 'critical',
}

function watching(metrics?: readonly MetricName[], options: StreamMonitorOptions = {}) {
  const clock = new FakeClock()
  const monitor = new StreamMonitor(metrics, options, clock)
  const alerts: Alert[] = []
  const samples: MetricSample[] = []
  const ends: string[] = []
  monitor.alerts$.subscribe({ next: alert => alerts.push(alert), complete: () => ends.push('alerts') })
  monitor.metrics$.subscribe({ next: sample => samples.push(sample), complete: () => ends.push('metrics') })
  return { clock, monitor, alerts, samples, ends, said: () => alerts.map(line) }
}

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    if (!(error instanceof RxGstError)) throw error
    return error.code
  }
}

test('options and metrics are checked', () => {
  const make = (metrics: unknown, options?: unknown) =>
    codeOf(() => new StreamMonitor(metrics as MetricName[], options as StreamMonitorOptions))
  assert.is(make(undefined), 'none')
  assert.is(make([], { rules: [], interval: 20 }), 'none')
  assert.is(make(['nope']), 'ERR_UNKNOWN_METRIC')
  assert.is(make(undefined, { rules: [{ ...hot, metric: 'heat' }] }), 'ERR_UNKNOWN_METRIC')
  assert.is(make(undefined, { rules: [hot, hot] }), 'ERR_NAME_TAKEN')
  for (const bad of [
    { interval: 0 },
    { interval: '1' },
    { interval: NaN },
    { rules: hot },
    { rulez: [] },
    null,
    { logger: {} },
  ]) {
    assert.is(make(undefined, bad), 'ERR_OPTION', JSON.stringify(bad))
  }
})

test('names: given, or counted by kind and never given twice', () => {
  const { monitor } = watching()
  assert.is(monitor.attachStream(new FakeStream('in')), 'capture-1')
  assert.is(monitor.attachStream(new FakeStream('out')), 'output-1')
  assert.is(monitor.attachStream(new FakeStream('pipeline')), 'pipeline-1')
  assert.is(monitor.attachStream(new FakeStream('in'), 'capture-2'), 'capture-2')
  assert.is(monitor.attachStream(new FakeStream('in')), 'capture-3')
  monitor.detachStream('capture-3')
  assert.is(monitor.attachStream(new FakeStream('in')), 'capture-4', 'another stream has another name')
  assert.is(
    codeOf(() => monitor.attachStream(new FakeStream(), 'output-1')),
    'ERR_NAME_TAKEN',
  )
  for (const bad of ['', 'rtmp://host/live/secret', 'a\u0000b', 'x'.repeat(101), 7]) {
    assert.is(
      codeOf(() => monitor.attachStream(new FakeStream(), bad as string)),
      'ERR_OPTION',
    )
  }
  for (const bad of [null, undefined, {}, 'rtmp://host/live/secret']) {
    assert.is(
      codeOf(() => monitor.attachStream(bad as unknown as FakeStream)),
      'ERR_OPTION',
    )
  }
  assert.equal(monitor.streams, ['capture-1', 'output-1', 'pipeline-1', 'capture-2', 'capture-4'])
  monitor[Symbol.dispose]()
})

test('a refused watchedStream leaves no meter open', () => {
  const { monitor } = watching()
  const stream = new FakeStream()
  monitor.attachStream(stream, 'one')
  for (const act of [
    () => monitor.attachStream(stream, 'one'),
    () => monitor.attachStream(stream, 'x', { targets: { fps: '25' as never } }),
  ]) {
    assert.ok(['ERR_NAME_TAKEN', 'ERR_OPTION'].includes(codeOf(act)))
  }
  assert.is(stream.open, 1)
  monitor[Symbol.dispose]()
})

test('unknown streams and metrics', () => {
  const { monitor } = watching()
  monitor.attachStream(new FakeStream(), 'one')
  for (const act of [
    () => monitor.detachStream('two'),
    () => monitor.getMetric('fps', 'two'),
    () => monitor.getAlerts('two'),
    () => monitor.getSample('two'),
  ])
    assert.is(codeOf(act), 'ERR_UNKNOWN_STREAM')
  assert.is(
    codeOf(() => monitor.getMetric('fsp' as MetricName)),
    'ERR_UNKNOWN_METRIC',
  )
  assert.is(
    codeOf(() => monitor.attachStream(new FakeStream(), 'x', { targets: { nope: 1 } as never })),
    'ERR_UNKNOWN_METRIC',
  )
  monitor[Symbol.dispose]()
})

test('only what is asked for is measured, with what rules need; samples hold nothing else', () => {
  const measured = (metrics?: MetricName[], options?: StreamMonitorOptions): readonly MetricName[] => {
    const { monitor } = watching(metrics, options)
    const stream = new FakeStream()
    monitor.attachStream(stream)
    monitor[Symbol.dispose]()
    return stream.asked[0]!
  }
  assert.equal(measured(), METRIC_NAMES)
  assert.equal(measured(['uptime']), ['uptime'])
  assert.equal(measured(['fps'], { rules: [] }), ['fps'])
  assert.equal(measured(['fps']), ['fps', 'noData'], 'whether a stream flows says what its pictures per second mean')
  assert.equal(measured(['fps'], { rules: [dark] }), ['fps', 'noData', 'black'], 'a rule that is given works')

  const { monitor, clock, samples } = watching(['fps', 'jitter'])
  const stream = new FakeStream()
  stream.told = { values: { fps: 25, noData: 0, jitter: 3 }, tracks: { video: { jitter: 3, noData: 0 } } }
  monitor.attachStream(stream, 'one')
  clock.pass(1000)
  assert.equal(
    samples.map(({ stream, values, tracks }) => ({ stream, values, tracks })),
    [{ stream: 'one', values: { fps: 25, jitter: 3 }, tracks: { video: { jitter: 3 }, audio: {} } }],
  )
  assert.is(monitor.getMetric('noData'), null)
})

test('a metric’s value: of a stream, or the mean of those that have one; null while there is none', () => {
  const { monitor, clock } = watching()
  assert.is(monitor.getMetric('fps'), null)
  const [a, b, c] = [new FakeStream(), new FakeStream(), new FakeStream()]
  a.told = { values: { fps: 25 } }
  b.told = { values: { fps: 50 } }
  c.told = { values: { fps: null } }
  for (const [i, stream] of [a, b, c].entries()) monitor.attachStream(stream, `s${i}`)
  assert.is(monitor.getMetric('fps', 's0'), null, 'before the first tick')
  clock.pass(1000)
  assert.equal(
    ['s0', 's1', 's2', undefined].map(name => monitor.getMetric('fps', name)),
    [25, 50, null, 37.5],
  )
  monitor.detachStream('s1')
  assert.is(monitor.getMetric('fps'), 25)
  assert.is(monitor.getSample('s0')?.values.fps, 25)
})

test('metrics$ gives one sample of each stream a tick, at the interval', () => {
  const { monitor, clock, samples } = watching(['fps'], { interval: 250 })
  monitor.attachStream(new FakeStream(), 'a')
  monitor.attachStream(new FakeStream(), 'b')
  clock.pass(1000)
  assert.equal(
    samples.map(({ stream }) => stream),
    ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'],
  )
  assert.equal(
    samples.map(({ time }) => time - samples[0]!.time),
    [0, 0, 250, 250, 500, 500, 750, 750],
  )
})

test('a thread that was blocked ticks once, not for each tick it missed', () => {
  const { monitor, clock, samples } = watching(['fps'])
  monitor.attachStream(new FakeStream(), 'a')
  clock.pass(1000)
  clock.block(10_500)
  clock.pass(0)
  assert.is(samples.length, 2)
  clock.pass(3000)
  assert.is(samples.length, 5)
})

test('alerts are raised and cleared, each stream for itself', () => {
  const { monitor, clock, said, alerts } = watching(undefined, { rules: [hot, dark] })
  const [a, b] = [new FakeStream(), new FakeStream('out')]
  monitor.attachStream(a, 'a')
  monitor.attachStream(b, 'b')
  a.told = { values: { latency: 200 } }
  b.told = { values: { latency: 1 } }
  clock.pass(1000)
  b.told = { values: { latency: 1, black: 20 } }
  clock.pass(1000)
  assert.equal(
    alerts.map(({ stream, rule }) => [stream, rule]),
    [
      ['a', 'hot'],
      ['b', 'dark'],
    ],
  )
  a.told = { values: { latency: 300, black: 11 } }
  clock.pass(1000)
  assert.equal(
    monitor.getAlerts().map(({ stream, rule, peak }) => [stream, rule, peak]),
    [
      ['a', 'hot', 300],
      ['b', 'dark', 20],
      ['a', 'dark', 11],
    ],
  )
  assert.equal(
    monitor.getAlerts('b').map(({ rule }) => rule),
    ['dark'],
  )
  a.told = { values: { latency: 1, black: 0 } }
  clock.pass(1000)
  assert.equal(said(), ['hot +', 'dark +', 'dark +', 'hot -', 'dark -'])
  assert.is(new Set(alerts.map(({ id }) => id)).size, 3)
  assert.match(alerts[0]!.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
})

test('targets of a stream count for its rules', () => {
  const slow: AlertRule = {
    name: 'slow',
    metric: 'fps',
    as: 'ofTarget',
    raise: { below: 0.9, for: 0 },
    clear: { above: 0.95, for: 0 },
    severity: 'warning',
  }
  const { monitor, clock, alerts } = watching(undefined, { rules: [slow] })
  for (const fps of [25, 50]) {
    const stream = new FakeStream()
    stream.told = { values: { fps: 25 } }
    monitor.attachStream(stream, `at ${fps}`, { targets: { fps } })
  }
  clock.pass(1000)
  assert.equal(
    alerts.map(({ stream, message }) => [stream, message]),
    [['at 50', 'at 50: fps 25 per second, 50 % of 50 per second (below 90 %)']],
  )
})

test('detaching clears what is raised, closes the meter, and stops the timer with the last', () => {
  const { monitor, clock, said, alerts } = watching(undefined, { rules: [hot] })
  const [a, b] = [new FakeStream(), new FakeStream()]
  a.told = b.told = { values: { latency: 200 } }
  monitor.attachStream(a, 'a')
  monitor.attachStream(b, 'b')
  clock.pass(1000)
  monitor.detachStream('a')
  assert.equal([a.open, b.open, clock.timers], [0, 1, 1])
  assert.equal(said(), ['hot +', 'hot +', 'hot -'])
  assert.equal([alerts[2]!.clearedBy, alerts[2]!.id], ['detached', alerts[0]!.id])
  assert.equal(
    monitor.getAlerts().map(({ stream }) => stream),
    ['b'],
  )
  monitor.detachStream('b')
  assert.equal([b.open, clock.timers], [0, 0])
  clock.pass(5000)
  assert.is(a.reads, 1)
  monitor.attachStream(a, 'a')
  clock.pass(1000)
  assert.is(said().length, 5, 'it is watched anew')
})

test('disposal clears, completes, and lets go of everything; a second one does nothing', () => {
  const { monitor, clock, said, ends } = watching(undefined, { rules: [hot] })
  const stream = new FakeStream()
  stream.told = { values: { latency: 200 } }
  monitor.attachStream(stream, 'a')
  monitor.attachStream(stream, 'b')
  clock.pass(1000)
  monitor[Symbol.dispose]()
  monitor[Symbol.dispose]()
  assert.equal(said(), ['hot +', 'hot +', 'hot -', 'hot -'])
  assert.equal(ends.sort(), ['alerts', 'metrics'])
  assert.equal([stream.open, clock.timers, monitor.streams.length], [0, 0, 0])
  assert.equal([monitor.getMetric('latency'), monitor.getAlerts()], [null, []])
  assert.is(
    codeOf(() => monitor.attachStream(stream)),
    'ERR_NOT_RUNNING',
  )
  assert.is(
    codeOf(() => monitor.detachStream('a')),
    'ERR_UNKNOWN_STREAM',
  )
})

test('an empty monitor can be disposed', () => {
  const { monitor, ends } = watching()
  monitor[Symbol.dispose]()
  assert.equal(ends.sort(), ['alerts', 'metrics'])
})

test('a stream in two monitors is measured twice, and each has its own alerts', () => {
  const stream = new FakeStream()
  stream.told = { values: { latency: 200 } }
  const [one, two] = [watching(undefined, { rules: [hot] }), watching(undefined, { rules: [hot] })]
  one.monitor.attachStream(stream, 'x')
  two.monitor.attachStream(stream, 'y')
  one.clock.pass(1000)
  two.clock.pass(1000)
  assert.is(stream.open, 2)
  one.monitor[Symbol.dispose]()
  assert.is(stream.open, 1)
  assert.equal(two.said(), ['hot +'])
  assert.not.equal(one.alerts[0]!.id, two.alerts[0]!.id)
  two.monitor[Symbol.dispose]()
})

test('subscribers may detach, attach and dispose in answer: every raise is still said before its clear', () => {
  const { monitor, clock, said } = watching(undefined, { rules: [hot, dark] })
  const stream = new FakeStream()
  stream.told = { values: { latency: 200, black: 20 } }
  monitor.attachStream(stream, 'a')
  monitor.alerts$.subscribe(({ clearedAt }) => {
    if (clearedAt === null && monitor.streams.includes('a')) monitor.detachStream('a')
  })
  clock.pass(1000)
  assert.equal(said(), ['hot +', 'dark +', 'hot -', 'dark -'])
})

for (const where of ['alerts$', 'metrics$'] as const) {
  test(`disposal in an answer to ${where} says everything and ends`, () => {
    const { monitor, clock, said, ends } = watching(undefined, { rules: [hot, dark] })
    for (const name of ['a', 'b', 'c']) {
      const stream = new FakeStream()
      stream.told = { values: { latency: 200, black: 20 } }
      monitor.attachStream(stream, name)
    }
    clock.pass(900)
    const seen = new Subscription()
    let count = 0
    seen.add((monitor[where] as typeof monitor.metrics$).subscribe(() => ++count === 2 && monitor[Symbol.dispose]()))
    clock.pass(5000)
    const lines = said()
    assert.is(lines.filter(text => text.endsWith('+')).length, lines.filter(text => text.endsWith('-')).length)
    assert.ok(lines.length > 0)
    assert.equal(ends.sort(), ['alerts', 'metrics'])
    assert.is(clock.timers, 0)
  })
}

test('a subscriber that throws harms nobody else', async () => {
  const { monitor, clock, said, samples } = watching(undefined, { rules: [hot] })
  const uncaught: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', error => uncaught.push(error))
  monitor.alerts$.subscribe(() => {
    throw new Error('a subscriber of alerts$')
  })
  monitor.metrics$.subscribe(() => {
    throw new Error('a subscriber of metrics$')
  })
  const stream = new FakeStream()
  stream.told = { values: { latency: 200 } }
  monitor.attachStream(stream, 'a')
  clock.pass(1000)
  stream.told = { values: { latency: 1 } }
  clock.pass(2000)
  await new Promise(resolve => setTimeout(resolve, 20))
  process.removeAllListeners('uncaughtException')
  for (const listener of others) process.on('uncaughtException', listener)
  assert.equal(said(), ['hot +', 'hot -'])
  assert.is(samples.length, 3)
  assert.ok(uncaught.length > 0, 'RxJS reports them, as it does everywhere')
})

test('a stream that cannot be read does not keep the others from being watched', () => {
  const lines: string[] = []
  const log = (text: string) => void lines.push(text)
  const { monitor, clock, samples } = watching(['fps'], { logger: { debug: log, info: log, warn: log, error: log } })
  const [bad, good] = [new FakeStream(), new FakeStream()]
  bad.fails = true
  monitor.attachStream(bad, 'bad')
  monitor.attachStream(good, 'good')
  clock.pass(2000)
  assert.equal(
    samples.map(({ stream }) => stream),
    ['good', 'good'],
  )
  assert.equal(lines, Array(2).fill('bad could not be measured: the meter is broken'))
})

test('by the system clock it ticks, and does not keep the process alive', async () => {
  const monitor = new StreamMonitor(['fps'], { interval: 20 })
  monitor.attachStream(new FakeStream(), 'a')
  await new Promise<void>(resolve => monitor.metrics$.subscribe(() => resolve()))
  // Nothing is disposed: the test's process ends all the same, or its harness complains.
})

test.run()
