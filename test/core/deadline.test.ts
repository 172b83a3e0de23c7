import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { systemClock, type Clock } from '../../src/core/clock'
import { abortable, withAwakePatience, withDeadline } from '../../src/core/deadline'
import { RxGstError } from '../../src/core/errors'
import { FakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'

/** Timers run when told to. */
function handClock(): Clock & { ring(): void; readonly pending: number } {
  const timers = new Set<() => void>()
  return {
    now: () => 0,
    unix: () => 0,
    setTimeout: fn => (timers.add(fn), fn),
    clearTimeout: fn => void timers.delete(fn as () => void),
    ring: () => timers.forEach(fn => (timers.delete(fn), fn())),
    get pending() {
      return timers.size
    },
  }
}

const late = (): Error => new RxGstError('ERR_CONNECT_TIMEOUT', 'too late')
const never = new Promise<never>(() => {})

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('it resolved')
}

const test = suite('deadline')

test('passes the outcome on and clears its timer', async () => {
  const clock = handClock()
  const resolved = withDeadline(Promise.resolve(7), 100, late, clock)
  const rejected = withDeadline(Promise.reject(new Error('own')), 100, late, clock)
  assert.is(clock.pending, 2)
  assert.is(await resolved, 7)
  assert.is((await failure(rejected)).message, 'own')
  assert.is(clock.pending, 0)
})

test('rejects at the deadline with the given error, and swallows what comes later', async () => {
  const clock = handClock()
  let reject!: (error: Error) => void
  const slow = withDeadline(new Promise((_, no) => (reject = no)), 100, late, clock)
  clock.ring()
  assert.is((await failure(slow)).code, 'ERR_CONNECT_TIMEOUT')
  reject(new Error('later')) // an unhandled rejection would fail this file
  await new Promise(resolve => setImmediate(resolve))
})

test('an error in making the error is the outcome too', async () => {
  const clock = handClock()
  const promise = withDeadline(
    never,
    100,
    () => {
      throw new Error('broken')
    },
    clock,
  )
  clock.ring()
  assert.is((await failure(promise)).message, 'broken')
})

test('Infinity starts no timer', async () => {
  const clock = handClock()
  assert.is(await withDeadline(Promise.resolve(1), Infinity, late, clock), 1)
  withDeadline(never, Infinity, late, clock)
  assert.is(clock.pending, 0)
})

test('works on the system clock', async () => {
  const start = systemClock.now()
  assert.is((await failure(withDeadline(never, 20, late))).code, 'ERR_CONNECT_TIMEOUT')
  assert.ok(systemClock.now() - start >= 18)
  const [before, now, after] = [Date.now(), systemClock.unix(), Date.now()]
  assert.ok(before <= now && now <= after)
})

test('the system clock does not run a month-long timer at once', async () => {
  let ran = false
  const timer = systemClock.setTimeout(() => (ran = true), 2 ** 40)
  await new Promise(resolve => setTimeout(resolve, 20))
  systemClock.clearTimeout(timer)
  assert.is(ran, false)
})

test('abortable: passes the outcome on and removes its listener', async () => {
  const { signal } = new AbortController()
  const resolved = abortable(Promise.resolve(7), signal)
  const rejected = abortable(Promise.reject(new Error('own')), signal)
  assert.is(getEventListeners(signal, 'abort').length, 2)
  assert.is(await resolved, 7)
  assert.is((await failure(rejected)).message, 'own')
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('abortable: aborts with ERR_ABORTED and the reason as cause', async () => {
  const control = new AbortController()
  const promise = abortable(never, control.signal)
  control.abort('enough')
  const error = await failure(promise)
  assert.is(error.code, 'ERR_ABORTED')
  assert.is(error.cause, 'enough')
  assert.is(getEventListeners(control.signal, 'abort').length, 0)
})

test('abortable: a signal that has aborted wins, and the promise is still looked after', async () => {
  const signal = AbortSignal.abort()
  for (const promise of [Promise.resolve(1), Promise.reject(new Error('later')), never]) {
    assert.is((await failure(abortable(promise, signal))).code, 'ERR_ABORTED')
  }
  assert.is(getEventListeners(signal, 'abort').length, 0)
  await new Promise(resolve => setImmediate(resolve))
})

test('abortable: without a signal it is the promise itself', () => {
  for (const none of [null, undefined]) assert.is(abortable(never, none), never)
})

test('of a time in which the process stood still little counts', async () => {
  const clock = new FakeClock()
  let outcome = ''
  const wait = (promise: Promise<string>) =>
    void withAwakePatience(promise, 1000, 'late', clock).then(r => (outcome = r))
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.pass(50)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  wait(new Promise(resolve => void clock.setTimeout(() => resolve('done'), 60_500)))
  await pass(200)
  // Half a second of it counts.
  clock.block(60_000)
  await pass(400)
  assert.is(outcome, 'done')
  outcome = ''
  wait(never)
  await pass(900)
  assert.is(outcome, '')
  await pass(200)
  assert.is(outcome, 'late')
  assert.is(clock.timers, 0)
})

test.run()
