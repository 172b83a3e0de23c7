// suite: deep
// deadline: 900
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { explore } from './model/explore.js'
import type { Scenario } from './model/state.js'

const test = suite('lease protocol', { timeout: 300_000 })

/** Every state that can be reached is as it should be, and each of `met` is among what happens. */
function holds(scenario: Scenario, met: readonly string[]): void {
  const { states, wrong, met: all } = explore(scenario)
  console.log(`    ${scenario.server}, ${JSON.stringify(scenario.faults)}: ${states} states`)
  assert.is(wrong && `${wrong.what}:\n${wrong.trace.join('\n')}`, null)
  for (const one of met) assert.ok(all.has(one), `${one} was not met: ${[...all].join(', ')}`)
}

test('no two workers may connect, whatever one worker and its network do', () => {
  for (const server of ['refuses', 'takes-over', 'takes-both'] as const) {
    holds({ server, faults: { pause: 1 } }, ['live', 'failover', 'superseded', 'close'])
    holds({ server, faults: { crash: 1 } }, ['live', 'failover'])
    holds({ server, faults: { delay: 1, cut: 1 } }, ['live'])
    holds({ server, faults: { 'lose-request': 1, 'lose-answer': 1 } }, ['live'])
    holds({ server, faults: { 'slow-connect': 1, cut: 1 } }, ['live'])
  }
})

test.run()
