/**
 * GET /api/v1/events as server-sent events. A reader has no queue of its own: what it has missed comes out of the
 * server's ring, as fast as its socket takes it.
 */
import type { ServerResponse } from 'node:http'
import type { ServerPort } from '../../core/server-port.js'
import type { ServerEvent } from '../../core/status.js'
import { Problem } from '../../core/problem.js'
import { hasRole, type Principal, seesChannel } from '../access/roles.js'

/** A proxy closes a silent connection after 30 s or more. */
const HEARTBEAT_MS = 15_000
/** A reader whose socket holds more is ended. */
const MOST_BYTES = 256 * 1024
/** While it holds more, no older event is written to it. */
const REPLAY_BYTES = 64 * 1024
/** A browser comes again after this time. */
const RETRY_MS = 3000

export interface EventStreamCounts {
  open: number
  /** Readers that were ended since they did not read. */
  ended: number
}

/** What one may see: of its channels; logins are for admins. */
export function seesEvent(who: Principal, event: Pick<ServerEvent, 'type' | 'channel'>): boolean {
  if (event.type.startsWith('log') && !hasRole(who, 'admin')) return false
  return event.channel === null ? who.channels === null : seesChannel(who, event.channel)
}

const texts = new WeakMap<ServerEvent, string>()
function textOf(event: ServerEvent): string {
  let text = texts.get(event)
  if (text === undefined) texts.set(event, (text = `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`))
  return text
}

/**
 * Writes events to a response until it closes. Throws a Problem where the connection is not its own yet.
 * @param afterId of the last event that the reader has; null: only what happens from now on
 * @param stillValid whether the reader may go on; asked with each heartbeat
 */
export function streamEvents(
  port: ServerPort,
  who: Principal,
  response: ServerResponse,
  afterId: number | null,
  stillValid: () => boolean,
  counts: EventStreamCounts,
): void {
  // Behind an answer that has not ended it would wait for ever, and nothing would tell that its reader has gone.
  if (response.socket === null) throw notAlone()
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  let last = afterId ?? 0
  let replaying = afterId !== null
  counts.open++

  const end = () => response.destroy()
  const write = (text: string) => void response.write(text)

  /** Writes what the ring has behind `last`. */
  const replay = () => {
    const { events, lost } = port.eventsAfter(last)
    if (lost) write(`event: lost\ndata: {"after":${last}}\n\n`)
    for (const event of events) {
      if (response.writableLength > REPLAY_BYTES) return
      if (seesEvent(who, event)) write(textOf(event))
      last = event.id
    }
    replaying = false
  }

  write(`retry: ${RETRY_MS}\n\n`)
  const subscription = port.events$.subscribe(event => {
    if (replaying || event.id <= last) return
    last = event.id
    if (!seesEvent(who, event)) return
    if (response.writableLength > MOST_BYTES) {
      counts.ended++
      return end()
    }
    write(textOf(event))
  })
  if (replaying) replay()
  response.on('drain', () => replaying && replay())

  let heldSinceLast = false
  const heartbeat = setInterval(() => {
    if (!stillValid()) return end()
    // Nothing was taken between two heartbeats.
    if (heldSinceLast && response.writableLength > 0) {
      counts.ended++
      return end()
    }
    heldSinceLast = response.writableLength > 0
    write(': beat\n\n')
  }, HEARTBEAT_MS)
  response.on('drain', () => (heldSinceLast = false))
  response.on('close', () => {
    counts.open--
    clearInterval(heartbeat)
    subscription.unsubscribe()
  })
}

const notAlone = (): Problem =>
  new Problem(400, 'ERR_REQUEST', 'a stream of events is asked for alone on its connection', {
    remedy: 'Wait for the answers of what was asked before, or open another connection.',
  })
