/** What the server tells as it happens: events by SSE, the channels' figures by a look each two seconds. */
import { ask } from './api.js'
import { createBell } from './bell.js'
import { followEvents } from './event-stream.js'
import { createStore } from './store.js'
import { pageVisible } from './visible.js'

const POLL_MS = 2000
/** A change is looked at once, though many events tell of it. */
const SETTLE_MS = 100
/** Events that the page remembers. */
const KEPT_EVENTS = 1000
/** Between two looks, but for what the user has changed. */
const LEAST_MS = 1000
/** Between two looks at the alerts where no events tell of them. */
const UNTOLD_MS = 15_000
const WELL = { lostAt: null, retryAt: null }

/** ChannelView[]; null: not yet known. */
export const channels = createStore(null)
/** AlertView[]; null: not yet known. */
export const alerts = createStore(null)
/** ServerEvent[], the newest first. */
export const events = createStore([])
/** `lostAt`: since when nothing comes, Unix ms; null: all is well. `retryAt`: the next try. */
export const connection = createStore(WELL)

let running = null

export function startLive() {
  if (running) return
  running = new AbortController()
  const { signal } = running
  followServer(signal)
  pollChannels(signal)
  pollAlerts(signal)
}

export function stopLive() {
  running?.abort()
  running = null
  following = false
  channels.set(null)
  alerts.set(null)
  events.set([])
  connection.set(WELL)
}

/** `soon`: something is new. `now`: the user has changed something, and waits. */
const channelsChanged = { soon: createBell(), now: createBell() }
const alertsChanged = { soon: createBell(), now: createBell() }

/** Looks at once, after something was changed. */
export function lookNow() {
  for (const { soon, now } of [channelsChanged, alertsChanged]) {
    now.wake()
    soon.wake()
  }
}

/** Tries again at once, where a user does not want to wait. */
export function reconnectNow() {
  stream?.retry()
  lookNow()
}

/** Looks again and again: `patience()` after the last look, and at once where a bell rings. */
async function keepLooking(signal, { soon, now }, look, patience) {
  while (!signal.aborted) {
    await look(signal)
    // Of what many events tell, in an outage of many channels, one look a second is enough.
    await now.wait(LEAST_MS, signal)
    await soon.wait(patience(), signal)
  }
}

function pollChannels(signal) {
  const look = () => pageVisible() && channelsChanged.soon.wake()
  document.addEventListener('visibilitychange', look, { signal })
  keepLooking(signal, channelsChanged, lookAtChannels, () => (pageVisible() ? POLL_MS - LEAST_MS : null))
}

async function lookAtChannels(signal) {
  if (!pageVisible()) return
  try {
    channels.set(await ask('GET', '/channels', { signal }))
    if (connection.get().lostAt === null) return
    if (following) connection.set(WELL)
    // The stream of events has a delay that grows; a server that answers is worth a try.
    else stream.retry()
  } catch (error) {
    if (!signal.aborted && error.status !== 401) lost()
  }
}

function pollAlerts(signal) {
  let failed = false
  const look = async () => {
    try {
      alerts.set(await ask('GET', '/alerts', { signal }))
      failed = false
    } catch {
      // The stream of events tells of a lost connection.
      failed = true
    }
  }
  // While events come they tell of each alert.
  keepLooking(signal, alertsChanged, look, () => (failed ? POLL_MS : following ? null : UNTOLD_MS))
}

/** Whether events come. */
let following = false
let stream = null

function followServer(signal) {
  stream = followEvents(signal, {
    began() {
      following = true
      connection.set(WELL)
      lookNow()
    },
    ended(retryAt) {
      following = false
      // Nobody tells of alerts from now on.
      alertsChanged.soon.wake()
      if (retryAt !== null) lost(retryAt)
    },
    event: remember,
  })
}

const waiting = []

/** A burst of events makes one change of the list. */
function remember(event) {
  if (waiting.push(event) > 1) return
  setTimeout(() => {
    const added = waiting.splice(0).reverse()
    events.set([...added, ...events.get()].slice(0, KEPT_EVENTS))
    if (added.some(({ type }) => type.startsWith('alert'))) alertsChanged.soon.wake()
    if (pageVisible()) channelsChanged.soon.wake()
  }, SETTLE_MS)
}

function lost(retryAt = null) {
  const { lostAt, retryAt: planned } = connection.get()
  connection.set({ lostAt: lostAt ?? Date.now(), retryAt: retryAt ?? planned })
}
