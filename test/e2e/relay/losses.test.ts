// suite: deep
// deadline: 2400
import * as assert from 'uvu/assert'
import type { RelayOptions } from '../../../src/index'
import { calmly } from '../../support/calm'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { assertWatchable, flashes, startStage, type Place, type Stage } from './filled'

const test = suite('relay: twenty losses in copy', { timeout: 700_000 })

const ROUNDS = 20
/** ms. */
const [DARK, BACK] = [900, 2300]

/** Ways to lose an input, and to have it back. */
const WAYS: readonly { name: string; lose(place: Place): unknown; mend(place: Place): unknown }[] = [
  { name: 'killed', lose: place => place.publisher.kill('SIGKILL'), mend: place => place.publish() },
  {
    name: 'frozen',
    lose: place => place.publisher.kill('SIGSTOP'),
    mend: place => place.publisher.kill('SIGCONT'),
  },
  {
    name: 'server killed',
    lose: place => place.server.kill('SIGKILL'),
    async mend(place) {
      await place.publisher.exited
      await place.server.restart()
      await place.publish()
    },
  },
  { name: 'connection closed', lose: place => place.server.drop('subscriber', 'in'), mend: () => {} },
]

async function lossesOf(options: RelayOptions, inputs: number): Promise<void> {
  const file = await flashes()
  await calmly(async () => {
    await using stage = await startStage(file, options, inputs)
    await stage.settled(BACK)
    const since = performance.now()
    const returns: number[] = []
    for (let round = 0; round < ROUNDS; round++) returns.push(await loseOnce(stage, round))
    assert.ok(stage.relay.stats().fills <= ROUNDS + 2, `${stage.relay.stats().fills} fills`)
    await assertWatchable(stage, since, returns)
  })
}

/** Resolves with the moment of the return. */
async function loseOnce({ places, relay, settled }: Stage, round: number): Promise<number> {
  const way = WAYS[round % WAYS.length]!
  const { fills, switches } = relay.stats()
  const place = places[relay.inputs.findIndex(({ onAir }) => onAir)]!
  await way.lose(place)
  await until(() => relay.stats().fills > fills || relay.stats().switches > switches, {
    what: () => `the loss (${way.name}) in round ${round}: ${JSON.stringify(relay)}`,
  })
  await sleep(DARK)
  await way.mend(place)
  await settled(0)
  const back = performance.now()
  await sleep(BACK)
  return back
}

test('one input, with a slate', () => lossesOf({ fill: 'slate' }, 1))
test('one input, whose last keyframe is repeated', () => lossesOf({ fill: 'repeat' }, 1))
test('two inputs in turn', () => lossesOf({ fill: 'slate', holdBack: 0 }, 2))

test.run()
