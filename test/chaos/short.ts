import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { makeMedia } from './media'
import type { Scenario } from './scenario'
import { play } from './engine'
import { startWorld, type World } from './world'

/** A/V offset that no machine, however busy, makes of a stream that is right, ms. */
const OUT_OF_SYNC = 150
/** stop() promises 5 s; the rest is for a busy machine. */
const STOP_LIMIT = 10_000

/** The short form: each scenario as often as it says, in one world, without figures of speed. */
export function chaosSuite(name: string, scenarios: readonly Scenario[]): void {
  const test = suite(name, { timeout: 90_000 })
  let world: World

  test.before(async () => {
    world = await startWorld(await makeMedia())
  })
  for (const scenario of scenarios) {
    const { short } = scenario.rounds
    if (short === 0) continue
    test(scenario.name, async () => {
      const { faults, outages } = await play(world, scenario, short)
      assert.equal(faults, [])
      assert.is(outages.length, short)
      for (const { offsets } of outages) {
        const apart = offsets.filter(offset => Math.abs(offset) > OUT_OF_SYNC)
        assert.equal(apart, [], `A/V offsets ${offsets.join()}`)
      }
    })
  }
  test('stops in time, and its process ends', async () => {
    const { capture, output } = await world.relay.stop()
    assert.ok(capture < STOP_LIMIT && output < STOP_LIMIT, `capture ${capture} ms, output ${output} ms`)
    assert.equal(world.relay.exit, { code: 0, signal: null })
  })
  test.after(() => world[Symbol.asyncDispose]())
  test.run()
}
