import * as assert from 'uvu/assert'
import { resolveRules, type AlertRule } from '../../src/monitor/rule'
import { RuleInput, type Observation, type Targets } from '../../src/monitor/rule-input'
import { suite } from '../support/suite'
import { reading, Watched, type Told } from './readings'

const test = suite('what a rule compares')

const rule = (more: Partial<AlertRule>): AlertRule => ({
  name: 'rule',
  metric: 'fps',
  raise: { above: 1e9, for: 0 },
  clear: { below: 1e9, for: 0 },
  severity: 'warning',
  ...more,
})
const input = (more: Partial<AlertRule>) => new RuleInput(resolveRules([rule(more)])[0]!)
const look = (it: RuleInput, told: Told, now = 0, targets: Targets = {}): Observation | null =>
  it.look(reading(told), targets, now)

test('the value, a track, a detail', () => {
  const told: Told = { values: { bitrate: 7 }, tracks: { audio: { bitrate: 3 } }, details: { latencyP95: 9 } }
  assert.is(look(input({ metric: 'bitrate' }), told)?.compared, 7)
  assert.is(look(input({ metric: 'bitrate', track: 'audio' }), told)?.compared, 3)
  assert.is(look(input({ metric: 'bitrate', track: 'video' }), told), null)
  assert.is(look(input({ metric: 'latency', detail: 'latencyP95' }), told)?.compared, 9)
  assert.is(look(input({ metric: 'latency', detail: 'nothing' }), told), null)
  const channels = input({ metric: 'silence', detail: 'silence.*' })
  assert.is(look(channels, { details: { 'silence.1': 0, 'silence.2': 8, loudnessMomentary: 99 } })?.compared, 8)
  assert.is(look(channels, { details: { 'silence.1': null } }), null)
})

test('the growth of a counter within its window', () => {
  const it = input({ metric: 'reconnects', as: 'increase', window: 10_000 })
  const grown = Array.from(
    { length: 31 },
    (_, second) => look(it, { values: { reconnects: second < 5 ? 0 : second < 20 ? 4 : 5 } }, second * 1000)!.compared,
  )
  assert.equal([grown[0], grown[4], grown[5], grown[14], grown[15], grown[20], grown[30]], [0, 0, 4, 4, 0, 1, 0])
})

test('a long window costs no more memory than a short one, whatever the interval', () => {
  const it = input({ metric: 'reconnects', as: 'increase', window: 300_000 })
  // 20 readings a second for 10 minutes; one reconnect every 10 s
  let last: Observation | null = null
  for (let now = 0; now <= 600_000; now += 50)
    last = look(it, { values: { reconnects: Math.floor(now / 10_000) } }, now)
  assert.ok(last!.compared >= 30 && last!.compared <= 31, String(last!.compared))
})

test('the share of lost pictures, of a whole window', () => {
  const it = input({ metric: 'droppedFrames', as: 'share', window: 10_000 })
  const told = (second: number, dropped: number): Told => ({ values: { droppedFrames: dropped }, frames: second * 30 })
  assert.is(look(it, told(0, 0), 0), null)
  assert.is(look(it, told(1, 1), 1000), null, 'one of the first second is no share of ten')
  for (let second = 2; second < 10; second++) look(it, told(second, 1), second * 1000)
  const share = look(it, told(10, 1), 10_000)!.compared
  assert.ok(Math.abs(share - 1 / 301) < 1e-9, String(share))
  assert.is(look(it, told(12, 1), 12_000)?.compared, 0)
})

test('no share where no picture came', () => {
  const it = input({ metric: 'droppedFrames', as: 'share', window: 1000 })
  look(it, { values: { droppedFrames: 0 } }, 0)
  assert.is(look(it, { values: { droppedFrames: 0 } }, 1000), null)
})

test('a target: the caller’s before the stream’s; without one there is nothing to say', () => {
  const it = input({ metric: 'bitrate', as: 'ofTarget' })
  const told: Told = { values: { bitrate: 1e6 }, details: { bitrateTarget: 2e6 } }
  assert.equal(look(it, told), { shown: 1e6, compared: 0.5, reference: 2e6 })
  assert.is(look(it, told, 0, { bitrate: 4e6 })?.compared, 0.25)
  assert.is(look(it, { values: { bitrate: 1e6 } }), null)
  assert.is(look(it, { values: { bitrate: 1e6 } }, 0, { bitrate: 0 }), null)
})

test('loudness is compared with −23 LUFS, or with the target that is given', () => {
  const it = input({ metric: 'loudness', as: 'offTarget' })
  assert.is(look(it, { values: { loudness: -16 } })?.compared, 7)
  assert.is(look(it, { values: { loudness: -16 } }, 0, { loudness: -14 })?.compared, -2)
})

const half: AlertRule = rule({
  metric: 'bitrate',
  as: 'ofUsual',
  raise: { below: 0.5, for: 10_000 },
  clear: { above: 0.7, for: 10_000 },
})
const bitrate = (bits: number): Told => ({ values: { bitrate: bits } })

test('the usual is the median of a minute: a burst or a hole does not move it', () => {
  const it = new Watched([half])
  it.run(60, second => bitrate(second % 7 === 0 ? 9e6 : 2e6))
  assert.equal(it.run(10, bitrate(0.9e6)), [])
  assert.equal(it.run(1, bitrate(0.9e6)), ['rule +'])
  assert.match(it.said[0]!.message, 'bitrate 900 kbit/s, 45 % of 2 Mbit/s (below 50 %)')
  assert.equal([it.said[0]!.value, it.said[0]!.peak], [0.9e6, 0.9e6])
})

test('what is wrong does not become the usual while it lasts, for 10 minutes', () => {
  const it = new Watched([half])
  it.run(60, bitrate(2e6))
  assert.equal(it.run(500, bitrate(0.5e6)), ['rule +'])
  assert.equal(it.run(20, bitrate(1.2e6)), [], 'between the thresholds')
  assert.equal(it.run(12, bitrate(1.9e6)), ['rule -'])
  assert.is(it.said[1]!.peak, 0.5e6)

  const other = new Watched([half])
  other.run(60, bitrate(2e6))
  assert.equal(other.run(600, bitrate(0.5e6)), ['rule +'])
  assert.equal(
    other.run(60, bitrate(0.5e6)),
    ['rule -'],
    'the publisher was set to another rate: that is how it is now',
  )
})

test('without a target the first 10 s are not judged', () => {
  const it = new Watched([{ ...half, raise: { below: 0.5, for: 0 } }])
  assert.equal(
    it.run(9, second => bitrate(second === 0 ? 2e6 : 0.5e6)),
    [],
  )
})

test('drift has two sides: the peak is the value that is farthest off', () => {
  const it = new Watched([
    rule({ metric: 'avDrift', raise: { above: 40, below: -60, for: 0 }, clear: { above: -30, below: 20, for: 0 } }),
  ])
  const drift = (ms: number): Told => ({ values: { avDrift: ms } })
  assert.equal(it.run(1, drift(-60)), [])
  assert.equal(
    it.run(3, second => drift([-80, -120, -90][second]!)),
    ['rule +'],
  )
  assert.equal(
    it.run(2, second => drift([50, 30][second]!)),
    [],
    'over to the other side without a clear',
  )
  assert.equal(it.run(1, drift(19)), ['rule -'])
  assert.is(it.said[1]!.peak, -120)
  assert.match(it.said[0]!.message, 'avDrift -80 ms (above 40 ms or below -60 ms)')
})

test.run()
