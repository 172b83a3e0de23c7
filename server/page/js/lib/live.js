/** What the server tells as it happens: events by SSE, the channels' figures by a look each two seconds. */
import { ask, send } from './api.js'
import { readEvents } from './sse.js'
import { createStore } from './store.js'
import { pageVisible } from './visible.js'

const POLL_MS = 2000
/** A change is looked at once, though many events tell of it. */
const SETTLE_MS = 100
/** Events that the page remembers. */
const KEPT_EVENTS = 1000
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000
/** A stream of events that says nothing, not even a comment, for so long is dead. */
const SILENCE_MS = 45_000

/** ChannelView[]; null: not yet known. */
export const channels = createStore(null)
/** AlertView[]; null: not yet known. */
export const alerts = createStore(null)
/** ServerEvent[], the newest first. */
export const events = createStore([])
/** `lostAt`: since when nothing comes, Unix ms; null: all is well. `retryAt`: the next try. */
export const connection = createStore({ lostAt: null, retryAt: null })

let running = null

export function startLive() {
  if (running) return
  running = new AbortController()
  const { signal } = running
  followEvents(signal)
  pollChannels(signal)
  lookAtAlerts(signal)
}

export function stopLive() {
  running?.abort()
  running = null
  channels.set(null)
  alerts.set(null)
  events.set([])
  connection.set({ lostAt: null, retryAt: null })
}

/** Looks at once, after something was changed. */
export function lookNow() {
  poll.wake()
  alertsSoon.wake()
}

const poll = createBell()
const alertsSoon = createBell()
const retry = createBell()
/** Tries again at once, where a user does not want to wait. */
export const reconnectNow = () => {
  retry.wake()
  poll.wake()
}

async function pollChannels(signal) {
  document.addEventListener('visibilitychange', () => pageVisible() && poll.wake(), { signal })
  while (!signal.aborted) {
    if (pageVisible()) await lookAtChannels(signal)
    await poll.wait(pageVisible() ? POLL_MS : null, signal)
  }
}

async function lookAtChannels(signal) {
  try {
    channels.set(await ask('GET', '/channels', { signal }))
    // The stream of events has a delay that grows; a server that answers is worth a try.
    if (connection.get().lostAt !== null) retry.wake()
  } catch (error) {
    if (!signal.aborted && error.status !== 401) lost()
  }
}

async function lookAtAlerts(signal) {
  while (!signal.aborted) {
    try {
      alerts.set(await ask('GET', '/alerts', { signal }))
    } catch {
      // The stream of events tells of a lost connection, and its return wakes this.
    }
    await alertsSoon.wait(null, signal)
    await pause(SETTLE_MS, signal)
  }
}

async function followEvents(signal) {
  let delayMs = FIRST_DELAY_MS
  let lastId = 0
  const began = () => {
    delayMs = FIRST_DELAY_MS
    connection.set({ lostAt: null, retryAt: null })
    lookNow()
  }
  const message = ({ data }) => {
    const event = JSON.parse(data)
    if (typeof event.id !== 'number') return
    lastId = event.id
    remember(event)
  }
  while (!signal.aborted) {
    await follow(signal, lastId, began, message)
    if (signal.aborted) return
    lost(Date.now() + delayMs)
    await retry.wait(delayMs * (0.75 + Math.random() / 2), signal)
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
  }
}

/** One connection, to its end. */
async function follow(signal, lastId, began, onMessage) {
  const silence = new AbortController()
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), SILENCE_MS)
  }
  heard()
  try {
    const response = await send('GET', '/events', {
      headers: { accept: 'text/event-stream', 'last-event-id': String(lastId) },
      signal: AbortSignal.any([signal, silence.signal]),
      deadlineMs: null,
    })
    began()
    await readEvents(response, onMessage, heard)
  } catch {
    // Refused, cut off or silent: the next try tells.
  }
  clearTimeout(timer)
}

const waiting = []

/** A burst of events makes one change of the list. */
function remember(event) {
  if (waiting.push(event) > 1) return
  setTimeout(() => {
    const added = waiting.splice(0).reverse()
    events.set([...added, ...events.get()].slice(0, KEPT_EVENTS))
    if (added.some(({ type }) => type.startsWith('alert'))) alertsSoon.wake()
    if (pageVisible()) poll.wake()
  }, SETTLE_MS)
}

function lost(retryAt = null) {
  const { lostAt, retryAt: planned } = connection.get()
  connection.set({ lostAt: lostAt ?? Date.now(), retryAt: retryAt ?? planned })
}

function pause(ms, signal) {
  return createBell().wait(ms, signal)
}

/** A wait that can be cut short. */
function createBell() {
  let ring = null
  let rung = false
  return {
    wake() {
      if (ring) ring()
      else rung = true
    },
    /** null: until it rings. */
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        await new Promise(resolve => {
          const timer = ms === null ? undefined : setTimeout(resolve, ms)
          ring = () => {
            clearTimeout(timer)
            resolve()
          }
          signal.addEventListener('abort', ring, { once: true })
        })
      }
      rung = false
      ring = null
    },
  }
}
