// suite: deep
// lane: processor
// deadline: 1800
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { afterAcquire } from '../../src/fleet/keeping.js'
import { acquireLease, beatWorker, renewLease, type AcquireCase } from '../../src/fleet/store-rules.js'
import { mayConnectMs } from '../../src/fleet/worker-rules.js'
import { explore, wander, type Found } from './model/explore.js'
import { type Fault, FAULTS, type Scenario, TTL } from './model/state.js'

const test = suite('lease protocol', { timeout: 600_000 })
const { runs } = support
const SERVERS = ['refuses', 'takes-over', 'takes-both'] as const

function check(scenario: Scenario, { states, wrong, met: all }: Found, met: readonly string[]): void {
  console.log(`    ${scenario.server}, ${JSON.stringify(scenario.faults)}: ${states} states`)
  assert.is(wrong && `${wrong.what}:\n${wrong.trace.join('\n')}`, null)
  for (const one of met) assert.ok(all.has(one), `${one} was not met: ${[...all].join(', ')}`)
}

/** Every state that can be reached is as it should be, and each of `met` is among what happens. */
const holds = (scenario: Scenario, met: readonly string[]) => check(scenario, explore(scenario), met)

test('never two who may connect: a worker that is frozen at any place, for any time', () => {
  for (const server of SERVERS) holds({ server, faults: { pause: 1 } }, ['live', 'failover', 'superseded', 'close'])
})

test('never two who may connect: a worker that is cut off the store, for any time', () => {
  for (const server of SERVERS) {
    holds({ server, faults: { partition: 1, cut: 1 } }, ['live', 'failover', 'superseded'])
  }
})

test('never two who may connect: workers that crash, and statements that are lost or late', () => {
  for (const server of SERVERS) {
    holds({ server, faults: { crash: 1 } }, ['live', 'failover'])
    holds({ server, faults: { delay: 1, cut: 1 } }, ['live'])
    holds({ server, faults: { 'lose-request': 1, 'lose-answer': 1 } }, ['live'])
    holds({ server, faults: { 'slow-connect': 1, cut: 1 } }, ['live'])
  }
})

test('nothing healthy is stopped by the store: away for any time, restored, its clock set', () => {
  for (const server of ['refuses', 'takes-over'] as const) {
    holds({ server, healthy: true, faults: { 'store-away': 1 } }, ['live'])
    for (const clock of ['clock-jump', 'clock-back']) {
      holds({ server, healthy: true, faults: { [clock]: 1 } }, ['live', 'claimed'])
    }
    holds({ server, healthy: true, faults: { restore: 1 } }, ['live', 'claimed'])
  }
})

test('never two who may connect: an acquire that is late, while the clock of the store is set', () => {
  for (const fault of ['clock-jump', 'clock-back']) {
    holds({ server: 'takes-over', faults: { [fault]: 1, delay: 1 } }, ['live', 'claimed'])
  }
})

test('an answer that is lost hides neither a restore nor a clock that was set', () => {
  for (const fault of ['restore', 'clock-jump', 'clock-back']) {
    holds({ server: 'takes-over', faults: { [fault]: 1, 'lose-answer': 1 } }, ['live', 'claimed'])
  }
})

test('never two who may connect: channels that are released, and handed over', () => {
  for (const server of SERVERS) holds({ server, faults: { release: 1, 'hand-over': 1 } }, ['live', 'failover'])
  for (const fault of ['clock-jump', 'restore'] as const) {
    holds({ server: 'takes-over', faults: { 'hand-over': 1, [fault]: 1 } }, ['live', 'failover', 'claimed'])
  }
})

test('every pair of faults, in the nearest states', () => {
  let [complete, states] = [0, 0]
  const pairs = FAULTS.flatMap((one, index) => FAULTS.slice(index).map(other => [one, other] as const))
  for (const [one, other] of pairs) {
    const faults = one === other ? { [one]: 2 } : { [one]: 1, [other]: 1 }
    const found = explore({ server: 'takes-over', faults }, runs(5000))
    assert.is(found.wrong && `${one}, ${other}: ${found.wrong.what}:\n${found.wrong.trace.join('\n')}`, null)
    states += found.states
    if (found.complete) complete += 1
  }
  console.log(`    ${pairs.length} pairs, ${complete} of them to their ends: ${states} states`)
})

test('random ways with every fault, several times each', () => {
  const faults = Object.fromEntries(FAULTS.map(fault => [fault, 3])) as Record<Fault, number>
  for (const server of SERVERS) {
    const scenario = { server, faults }
    const met = ['live', 'failover', 'superseded', 'claimed']
    check(scenario, wander(scenario, { walks: 600, steps: 300, random: seeded(7) }), met)
  }
})

test('a rule that is broken is found', () => {
  const finds = (what: string, scenario: Scenario) => {
    const { wrong } = explore(scenario)
    assert.ok(wrong, `nothing was found: ${what}`)
    console.log(`    ${what}: ${wrong.what}, after ${wrong.trace.length} steps`)
  }
  const server = 'takes-over'
  finds('a worker connects without looking at its lease', {
    ...{ server, faults: { pause: 1, cut: 1 } },
    rules: { mayConnectMs: lease => (lease ? 1 : 0) },
  })
  finds('a worker does not look again when it is connected', {
    server,
    faults: { pause: 1 },
    rules: { looksAgain: false },
  })
  finds('a confirmation counts from its arrival', {
    ...{ server, faults: { pause: 1 } },
    rules: { afterAcquire: (keeping, channel, _, epoch) => afterAcquire(keeping, channel, 0, epoch) },
  })
  finds('a lease is good for two TTLs', {
    ...{ server, faults: { pause: 1, 'lose-request': 3 } },
    rules: { mayConnectMs: (lease, now, ttl) => mayConnectMs(lease, now, 6 * ttl) },
  })
  finds('who comes first takes what has expired', {
    ...{ server, healthy: true, faults: { 'store-away': 1 } },
    rules: { acquireLease: of => acquireLease({ ...of, attendedMs: TTL }) },
  })
  finds('a store that went back is not noticed', {
    ...{ server, healthy: true, faults: { restore: 1 } },
    rules: { acquireLease: of => acquireLease({ ...knowing(of), ageMs: 100 * TTL }) },
  })
  finds('an acquire may overtake a renewal', {
    ...{ server, faults: { 'clock-jump': 1, delay: 1 } },
    rules: { acquireLease: of => acquireLease(knowing(of)) },
  })
  finds('a break is told once, and not until it is heard', {
    ...{ server, faults: { restore: 1, 'lose-answer': 1 } },
    rules: { beatWorker: (worker, of) => beatWorker({ ...worker, unbrokenSince: 0 }, of) },
  })
  finds('a claim is not believed', {
    ...{ server, healthy: true, faults: { restore: 1 } },
    rules: { renewLease: of => (of.row === null ? null : renewLease(of)) },
  })
  finds('a stream is not stopped where a destination takes two', {
    ...{ server: 'takes-both', faults: { partition: 1 } },
    rules: { stopDueMs: () => 1 },
  })
})

/** With the number of the store's last heartbeat, whatever the worker knows. */
const knowing = (of: AcquireCase): AcquireCase => ({ ...of, beat: of.worker?.beat ?? 0 })

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test.run()
