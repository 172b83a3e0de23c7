/** What both stores of a fleet's state take and refuse, as values. */
import { createHash } from 'node:crypto'
import { Problem } from '../core/problem.js'
import type { NewFleetEvent } from './fleet-state.js'

const LONGEST_NAME = 63
const LONGEST_USER = 200
const LONGEST_TYPE = 100
const LONGEST_MESSAGE = 2000
/** As compact JSON, characters. The store's column takes more: its own form has spaces. */
const LONGEST_DOCUMENT = 400_000
const LONGEST_DATA = 20_000
/** Whoever has more leaves the oldest out, and says so. */
export const MOST_EVENTS_AT_ONCE = 500
/** As rxgst.prune_events() of the schema keeps them. */
export const MOST_EVENTS_KEPT = 100_000
/** Of one answer. */
const MOST_EVENTS_READ = 1000
const MOST_CORES = 10_000
/** No text of PostgreSQL has them. */
const UNSTORED = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

export const changedMeanwhile = (channel: string) =>
  new Problem(412, 'ERR_CHANGED_MEANWHILE', `the configuration of ${channel} is another one by now`, {
    remedy: 'Read it again, and change what it is now.',
  })

export const channelUnknown = (channel: string) =>
  new Problem(404, 'ERR_CHANNEL_UNKNOWN', `there is no channel ${channel} in the fleet`, {
    remedy: 'List the channels for their names.',
  })

/** Throws ERR_STORE_VALUE. */
export function checkName(name: string, what: 'channel' | 'worker'): void {
  if (name.length < 1 || name.length > LONGEST_NAME || UNSTORED.test(name)) {
    throw wrongValue(`the name of a ${what} has 1 to ${LONGEST_NAME} characters`)
  }
}

/** Who wished something, cut to what the store takes. */
export const shownUser = (user: string): string => cut(user, LONGEST_USER)

/** A document as JSON and its etag, the same for every order of its fields. Throws ERR_STORE_VALUE. */
export function storedDocument(document: unknown): { readonly json: string; readonly etag: string } {
  const json = compact(document)
  if (json === null || json.length > LONGEST_DOCUMENT) {
    throw wrongValue(`the configuration of a channel is JSON of ${LONGEST_DOCUMENT} characters at most`)
  }
  return { json, etag: createHash('sha256').update(json).digest('base64url').slice(0, 27) }
}

/** An event cut to what the store keeps: one that is too long is better than none. Throws ERR_STORE_VALUE. */
export function storedEvents(events: readonly NewFleetEvent[]): readonly NewFleetEvent[] {
  if (events.length > MOST_EVENTS_AT_ONCE) throw wrongValue(`${MOST_EVENTS_AT_ONCE} events at once are the most`)
  return events.map(({ type, channel, user, message, data }) => {
    const json = compact(data)
    return {
      type: cut(type, LONGEST_TYPE),
      channel: channel === null ? null : cut(channel, LONGEST_NAME),
      user: user === null ? null : shownUser(user),
      message: cut(message, LONGEST_MESSAGE),
      data: json === null || json.length > LONGEST_DATA ? { leftOut: true } : (JSON.parse(json) as typeof data),
    }
  })
}

/** Those that were measured well. */
export const storedCosts = (costs: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...costs].filter(([, cores]) => cores >= 0 && cores <= MOST_CORES)

export const eventLimit = (limit: number): number => Math.min(Math.max(0, Math.trunc(limit)), MOST_EVENTS_READ)

/** JSON with the fields in the order of their names; null: it is none, or has characters that no store takes. */
function compact(value: unknown): string | null {
  try {
    const json = JSON.stringify(inOrder(value)) as string | undefined
    return json === undefined || /\\u0000|\\ud[89a-f]/.test(json.replaceAll('\\\\', '')) ? null : json
  } catch {
    // A circle, or a bigint.
    return null
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]))
}

/** Whole letters, and none that no store takes. */
function cut(text: string, characters: number): string {
  const clean = whole(text).replaceAll('\u0000', '\ufffd')
  return clean.length <= characters ? clean : `${whole(clean.slice(0, characters - 1))}…`
}

/** Half a surrogate pair is no text in UTF-8. */
const whole = (text: string): string => Buffer.from(text).toString()

const wrongValue = (what: string) =>
  new Problem(422, 'ERR_STORE_VALUE', `the store does not take this value: ${what}`, {
    remedy: 'A name has 63 characters at most, a document 400,000.',
  })
