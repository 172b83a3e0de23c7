// A fleet in simulated time: what holds whatever happens. Its figures: server/bench/fleet-simulation.mjs.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { FULL } from '../../src/fleet/placement.js'
import { Simulation, type FleetShape } from './simulation/simulation.js'

const test = suite('simulated fleet', { timeout: 120_000 })
const TTL_MS = 15_000
/** From the first renewal that is missed to a lease: the TTL, and what a worker takes to look and to ask. */
const LEASED_MS = TTL_MS + TTL_MS / 6 + 500

const shape = (workers: number, channels: number, cost: number, more: Partial<FleetShape> = {}): FleetShape => ({
  seed: 1,
  workers: Array.from({ length: workers }, (_, i) => (i % 2 ? 4 : 8)),
  channels: Array.from({ length: channels }, (_, i) => cost * (0.5 + (i % 5) / 4)),
  ...more,
})

/** All run, each once, and nobody has too much. */
function holds(fleet: Simulation): void {
  assert.equal(fleet.faults, [])
  assert.is(fleet.loads().unplaced, 0)
  assert.ok(fleet.loads().most <= FULL)
}

test('40 channels of a worker that died run on the four others within 20 s', async () => {
  for (const [seed, looksAhead] of [[1, false] as const, [2, false] as const, [3, true] as const]) {
    const fleet = new Simulation({ ...shape(0, 200, 0.05, { seed, looksAhead }), workers: [8, 8, 8, 8, 8] })
    await fleet.begin(2000)
    holds(fleet)
    const { runningMs, leasedMs } = await fleet.lose(fleet.living.slice(2, 3))
    holds(fleet)
    assert.ok(runningMs.length > 30, `${runningMs.length} channels`)
    assert.ok(leasedMs.at(-1)! < LEASED_MS, `${leasedMs.at(-1)} ms`)
    assert.ok(runningMs.at(-1)! < 20_000, `${runningMs.at(-1)} ms`)
  }
})

test('where first choices do not ask, the next ones do', async () => {
  const fleet = new Simulation(shape(20, 200, 0.15))
  await fleet.begin(2000)
  for (const worker of fleet.living.slice(0, 5)) worker.idle = true
  const { leasedMs } = await fleet.lose(fleet.living.slice(10, 14))
  holds(fleet)
  assert.ok(leasedMs.at(-1)! < LEASED_MS + 15_000, `${leasedMs.at(-1)} ms`)
})

test('a store that is slow costs time alone', async () => {
  const fleet = new Simulation(shape(10, 100, 0.1, { latencyMs: [50, 800], rankDelayMs: 100 }))
  await fleet.begin(5000)
  holds(fleet)
  await fleet.lose(fleet.living.slice(0, 2))
  holds(fleet)
})

test('what has no room waits, and runs nowhere', async () => {
  // 36 cores, of which 28.8 may be given; the channels take 30.
  const fleet = new Simulation(shape(6, 60, 0.5))
  await fleet.begin(2000)
  assert.equal(fleet.faults, [])
  const { unplaced, most } = fleet.loads()
  assert.ok(unplaced > 0 && unplaced < 10, String(unplaced))
  assert.ok(most <= FULL)
})

test('renewals grow with workers, not with channels', async () => {
  const fleet = new Simulation(shape(10, 100, 0.1))
  await fleet.begin(1000)
  const { renewals, rowsRenewed } = await fleet.rates(60_000)
  assert.ok(Math.abs(renewals - (10 * 6000) / TTL_MS) < 0.3, String(renewals))
  assert.ok(Math.abs(rowsRenewed - (110 * 6000) / TTL_MS) < 5, String(rowsRenewed))
})

test.run()
