/**
 * The server's events for all tabs of this browser. A browser has six connections to a server that has no HTTP/2, and a
 * stream of events is one of them: so the tab that was shown last leads, has the stream, and tells the others. Where a
 * browser has no locks, as it has none for plain HTTP of another machine, each tab has a stream while it is shown.
 */
import { ask, send } from './api.js'
import { createBell } from './bell.js'
import { readEvents } from './sse.js'
import { pageVisible } from './visible.js'

/** Of the lock and of the channel. */
const NAME = 'rxgst-events'
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000
/** A stream of events that says nothing, not even a comment, for so long is dead. */
const SILENCE_MS = 45_000

/**
 * Follows events until the signal. Gives `retry()`, which tries again at once.
 * `began()`: they come from now on. `ended(retryAt)`: they do not; Unix ms of the next try, null: nobody waits for one.
 * `event(event)`: each one once, in order.
 */
export function followEvents(signal, handlers) {
  const retry = createBell()
  const reader = { lastId: 0, retry, ...handlers }
  reader.take = event => {
    if (event.id <= reader.lastId) return
    reader.lastId = event.id
    handlers.event(event)
  }
  if (navigator.locks) return followTogether(signal, reader)
  followAlone(signal, reader)
  return { retry: retry.wake }
}

async function followAlone(signal, reader) {
  const shown = createBell()
  let connected = null
  const look = () => (pageVisible() ? shown.wake() : connected?.abort())
  document.addEventListener('visibilitychange', look, { signal })
  while (!signal.aborted) {
    if (pageVisible()) {
      connected = new AbortController()
      await keepStream(AbortSignal.any([signal, connected.signal]), reader)
    } else {
      reader.ended(null)
      await shown.wait(null, signal)
    }
  }
}

function followTogether(signal, reader) {
  const others = new BroadcastChannel(NAME)
  /** What the tab that leads told last. */
  let state = { following: false, retryAt: null }
  /** The signal under which this tab leads. */
  let lead = null
  /** Its place in the queue of those who would lead. */
  let place = null
  /** Its stream is about to begin: what the other tab tells until then comes in it again. */
  let takesOver = false
  /** Events that come before those that were there when the page began; null: all of these are here. */
  let early = null
  let asked = false

  const leads = () => lead !== null && !lead.aborted
  const change = next => {
    const was = state
    state = next
    if (!next.following) reader.ended(next.retryAt)
    else if (!was.following) reader.began()
  }
  const tell = next => {
    change(next)
    others.postMessage({ state })
  }
  const own = {
    retry: reader.retry,
    began: () => tell({ following: true, retryAt: null }),
    ended: retryAt => tell({ following: false, retryAt }),
    get lastId() {
      return reader.lastId
    },
    take: event => {
      reader.take(event)
      others.postMessage({ event })
    },
  }

  /** `atOnce`: in the place of the tab that leads now, else behind it. */
  const stand = atOnce => {
    place?.abort()
    place = new AbortController()
    takesOver = atOnce
    const until = AbortSignal.any([signal, place.signal])
    const hold = async () => {
      lead = until
      takesOver = false
      early = null
      asked = true
      await keepStream(until, own)
    }
    navigator.locks
      .request(NAME, atOnce ? { steal: true } : { signal: until }, hold)
      // Another tab has taken the lead, or the page ends.
      .catch(() => undefined)
      .then(() => until.aborted || stand(false))
  }

  /** The events that were there already: a tab that never led has no stream that begins with them. */
  const catchUp = async () => {
    asked = true
    early = []
    try {
      const headers = { accept: 'application/json' }
      const { events } = await ask('GET', `/events?after=${reader.lastId}`, { headers, signal })
      for (const event of [...events, ...(early ?? [])]) reader.take(event)
      early = null
    } catch {
      asked = leads()
    }
  }

  others.onmessage = ({ data }) => {
    if (data.asks === 'state') return leads() && others.postMessage({ state })
    if (data.asks === 'retry') return leads() && reader.retry.wake()
    if (data.asks === 'lead') return pageVisible() && !leads() && stand(true)
    if (leads() || takesOver) return
    if (!asked) catchUp()
    if (data.state) change(data.state)
    else if (early) early.push(data.event)
    else reader.take(data.event)
  }
  // A tab that is not shown may be put to sleep by the browser.
  const look = () => {
    if (pageVisible() && !leads()) stand(true)
    else if (!pageVisible() && leads()) others.postMessage({ asks: 'lead' })
  }
  document.addEventListener('visibilitychange', look, { signal })
  signal.addEventListener('abort', () => others.close())
  stand(pageVisible())
  others.postMessage({ asks: 'state' })
  return {
    retry: () => {
      if (leads()) reader.retry.wake()
      else if (!signal.aborted) others.postMessage({ asks: 'retry' })
    },
  }
}

/** One connection after the other. */
async function keepStream(signal, reader) {
  const { retry, began, ended, take } = reader
  let delayMs = FIRST_DELAY_MS
  while (!signal.aborted) {
    const onBegin = () => {
      delayMs = FIRST_DELAY_MS
      began()
    }
    await connect(signal, reader.lastId, onBegin, take)
    if (signal.aborted) return
    ended(Date.now() + delayMs)
    await retry.wait(delayMs * (0.75 + Math.random() / 2), signal)
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
  }
}

/** One connection, to its end. */
async function connect(signal, lastId, began, take) {
  const silence = new AbortController()
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), SILENCE_MS)
  }
  const message = ({ data }) => {
    const event = JSON.parse(data)
    if (typeof event.id === 'number') take(event)
  }
  heard()
  try {
    const response = await send('GET', '/events', {
      headers: { accept: 'text/event-stream', 'last-event-id': String(lastId) },
      signal: AbortSignal.any([signal, silence.signal]),
      deadlineMs: null,
    })
    began()
    await readEvents(response, message, heard)
  } catch {
    // Refused, cut off or silent: the next try tells.
  }
  clearTimeout(timer)
}
