import * as assert from 'uvu/assert'
import { RxGstError, type ErrorCode } from '../../../src/core/errors'
import type { MayConnect } from '../../../src/core/transport-options'
import type { Logger } from '../../../src/core/types'
import { ReconnectMachine } from '../../../src/engine/reconnect/reconnect-machine'
import { StateHolder } from '../../../src/engine/state'
import { fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

// A program that says when a connection may begin: nothing else depends on what it says.
const test = suite('reconnect machine: mayConnect')

const HELD = 'ERR_MAY_NOT_CONNECT'

function machineOf(given: { giveUpAfter?: number; longStop?: boolean } = {}) {
  const clock = fakeClock()
  const state = new StateHolder(clock)
  const log: string[] = []
  const warnings: string[] = []
  const gone: (() => void)[] = []
  const gate: { answer: MayConnect; asked: number } = { answer: () => true, asked: 0 }
  let made = 0
  const logger: Logger = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  const machine = new ReconnectMachine<number>({
    state,
    reconnect: { initialDelay: 1000, maxDelay: 1000, giveUpAfter: given.giveUpAfter ?? Infinity },
    retriesFirst: true,
    attemptTimeoutMs: null,
    logger,
    name: 'it',
    clock,
    random: () => 0.5,
    mayConnect: () => (gate.asked++, gate.answer()),
    make: () => ++made,
    start: (attempt, until) => log.push(`start ${attempt}${until === Infinity ? '' : ` until ${until}`}`),
    stop: (attempt, goodbye) => {
      log.push(`${goodbye ? 'goodbye' : 'stop'} ${attempt}`)
      return given.longStop ? new Promise(resolve => gone.push(resolve)) : Promise.resolve()
    },
    judge: () => 'retry',
    onLive: () => {},
    onRetired: () => {},
    onFailed: ({ code }) => log.push(code),
  })
  let changes = 0
  state.state$.subscribe(() => changes++)
  const error = (code: ErrorCode = 'ERR_CONNECTION_LOST') => new RxGstError(code, code)
  return {
    clock,
    state,
    machine,
    log,
    warnings,
    gate,
    error,
    changes: () => changes,
    close: () => void (gate.answer = () => false),
    open: () => void (gate.answer = () => true),
    lose: () => machine.lost(machine.attempt!, error()),
    connect() {
      state.apply({ type: 'start' })
      machine.begin()
      machine.connect()
    },
    finish() {
      for (const resolve of gone.splice(0)) resolve()
    },
    shown: () => [state.state.phase, state.state.reason, state.state.attempt, state.state.nextRetryAt],
  }
}

test('closed at the start: it waits, says why, and connects within a second of a yes', async () => {
  const { clock, log, close, open, connect, shown, machine } = machineOf()
  close()
  connect()
  assert.equal(shown(), ['connecting', HELD, 1, null])
  await clock.pass(3_600_000)
  assert.equal([log, machine.attempt], [[], null])
  open()
  await clock.pass(1000)
  assert.equal(log, ['start 1'])
  assert.equal(shown(), ['connecting', null, 1, null])
})

test('what is live is never asked; what is lost waits, and its wait is part of no outage', async () => {
  const { clock, log, gate, machine, close, open, connect, lose, shown } = machineOf({ giveUpAfter: 5000 })
  connect()
  machine.live(1)
  const { asked } = gate
  close()
  await clock.pass(3_600_000)
  assert.is(gate.asked, asked)
  lose()
  assert.equal(shown().slice(0, 2), ['reconnecting', 'ERR_CONNECTION_LOST'])
  await clock.pass(3_600_000)
  assert.equal(shown(), ['reconnecting', HELD, 1, null])
  open()
  await clock.pass(1000)
  assert.is(log.at(-1), 'start 2')
  assert.equal(shown(), ['reconnecting', 'ERR_CONNECTION_LOST', 1, null])
  // Nothing of giveUpAfter went by: there is time for more attempts.
  lose()
  await clock.pass(1000)
  assert.is(log.at(-1), 'start 3')
  // And now it goes by.
  for (let i = 0; i < 12; i++) {
    if (machine.attempt !== null) lose()
    await clock.pass(500)
  }
  assert.ok(log.includes('ERR_CONNECTION_LOST'), log.join())
})

test('whatever stood behind a delay is asked in the turn in which the connection begins', async () => {
  const { clock, log, machine, close, open, connect, lose, finish } = machineOf({ longStop: true })
  connect()
  machine.live(1)
  lose()
  await clock.pass(400)
  close()
  await clock.pass(5000)
  // The last one still stops, and the answer of before is worth nothing.
  open()
  await clock.pass(0)
  close()
  finish()
  await clock.pass(5000)
  assert.equal(log, ['start 1', 'stop 1'])
  open()
  await clock.pass(1000)
  assert.is(log.at(-1), 'start 2')
})

test('a working connection is not replaced, and a stalled one is not given up, where none may follow', async () => {
  const { clock, log, machine, close, open, connect, error, shown } = machineOf()
  connect()
  machine.live(1)
  close()
  machine.replace(1, 'ERR_CONNECTION_AGE', null)
  assert.equal([machine.attempt, shown()[0]], [1, 'live'])
  assert.ok(machine.keepsStalled(1, error('ERR_STALLED')))
  assert.is(shown()[0], 'stalled')
  await clock.pass(60_000)
  assert.equal(shown(), ['stalled', HELD, 1, null])
  machine.flows(1)
  assert.equal(shown(), ['live', null, 1, null])
  assert.ok(machine.keepsStalled(1, error('ERR_STALLED')))
  await clock.pass(60_000)
  open()
  await clock.pass(1000)
  assert.equal(log, ['start 1', 'stop 1', 'start 2'])
  machine.live(2)
  assert.not(machine.keepsStalled(2, error('ERR_STALLED')))
  machine.replace(2, 'ERR_CONNECTION_AGE', null)
  await clock.pass(0)
  assert.is(log.at(-1), 'start 3')
})

test('a replacement at once, too, waits', async () => {
  const { clock, log, machine, close, open, connect, error } = machineOf()
  connect()
  close()
  machine.replace(1, 'ERR_CONNECTION_LOST', error())
  await clock.pass(5000)
  assert.equal(log, ['start 1', 'stop 1'])
  open()
  await clock.pass(1000)
  machine.live(2)
  close()
  machine.replace(2, 'ERR_CONNECTION_LOST', error())
  await clock.pass(5000)
  assert.is(log.at(-1), 'stop 2')
})

test('a time that was too short is no failure, and is asked for again', async () => {
  const { clock, log, gate, machine, connect, error, shown } = machineOf({ giveUpAfter: 600 })
  gate.answer = () => 5000
  connect()
  assert.equal(log, ['start 1 until 5000'])
  machine.lost(1, error(HELD))
  assert.equal(shown(), ['connecting', HELD, 1, null])
  await clock.pass(1000)
  assert.equal(log.slice(1), ['stop 1', 'start 2 until 5250'])
  for (const none of [0, -1, -Infinity]) {
    gate.answer = () => none
    machine.lost(machine.attempt!, error(HELD))
    const before = log.length
    await clock.pass(1000)
    assert.is(log.length, before)
    gate.answer = () => Infinity
    await clock.pass(1000)
  }
})

test('what throws, and what is no answer, is a no and one warning', async () => {
  const answers: [() => unknown, RegExp][] = [
    [() => undefined, /returned undefined/],
    [() => null, /returned null/],
    [() => 'yes', /a value of type string/],
    [() => Number.NaN, /returned NaN/],
    [async () => true, /returned a promise/],
    [() => Promise.reject(new Error('nobody hears this')), /returned a promise/],
  ]
  for (const [answer, expected] of answers) {
    const { clock, log, warnings, gate, connect, open } = machineOf()
    gate.answer = answer as MayConnect
    connect()
    await clock.pass(10_000)
    assert.equal([log, warnings.length], [[], 1])
    assert.match(warnings[0]!, expected)
    open()
    await clock.pass(1000)
    assert.equal(log, ['start 1'])
  }
  const { clock, log, warnings, gate, connect, open } = machineOf()
  gate.answer = () => {
    throw new Error('the store is away')
  }
  connect()
  await clock.pass(10_000)
  assert.equal(warnings, ['it may not connect: mayConnect threw Error: the store is away'])
  gate.answer = () => {
    throw Object.defineProperty(new Error(), 'message', {
      get() {
        throw new Error('again')
      },
    })
  }
  await clock.pass(10_000)
  assert.is(warnings.length, 2)
  open()
  await clock.pass(1000)
  assert.equal(log, ['start 1'])
})

test('a program that stops it in its answer is obeyed', async () => {
  const { clock, log, gate, machine, connect } = machineOf()
  gate.answer = () => (void machine.stop(), true)
  connect()
  await clock.pass(10_000)
  assert.equal([log, clock.pending], [[], 0])
})

test('a wish of the server is followed when it may be, and forgotten with the connection', async () => {
  const { clock, machine, gate, close, connect, lose } = machineOf()
  const followed: number[] = []
  connect()
  machine.live(1)
  machine.wish(1, until => followed.push(until))
  assert.equal(followed, [Infinity])
  close()
  machine.wish(1, until => followed.push(until))
  await clock.pass(60_000)
  assert.is(followed.length, 1)
  gate.answer = () => 4000
  await clock.pass(1000)
  assert.equal(followed.slice(1), [64_250])
  await clock.pass(60_000)
  assert.is(followed.length, 2)
  close()
  machine.wish(1, until => followed.push(until))
  lose()
  gate.answer = () => true
  await clock.pass(60_000)
  assert.is(followed.length, 2)
})

test('a thousand refusals leave one timer, and one state', async () => {
  const { clock, gate, close, connect, changes } = machineOf()
  close()
  connect()
  const [before, { asked }] = [changes(), gate]
  await clock.pass(300_000)
  assert.ok(gate.asked - asked >= 1000, `${gate.asked} questions`)
  assert.equal([clock.pending, changes()], [1, before])
})

test.run()
