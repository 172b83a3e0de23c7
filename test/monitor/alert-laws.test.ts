// What holds for every engine, whatever a stream does: fast-check makes the streams.
import fc, { runs } from '../support/fast-check'
import * as assert from 'uvu/assert'
import type { Alert } from '../../src/monitor/alert'
import { DEFAULT_RULES } from '../../src/monitor/default-rules'
import { FLAP_COUNT, FLAP_LONG, FLAP_WINDOW, FLAPPING_DEFAULTS } from '../../src/monitor/flap-guard'
import type { AlertRule } from '../../src/monitor/rule'
import type { StreamPhase } from '../../src/core/types'
import { suite } from '../support/suite'
import { Watched, type Told } from './readings'

const test = suite('laws of alerts', { timeout: 60_000 })

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)
const number = (...values: number[]) => oneOf<number | null>(null, ...values)

/** Values on both sides of every threshold, and none; for some seconds each, so that times pass. */
const stretch = fc.record({
  seconds: fc.integer({ min: 1, max: 20 }),
  phase: oneOf<StreamPhase>('live', 'live', 'live', 'live', 'reconnecting', 'stalled', 'failed', 'stopped', 'idle'),
  newConnection: fc.boolean(),
  jump: oneOf(0, 0, 0, 0, 0, 60_000, -5000),
  wallJump: oneOf(0, 0, 0, 3_600_000, -3_600_000),
  values: fc.record({
    noData: number(0, 0, 0, 4, 11),
    black: number(0, 0, 11, 31),
    freeze: number(0, 11),
    silence: number(0, 31),
    jitter: number(1, 60, 300),
    fps: number(25, 20, 5),
    bitrate: number(2e6, 1e5),
    avDrift: number(0, 50, -70, 200),
    loudness: number(-23, -10, -70),
    lateness: number(0, 2000, 9000),
    queueMs: number(0, 50, 900),
    latency: number(10, 500),
  }),
  audio: number(0, 5, 20),
  reconnects: fc.integer({ min: 0, max: 2 }),
  dropped: fc.integer({ min: 0, max: 30 }),
})

const RULES: readonly AlertRule[] = [
  ...DEFAULT_RULES,
  // Without times: what flaps as fast as the values do.
  {
    name: 'quick',
    metric: 'latency',
    raise: { above: 100, for: 0 },
    clear: { below: 50, for: 0 },
    severity: 'warning',
  },
]

function play(stretches: readonly Stretch[], long = FLAP_LONG): Watched {
  const it = new Watched(RULES, { flapping: { ...FLAPPING_DEFAULTS, long } })
  let live = -1e6
  let reconnects = 0
  let dropped = 0
  let frames = 0
  for (const one of stretches) {
    it.now += one.jump
    it.unix += one.wallJump
    if (one.newConnection) live = it.now
    reconnects += one.reconnects
    it.run(one.seconds, (): Told => {
      dropped += one.dropped
      frames += 25
      return {
        values: { ...one.values, reconnects, droppedFrames: dropped },
        frames,
        tracks: { audio: { noData: one.audio } },
        details: { keyframeAge: one.audio },
        live: one.phase === 'live' ? live : false,
        phase: one.phase,
      }
    })
    const open = openOf(it.said)
    assert.equal(
      it.engine.raised.map(({ id }) => id),
      open,
      'what is raised is what was raised and not cleared, in that order',
    )
  }
  it.hear(it.engine.close(it.now, 'detached'))
  return it
}

function openOf(said: readonly Alert[]): string[] {
  const open: string[] = []
  for (const { id, clearedAt } of said) {
    if (clearedAt === null) open.push(id)
    else open.splice(open.indexOf(id), 1)
  }
  return open
}

type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never

type Law = (said: readonly Alert[], it: Watched) => void

const check = (law: Law, change = (one: Stretch) => one, long = FLAP_LONG): void => {
  const numRuns = runs(150)
  let alerts = 0
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 60 }), stretches => {
      const it = play(stretches.map(change), long)
      alerts += it.said.length
      law(it.said, it)
    }),
    { numRuns },
  )
  assert.ok(alerts > numRuns, `${alerts} alerts: the law was not empty`)
}

