import * as assert from 'uvu/assert'
import { RxGstError, type ErrorCode } from '../../../src/core/errors'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { StateHolder } from '../../../src/engine/state'
import { ReconnectMachine } from '../../../src/engine/reconnect/reconnect-machine'
import type { Verdict } from '../../../src/engine/reconnect/reconnect-options'
import { fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

// What captures and targets have in common; what is their own is told in test/live/capture/connection.test and
// test/live/output/target.test.
const test = suite('reconnect machine')

interface Given {
  verdict: Verdict
  retriesFirst: boolean
  attemptTimeoutMs: number | null
  giveUpAfter: number
  random: number
  stopFails: boolean
}

function machineOf(given: Partial<Given> = {}) {
  const clock = fakeClock()
  const state = new StateHolder(clock)
  const log: string[] = []
  const gone: (() => void)[] = []
  let made = 0
  const verdict = { value: given.verdict ?? 'retry' }
  const machine = new ReconnectMachine<number>({
    state,
    reconnect: { initialDelay: 1000, maxDelay: 4000, giveUpAfter: given.giveUpAfter ?? Infinity },
    retriesFirst: given.retriesFirst ?? true,
    attemptTimeoutMs: given.attemptTimeoutMs ?? null,
    logger: SILENT_LOGGER,
    name: 'it',
    clock,
    random: () => given.random ?? 0.5,
    make: () => ++made,
    start: attempt => log.push(`start ${attempt}`),
    stop: (attempt, goodbye) => {
      log.push(`${goodbye ? 'goodbye' : 'stop'} ${attempt}`)
      return new Promise((resolve, reject) => {
        gone.push(given.stopFails ? () => reject(new Error('it broke')) : resolve)
      })
    },
    judge: () => verdict.value,
    onLive: attempt => log.push(`live ${attempt}`),
    onLost: attempt => log.push(`lost ${attempt}`),
    onRetired: () => {},
    onFailed: ({ code }) => log.push(code),
  })
  state.apply({ type: 'start' })
  machine.begin()
  machine.connect()
  return {
    clock,
    machine,
    log,
    verdict,
    phase: () => state.state.phase,
    lose: (code: ErrorCode = 'ERR_CONNECTION_LOST') => machine.lost(machine.attempt!, new RxGstError(code, code)),
    /** Whatever stops has stopped. */
    async finish() {
      for (const resolve of gone.splice(0)) resolve()
      await clock.pass(0)
    },
  }
}

test('a connection that fails while it stops is gone as well: the next one begins', async () => {
  const { machine, clock, log, lose, finish } = machineOf({ stopFails: true })
  machine.live(1)
  lose()
  await clock.pass(2000)
  await finish()
  assert.is(log.at(-1), 'start 2')
  const stopped = machine.stop()
  await finish()
  await stopped
})

test('never two at a time: the next one waits for its delay and for the end of the one before', async () => {
  const { machine, clock, log, lose, finish } = machineOf()
  machine.live(1)
  lose()
  await clock.pass(2000)
  assert.equal(log, ['start 1', 'live 1', 'lost 1', 'stop 1'])
  await finish()
  assert.is(log.at(-1), 'start 2')
  lose()
  await finish()
  await clock.pass(749)
  assert.is(log.at(-1), 'stop 2')
  await clock.pass(1)
  assert.is(log.at(-1), 'start 3')
})

test('a verdict decides what follows', async () => {
  for (const [verdict, last, phase] of [
    ['retry', 'stop 1', 'reconnecting'],
    ['final', 'ERR_CONNECTION_LOST', 'failed'],
    ['replace', 'start 2', 'connecting'],
  ] as const) {
    const { log, lose, phase: now } = machineOf({ verdict })
    lose()
    assert.equal([log.at(-1), now()], [last, phase], verdict)
  }
})

test('one that is replaced while it works says goodbye, and its successor is no retry', async () => {
  const { machine, log, finish, phase, lose, clock } = machineOf()
  machine.live(1)
  machine.replace(1, 'ERR_CONNECTION_AGE', null)
  assert.equal([log.at(-1), phase()], ['goodbye 1', 'reconnecting'])
  await finish()
  assert.is(log.at(-1), 'start 2')
  machine.live(2)
  lose()
  await finish()
  await clock.pass(499)
  assert.is(log.at(-1), 'stop 2')
  await clock.pass(1)
  assert.is(log.at(-1), 'start 3', 'the first delay, not the second')
})

test('without retriesFirst the first connection is the only one until it was live', async () => {
  const first = machineOf({ retriesFirst: false })
  first.lose()
  assert.equal([first.log, first.phase()], [['start 1', 'ERR_CONNECTION_LOST', 'stop 1'], 'failed'])
  const later = machineOf({ retriesFirst: false })
  later.machine.live(1)
  later.lose()
  assert.is(later.phase(), 'reconnecting')
})

test('an attempt that is silent for too long stays until the next one; giveUpAfter ends all', async () => {
  const { clock, log, machine, phase } = machineOf({ attemptTimeoutMs: 1000, giveUpAfter: 1400 })
  await clock.pass(1000)
  assert.equal([log, phase()], [['start 1', 'ERR_CONNECT_TIMEOUT', 'stop 1'], 'failed'], 'no time is left for another')
  machine.live(1)
  assert.is(log.length, 3)
  const patient = machineOf({ attemptTimeoutMs: 1000 })
  await patient.clock.pass(1499)
  assert.equal([patient.log, patient.phase()], [['start 1'], 'reconnecting'])
  patient.machine.live(1)
  await patient.clock.pass(100_000)
  assert.equal([patient.log, patient.phase()], [['start 1', 'live 1'], 'live'])
})

test('halted: nothing is tried, told or lost any more; stop() waits for what stops', async () => {
  const { machine, clock, log, lose, finish } = machineOf()
  machine.live(1)
  lose()
  machine.halt()
  await finish()
  await clock.pass(100_000)
  assert.equal([log.at(-1), clock.pending], ['stop 1', 0])

  const live = machineOf()
  live.machine.live(1)
  let stopped = false
  const end = live.machine.stop().then(() => void (stopped = true))
  await live.clock.pass(10)
  assert.equal([live.log, stopped], [['start 1', 'live 1', 'stop 1'], false])
  await live.finish()
  await end
})

test('a connection that stood still was as short as it was live; what comes after it was never live', async () => {
  const { clock, machine, lose, finish, phase } = machineOf()
  const ended = new RxGstError('ERR_STREAM_ENDED', 'the publisher has left')
  machine.live(1)
  await clock.pass(40_000)
  machine.stalled(1, ended)
  await clock.pass(10_000)
  await finish()
  assert.equal([machine.attempt, machine.shortLives], [2, 1])
  await clock.pass(20_000)
  const refused = lose('ERR_PLAY_REJECTED')
  assert.equal([refused.hint, machine.shortLives], [null, 1])
  // A long outage is no long life.
  await finish()
  await clock.pass(600_000)
  await finish()
  assert.is(machine.shortLives, 1)
  // One that goes on by itself has not ended.
  machine.live(machine.attempt!)
  await clock.pass(1000)
  machine.stalled(machine.attempt!, ended)
  machine.flows(machine.attempt!)
  await clock.pass(400_000)
  assert.equal([machine.shortLives, phase()], [0, 'live'])
})

test.run()
