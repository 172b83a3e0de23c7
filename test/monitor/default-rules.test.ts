// The thresholds of METRICS' table, checked where they turn: just inside nothing is said, just outside something is.
import * as assert from 'uvu/assert'
import { DEFAULT_RULES } from '../../src/monitor/default-rules'
import type { Targets } from '../../src/monitor/rule-input'
import { suite } from '../support/suite'
import { Watched, type Told } from './readings'

const test = suite('default rules')

interface Case {
  rule: string
  /** What a reading holds when the rule's value is this. */
  told: (value: number, second: number) => Told
  /** A good value, and for how many seconds it is there first. */
  good: number
  first?: number
  /** Does not raise it, however long. */
  not: number
  /** Raises it, after `for` seconds and not before. */
  bad: number
  for: number
  /** Does not clear it, however long. */
  still: number
  /** Clears it, after so many seconds and not before. */
  clear: number
  clearFor: number
  targets?: Targets
}

const value =
  (metric: string) =>
  (value: number): Told => ({ values: { [metric]: value } })
const detail =
  (name: string) =>
  (value: number): Told => ({ details: { [name]: value } })
const track =
  (name: 'video' | 'audio') =>
  (value: number): Told => ({ values: { noData: 0 }, tracks: { [name]: { noData: value } } })

/** Counters: `value` is what they grow by in each second, in which 1000 pictures come. */
const dropping = () => {
  let dropped = 0
  let frames = 0
  return (value: number): Told => {
    dropped += value
    frames += 1000 - value
    return { values: { droppedFrames: dropped }, frames }
  }
}

const lasting = (name: string, told: Case['told'], gone: number): Case[] => [
  { rule: `${name}-warning`, told, good: 0, not: 10, bad: 10.1, for: 0, still: 1, clear: 0.9, clearFor: gone },
  { rule: `${name}-critical`, told, good: 0, not: 30, bad: 30.1, for: 0, still: 1, clear: 0.9, clearFor: gone },
]
const noData = (name: string, told: Case['told']): Case[] => [
  { rule: `${name}-warning`, told, good: 0, not: 3, bad: 3.1, for: 0, still: 1, clear: 0.9, clearFor: 2 },
  { rule: `${name}-critical`, told, good: 0, not: 10, bad: 10.1, for: 0, still: 1, clear: 0.9, clearFor: 2 },
]