// A clock that goes back begins a new story, at the tick and not at what is said next; so does a stream that ended.
const steady = (one: Stretch): Stretch => {
  return { ...one, jump: Math.max(0, one.jump), phase: one.phase === 'live' ? 'live' : 'stalled' }
}

test('each raise has exactly one clear, later, with the same id, start and what it is about', () => {
  check((said, it) => {
    const raises = said.filter(({ clearedAt }) => clearedAt === null)
    assert.is(new Set(raises.map(({ id }) => id)).size, raises.length, 'ids are unique')
    assert.is(said.length, raises.length * 2)
    for (const raise of raises) {
      const clearings = said.filter(({ id, clearedAt }) => id === raise.id && clearedAt !== null)
      assert.is(clearings.length, 1)
      const [clear] = clearings
      assert.ok(said.indexOf(clear!) > said.indexOf(raise))
      const about = ({ id, rule, metric, stream, severity, raisedAt, track, flaps }: Alert) => [
        id,
        rule,
        metric,
        stream,
        severity,
        raisedAt,
        track,
        flaps,
      ]
      assert.equal(about(clear!), about(raise))
      assert.ok(clear!.clearedAt! >= raise.raisedAt)
      assert.ok(clear!.clearedBy !== null && raise.clearedBy === null)
    }
    assert.equal(it.raised, [])
  })
})

test('of one rule at most one alert is raised at a time, its own or that it flaps', () => {
  check(said => {
    const open = new Set<string>()
    for (const { rule, flaps, clearedAt } of said) {
      const key = flaps ?? rule
      if (clearedAt === null) assert.not.ok(open.has(key), key)
      if (clearedAt === null) open.add(key)
      else open.delete(key)
    }
  })
})

test('the peak is at least as bad as every value that was said', () => {
  check(said => {
    for (const { metric, value, peak, flaps } of said) {
      if (metric === 'avDrift' || metric === 'loudness' || flaps) continue
      assert.ok(
        metric === 'fps' || metric === 'bitrate' ? peak <= value : peak >= value,
        `${metric}: ${peak} against ${value}`,
      )
    }
  })
})

test('a rule says little: at most four changes in 5 minutes, then once that it flaps', () => {
  let flapping = 0
  check(
    (said, { times }) => {
      flapping += said.filter(({ flaps }) => flaps !== null).length
      const changes = new Map<string, number[]>()
      const flapped = new Map<string, number>()
      said.forEach(({ rule, flaps, clearedAt, clearedBy }, index) => {
        const time = times[index]!
        const before = changes.get(flaps ?? rule)?.filter(other => time - other < FLAP_WINDOW) ?? []
        const ended = clearedBy === 'ended' || clearedBy === 'detached'
        // That it flaps is said once, too, until five minutes were quiet.
        if (flaps !== null && clearedAt === null) {
          assert.ok(
            time - (flapped.get(flaps) ?? -Infinity) >= FLAP_WINDOW,
            `${flaps} flaps: ${flapped.get(flaps)}, ${time}`,
          )
          flapped.set(flaps, time)
        }
        if (ended) flapped.delete(flaps ?? rule)
        if (flaps === null && !ended) assert.ok(before.length < FLAP_COUNT, `${rule}: ${[...before, time]}`)
        changes.set(flaps ?? rule, ended ? [] : flaps === null ? [...before, time] : before)
      })
    },
    steady,
    Infinity,
  )
  assert.ok(flapping > 0, 'something flapped')
})

test('with long ones a rule says more, but no more than so many long ones have room', () => {
  check((said, { times }) => {
    const changes = new Map<string, number[]>()
    said.forEach(({ rule, flaps, clearedBy }, index) => {
      const time = times[index]!
      const before = changes.get(flaps ?? rule)?.filter(other => time - other < FLAP_WINDOW) ?? []
      const now = clearedBy === 'ended' || clearedBy === 'detached' ? [] : [...before, time]
      // Of each long one: that it flapped begins and ends, its own raise and clear, and what is counted anew.
      assert.ok(now.length <= (FLAP_COUNT + 4) * (1 + FLAP_WINDOW / FLAP_LONG), `${rule}: ${now}`)
      changes.set(flaps ?? rule, now)
    })
  }, steady)
})

test.run()
