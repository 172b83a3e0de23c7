import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'

// The wait of the page that can be cut short, without a browser.
const test = suite('bell', { timeout: 60_000 })

interface Bell {
  wake(): void
  wait(ms: number | null, signal: AbortSignal): Promise<void>
}
let createBell: () => Bell
test.before(async () => {
  ;({ createBell } = (await import(pathToFileURL(resolve('server/page/js/lib/bell.js')).href)) as {
    createBell(): Bell
  })
})

/** A signal that counts who listens. */
function countedSignal(): { readonly signal: AbortSignal; readonly abort: () => void; readonly count: () => number } {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Set<unknown>()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1])
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1])
    removeEventListener.apply(signal, args)
  }
  return { signal, abort: () => controller.abort(), count: () => listeners.size }
}

test('waits leave nothing with the signal, whether time or the bell has ended them', async () => {
  const { signal, count } = countedSignal()
  const bell = createBell()
  for (let i = 0; i < 20; i++) await bell.wait(1, signal)
  assert.is(count(), 0)
  for (let i = 0; i < 20; i++) {
    const wait = bell.wait(null, signal)
    assert.is(count(), 1)
    bell.wake()
    await wait
  }
  assert.is(count(), 0)
})

test('it rings for the one who waits, or for the next one; a signal ends all waits', async () => {
  const { signal, abort, count } = countedSignal()
  const bell = createBell()
  bell.wake()
  bell.wake()
  await bell.wait(null, signal)
  let over = false
  const wait = bell.wait(null, signal).then(() => (over = true))
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.not.ok(over)
  abort()
  await wait
  await bell.wait(null, signal)
  assert.is(count(), 0)
})

test.run()