const CASES: Case[] = [
  ...noData('no-data', value('noData')),
  ...noData('no-video', track('video')),
  ...noData('no-audio', track('audio')),
  ...lasting('black', value('black'), 1),
  ...lasting('freeze', value('freeze'), 1),
  ...lasting('silence', value('silence'), 1),
  {
    rule: 'silent-channel-warning',
    told: detail('silence.2'),
    good: 0,
    not: 30,
    bad: 30.1,
    for: 0,
    still: 1,
    clear: 0.9,
    clearFor: 1,
  },
  {
    rule: 'loudness-warning',
    told: value('loudness'),
    good: -23,
    not: -17,
    bad: -16.9,
    for: 30,
    still: -19,
    clear: -19.1,
    clearFor: 10,
  },
  {
    rule: 'loudness-warning',
    told: value('loudness'),
    good: -23,
    not: -29,
    bad: -29.1,
    for: 30,
    still: -27,
    clear: -26.9,
    clearFor: 10,
  },
  {
    rule: 'loudness-warning',
    told: value('loudness'),
    good: -14,
    not: -8,
    bad: -7.9,
    for: 30,
    still: -10,
    clear: -10.1,
    clearFor: 10,
    targets: { loudness: -14 },
  },
  {
    rule: 'true-peak-warning',
    told: value('truePeak'),
    good: -9,
    not: -1,
    bad: -0.9,
    for: 0,
    still: -1.5,
    clear: -1.6,
    clearFor: 10,
  },
  {
    rule: 'bitrate-warning',
    told: value('bitrate'),
    good: 2e6,
    first: 30,
    not: 1e6,
    bad: 0.99e6,
    for: 10,
    still: 1.4e6,
    clear: 1.41e6,
    clearFor: 10,
  },
  {
    rule: 'bitrate-warning',
    told: value('bitrate'),
    good: 4e6,
    not: 2e6,
    bad: 1.99e6,
    for: 10,
    still: 2.8e6,
    clear: 2.81e6,
    clearFor: 10,
    targets: { bitrate: 4e6 },
  },
  {
    rule: 'fps-warning',
    told: value('fps'),
    good: 50,
    first: 30,
    not: 45,
    bad: 44.9,
    for: 5,
    still: 47.5,
    clear: 47.6,
    clearFor: 10,
  },
  {
    rule: 'fps-critical',
    told: value('fps'),
    good: 50,
    first: 30,
    not: 25,
    bad: 24.9,
    for: 5,
    still: 47.5,
    clear: 47.6,
    clearFor: 10,
  },
  {
    rule: 'dropped-frames-warning',
    told: dropping(),
    good: 0,
    first: 12,
    not: 10,
    bad: 900,
    for: 0,
    still: 5,
    clear: 0,
    clearFor: 10,
  },
  {
    rule: 'dropped-frames-critical',
    told: dropping(),
    good: 0,
    first: 12,
    not: 50,
    bad: 900,
    for: 0,
    still: 5,
    clear: 0,
    clearFor: 10,
  },
  {
    rule: 'lateness-warning',
    told: value('lateness'),
    good: 0,
    not: 1000,
    bad: 1001,
    for: 3,
    still: 500,
    clear: 499,
    clearFor: 10,
  },
  {
    rule: 'lateness-critical',
    told: value('lateness'),
    good: 0,
    not: 3000,
    bad: 3001,
    for: 3,
    still: 500,
    clear: 499,
    clearFor: 10,
  },
  {
    rule: 'latency-warning',
    told: detail('latencyP95'),
    good: 50,
    not: 100,
    bad: 101,
    for: 10,
    still: 60,
    clear: 59,
    clearFor: 10,
    targets: { latency: 50 },
  },
  {
    rule: 'jitter-warning',
    told: value('jitter'),
    good: 1,
    not: 50,
    bad: 51,
    for: 10,
    still: 25,
    clear: 24,
    clearFor: 10,
  },
  {
    rule: 'jitter-critical',
    told: value('jitter'),
    good: 1,
    not: 200,
    bad: 201,
    for: 10,
    still: 100,
    clear: 99,
    clearFor: 10,
  },
  {
    rule: 'keyframe-interval-warning',
    told: value('keyframeInterval'),
    good: 2,
    not: 4.004,
    bad: 4.2,
    for: 0,
    still: 4.1,
    clear: 4,
    clearFor: 4,
  },
  {
    rule: 'keyframe-age-warning',
    told: detail('keyframeAge'),
    good: 2,
    not: 6,
    bad: 6.1,
    for: 0,
    still: 4.2,
    clear: 4,
    clearFor: 4,
  },
  {
    rule: 'keyframe-age-critical',
    told: detail('keyframeAge'),
    good: 2,
    not: 10,
    bad: 10.1,
    for: 0,
    still: 4.2,
    clear: 4,
    clearFor: 4,
  },
  {
    rule: 'av-drift-warning',
    told: value('avDrift'),
    good: 0,
    not: 40,
    bad: 41,
    for: 3,
    still: 20,
    clear: 19,
    clearFor: 5,
  },
  {
    rule: 'av-drift-warning',
    told: value('avDrift'),
    good: 0,
    not: -60,
    bad: -61,
    for: 3,
    still: -30,
    clear: -29,
    clearFor: 5,
  },
  {
    rule: 'av-drift-critical',
    told: value('avDrift'),
    good: 0,
    not: 90,
    bad: 91,
    for: 3,
    still: 45,
    clear: 44,
    clearFor: 5,
  },
  {
    rule: 'av-drift-critical',
    told: value('avDrift'),
    good: 0,
    not: -185,
    bad: -186,
    for: 3,
    still: -92.5,
    clear: -92,
    clearFor: 5,
  },
  {
    rule: 'target-down-warning',
    told: detail('targetDown'),
    good: 0,
    not: 10,
    bad: 10.1,
    for: 0,
    still: 1,
    clear: 0,
    clearFor: 5,
  },
  {
    rule: 'off-air-critical',
    told: detail('offAir'),
    good: 0,
    not: 3,
    bad: 3.1,
    for: 0,
    still: 1,
    clear: 0,
    clearFor: 2,
  },
  {
    rule: 'queue-warning',
    told: value('queueMs'),
    good: 0,
    not: 700,
    bad: 701,
    for: 0,
    still: 100,
    clear: 99,
    clearFor: 5,
  },
]

