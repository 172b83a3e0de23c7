import * as assert from 'uvu/assert'
import { sleep } from '../../../src/core/deadline'
import { Relay } from '../../../src/index'
import { AddressInput } from '../../../src/live/relay/address-input'
import { RelayTarget } from '../../../src/live/relay/relay-target'
import { fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

// How long a relay may take to end: nothing is connected, and each step takes what it may take at most.
const test = suite('relay: its end')

const URLS = ['rtmp://a.example/live/one', 'rtmp://a.example/live/two']

/** A relay whose parts take this long to end, ms of its clock. */
function slowRelay(urls: readonly string[], input: number, drain: number, end: number) {
  const clock = fakeClock()
  const seen: string[] = []
  const step = (what: string, ms: number) => async (): Promise<void> => {
    await sleep(ms, clock)
    seen.push(what)
  }
  const parts = [AddressInput.prototype, RelayTarget.prototype] as const
  const own = [parts[0].end, parts[1].drain, parts[1].end] as const
  parts[0].end = step('input', input)
  parts[1].drain = step('drained', drain)
  parts[1].end = step('ended', end)
  const relay = new Relay('srt://a.example:9000', urls, {}, { clock, random: () => 0.5 })
  const restore = (): void => void ([parts[0].end, parts[1].drain, parts[1].end] = own)
  return { relay, clock, seen, [Symbol.dispose]: restore }
}

test('an input that takes long leaves the targets their time, within five seconds', async () => {
  using it = slowRelay(URLS, 4000, 1500, 1500)
  const { relay, clock, seen } = it
  let over = false
  void relay.stop().then(() => (over = true))
  await clock.pass(3900)
  assert.equal([seen, over], [['drained', 'drained'], false])
  await clock.pass(200)
  assert.equal([seen.length, over], [5, true])
})

test('stop() waits for a target that was removed before', async () => {
  using it = slowRelay(URLS.slice(0, 1), 0, 1500, 1500)
  const { relay, clock, seen } = it
  const removed = relay.removeTarget(URLS[0]!)
  let over = false
  void relay.stop().then(() => (over = true))
  await clock.pass(2900)
  assert.equal([seen, over], [['input', 'drained'], false])
  await clock.pass(200)
  assert.equal([seen, over], [['input', 'drained', 'ended'], true])
  await removed
})

test.run()
