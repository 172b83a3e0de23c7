import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { Problem } from '../../src/core/problem.js'
import type { StoredChannel } from '../../src/fleet/fleet-state.js'
import { Missing } from '../../src/supervisor/fleet/missing.js'

const test = suite('fleet: channels that the store has no more')
const TTL_MS = 6000

/** A worker that runs `a` and `b`, of a store with these channels and `c`, which another worker runs. */
function worker() {
  const stored = (name: string) => ({ name, document: { of: name } }) as unknown as StoredChannel
  let known = ['a', 'b', 'c'].map(stored)
  const it = {
    nowMs: 1000,
    confirmedAt: 900,
    there: ['a', 'b', 'c'],
    put: [] as string[],
    fails: null as Problem | null,
    events: [] as string[],
    known: () => known.map(({ name }) => name),
  }
  const missing = new Missing(
    {
      ...{ name: 'w', ttlMs: TTL_MS, now: () => it.nowMs },
      host: { running: () => ['a', 'b'], event: ({ type, channel }) => void it.events.push(`${type} ${channel}`) },
      state: {
        putChannel: async (name, document, options) => {
          if (it.fails) throw it.fails
          assert.equal([document, options], [{ of: name }, { by: 'w restore', ifMatch: null }])
          it.put.push(name)
          it.there.push(name)
          return 'etag'
        },
      },
    },
    () => it.confirmedAt,
  )
  const look = () =>
    missing.look({
      refresh: async (isGone = () => true) => {
        known = [
          ...it.there.map(stored),
          ...known.filter(channel => !it.there.includes(channel.name) && !isGone(channel)),
        ]
        return new Map()
      },
    })
  return { it, look, missing }
}

test('a deletion is believed behind the next heartbeat; one of a channel that runs elsewhere at once', async () => {
  const { it, look } = worker()
  it.there = ['b']
  await look()
  assert.equal(it.known(), ['b', 'a'])
  it.nowMs += 500
  await look()
  assert.equal(it.known(), ['b', 'a'])
  it.confirmedAt = it.nowMs
  await look()
  assert.equal([it.known(), it.put], [['b'], []])
})

test('what a restore has taken is put back, told before the look or after it; what is elsewhere is not', async () => {
  for (const isToldBefore of [true, false]) {
    const { it, look, missing } = worker()
    it.there = []
    if (isToldBefore) missing.wentBack()
    await look()
    if (!isToldBefore) {
      assert.equal([it.known(), it.put], [['a', 'b'], []])
      it.nowMs += 1000
      it.confirmedAt = it.nowMs
      missing.wentBack()
      await look()
    }
    assert.equal(it.put, ['a', 'b'])
    assert.equal(it.events, ['fleet-document-restored a', 'fleet-document-restored b'])
    await look()
    assert.equal([it.known(), it.put.length], [['a', 'b'], 2])
    // Deleted later, it is gone.
    it.nowMs += 2 * TTL_MS
    it.there = ['b']
    await look()
    assert.equal(it.known(), ['b', 'a'])
    it.confirmedAt = it.nowMs + 1
    await look()
    assert.equal([it.known(), it.put.length], [['b'], 2])
  }
})

test('what the store does not take now is put back at the next look; what another has put there stays', async () => {
  const { it, look, missing } = worker()
  it.there = ['b', 'c']
  missing.wentBack()
  it.fails = new Problem(503, 'ERR_STORE', 'away', { fault: 'peer', retryable: true, remedy: '' })
  const failed = await look().then(
    () => null,
    (error: Problem) => error.code,
  )
  assert.is(failed, 'ERR_STORE')
  assert.ok(it.known().includes('a'))
  it.fails = new Problem(412, 'ERR_CHANGED_MEANWHILE', 'there', { remedy: '' })
  await look()
  assert.equal([it.put, it.events], [[], []])
  it.fails = null
  await look()
  assert.equal(it.put, ['a'])
})

test.run()