for (const [index, one] of CASES.entries()) {
  const { rule, told, good, not, bad, still, clear } = one
  test(`${rule} (${index}): not at ${not}, at ${bad}; over not at ${still}, at ${clear}`, () => {
    const it = new Watched(DEFAULT_RULES, { targets: one.targets })
    const now = (seconds: number, value: number): string[] =>
      it.run(seconds, second => told(value, second)).filter(line => line.startsWith(`${rule} `))
    assert.equal(now(one.first ?? 5, good), [])
    assert.equal(now(60, not), [])
    assert.equal(now(one.for, bad), [])
    assert.equal(now(1, bad), [`${rule} +`])
    assert.equal(now(120, still), [])
    assert.equal(now(one.clearFor, clear), [])
    assert.equal(now(2, clear), [`${rule} -`])
  })
}

test('more than 3 reconnects in 5 minutes', () => {
  const it = new Watched(DEFAULT_RULES)
  let count = 0
  const again = (): string[] => it.run(1, { values: { reconnects: ++count } })
  const quiet = (seconds: number): string[] => it.run(seconds, { values: { reconnects: count } })
  quiet(10)
  assert.equal([...again(), ...quiet(99), ...again(), ...again(), ...quiet(60)], [])
  assert.equal(again(), ['reconnects-warning +'])
  assert.equal(quiet(235), [], 'two of the four are less than 5 minutes old')
  assert.equal(quiet(70), ['reconnects-warning -'])
})

test('three connections in a row that do not last', () => {
  const it = new Watched(DEFAULT_RULES)
  const told = (shortLives: number): Told => ({ details: { shortLives } })
  assert.equal([...it.run(10, told(0)), ...it.run(600, told(1)), ...it.run(600, told(2))], [])
  assert.equal(it.run(1, told(3)), ['short-lived-warning +'])
  assert.equal(it.run(600, told(3)), [])
  assert.equal(it.run(1, told(0)), ['short-lived-warning -'])
})

test('every default rule is shown above', () => {
  const shown = new Set([...CASES.map(({ rule }) => rule), 'reconnects-warning', 'short-lived-warning'])
  assert.equal(
    DEFAULT_RULES.map(({ name }) => name).filter(name => !shown.has(name)),
    [],
  )
})

test('a night of small troubles is a quiet one', () => {
  // An hour of a stream as it really is: jitter, a lost picture now and then, holes of a second, cuts to black, pauses.
  const it = new Watched(DEFAULT_RULES)
  let dropped = 0
  const said = it.run(3600, second => {
    const pick = (period: number, length: number) => (second % period < length ? second % period : 0)
    if (second % 40 === 0) dropped++
    return {
      frames: second * 25,
      values: {
        bitrate: 2e6 + 5e5 * Math.sin(second / 9),
        fps: 25 - (second % 50 === 0 ? 4 : 0),
        noData: pick(600, 2),
        black: pick(300, 4),
        freeze: pick(170, 8),
        silence: pick(90, 6),
        loudness: -23 + 7 * Math.sin(second / 4),
        truePeak: -3,
        jitter: 20 + 25 * Math.sin(second),
        lateness: pick(600, 2) * 900,
        droppedFrames: dropped,
        keyframeInterval: 2,
        avDrift: 25 * Math.sin(second / 30),
        queueMs: 60,
        reconnects: Math.floor(second / 1200),
        latency: 20,
        uptime: second,
      },
      tracks: { video: { noData: 0 }, audio: { noData: pick(600, 2) } },
      details: { keyframeAge: second % 2, latencyP95: 40, 'silence.1': 0, 'silence.2': pick(90, 6) },
    }
  })
  assert.equal(said, [])
})

test.run()
