import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import type { ChannelStatus, TargetStatus } from '../../src/core/status.js'
import type { StoredChannel } from '../../src/fleet/fleet-state.js'
import { Inability } from '../../src/supervisor/channel/inability.js'
import { Unable } from '../../src/supervisor/fleet/unable.js'

const test = suite('fleet: channels that cannot run here')
const TTL_MS = 6000
const WHY = { code: 'ERR_FILE', message: 'no picture' }

/** A worker that has the lease of `x`. */
function worker() {
  const it = { nowMs: 1000, etag: 'one', held: ['x'], why: WHY as typeof WHY | null }
  const unable = new Unable(() => it.nowMs, TTL_MS)
  const look = (laterMs = 0) => {
    it.nowMs += laterMs
    const channels = new Map([['x', { name: 'x', etag: it.etag } as StoredChannel]])
    unable.look(channels, new Set(it.held), () => it.why)
    return [unable.has('x'), unable.shuns('x')]
  }
  return { it, look, unable }
}

test('a channel is unable after a TTL without a break, and only while this worker has it', () => {
  const { it, look } = worker()
  assert.equal(look(), [false, false])
  assert.equal(look(TTL_MS - 1), [false, false])
  assert.equal(look(1), [true, false])
  it.why = null
  assert.equal(look(), [false, false])
  it.why = WHY
  assert.equal(look(TTL_MS), [false, false])
  it.held = []
  assert.equal(look(TTL_MS), [false, false])
})

test('what was given up is not given up again within an hour, unless its configuration is another one', () => {
  const { it, look, unable } = worker()
  look()
  look(TTL_MS)
  unable.givenUp('x')
  assert.equal(look(TTL_MS), [false, true])
  assert.equal(look(TTL_MS), [false, true])
  it.etag = 'two'
  assert.equal(look(), [true, false])
  unable.givenUp('x')
  look()
  assert.equal(look(3_600_000), [false, true])
  assert.equal(look(1), [true, false])
})

const target = (more: Partial<TargetStatus>): TargetStatus =>
  ({ enabled: true, phase: 'reconnecting', reason: null, ...more }) as TargetStatus
const status = (more: Partial<ChannelStatus>): ChannelStatus =>
  ({ phase: 'starting', reason: null, targets: [], ...more }) as ChannelStatus

test('a refusal ends with a process that takes its configuration, a loop with one that runs for long', () => {
  const inability = new Inability()
  const reason = (more = {}) => inability.reason(status(more))?.code ?? null
  assert.is(reason(), null)
  inability.refused(WHY)
  assert.is(reason(), 'ERR_FILE')
  inability.configured()
  assert.is(reason(), null)
  inability.ended({ code: 'ERR_PROCESS_EXIT', message: 'four times' })
  inability.configured()
  assert.is(reason({ phase: 'starting' }), 'ERR_PROCESS_EXIT')
  assert.is(reason({ phase: 'live', targets: [target({ phase: 'live' })] }), null, 'on air in this moment')
  inability.well()
  assert.is(reason(), null)
  assert.is(reason({ phase: 'failed', reason: WHY }), 'ERR_FILE')
})

test('targets make it unable where all that are wanted fail for what this machine lacks', () => {
  const inability = new Inability()
  const reason = (...targets: TargetStatus[]) => inability.reason(status({ targets }))?.code ?? null
  const missing = { code: 'ERR_MISSING_PLUGIN', message: 'no x264enc' }
  const refused = { code: 'ERR_CONNECTION_REFUSED', message: 'nobody listens' }
  assert.is(reason(target({ reason: missing })), 'ERR_MISSING_PLUGIN')
  assert.is(reason(target({ reason: missing }), target({ enabled: false })), 'ERR_MISSING_PLUGIN')
  assert.is(reason(target({ reason: missing }), target({})), null)
  assert.is(reason(target({ reason: missing }), target({ reason: refused })), null)
  assert.is(reason(target({ reason: refused })), null)
  assert.is(reason(target({ enabled: false, reason: missing })), null)
})

test.run()
