/** The server's events: a ring in memory, and lines in `state/events.ndjson`. Their numbers go on over restarts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Observable, Subject } from 'rxjs'
import type { ServerEvent } from '../../core/status.js'
import { RotatingFile } from './rotating-file.js'

export const MOST_EVENTS = 10_000
const MOST_FILE_BYTES = 10 * 1024 * 1024
const FILES = 5
const MOST_MESSAGE_LENGTH = 2000
const MOST_DATA_LENGTH = 16_384

export type NewEvent = Pick<ServerEvent, 'type' | 'message'> & Partial<Pick<ServerEvent, 'channel' | 'user' | 'data'>>

export interface EventLogOptions {
  readonly folder: string
  readonly now: () => number
  /** Bounds of a test. */
  readonly mostEvents?: number
  readonly mostFileBytes?: number
  onHealth(error: Error | null): void
}

export class EventLog {
  readonly events$: Observable<ServerEvent>
  private readonly subject = new Subject<ServerEvent>()
  private readonly ring: ServerEvent[] = []
  private readonly mostEvents: number
  private readonly file: RotatingFile
  private readonly now: () => number
  private lastId = 0

  constructor({ folder, now, mostEvents = MOST_EVENTS, mostFileBytes = MOST_FILE_BYTES, onHealth }: EventLogOptions) {
    this.events$ = this.subject.asObservable()
    this.mostEvents = mostEvents
    this.now = now
    const path = join(folder, 'events.ndjson')
    this.ring = [...readEvents(`${path}.1`), ...readEvents(path)].slice(-mostEvents)
    for (const { id } of this.ring) this.lastId = Math.max(this.lastId, id)
    this.file = new RotatingFile({ path, mostBytes: mostFileBytes, files: FILES, onHealth })
  }

  /** Events that no file has. */
  get lost(): number {
    return this.file.lost
  }

  add({ type, message, channel = null, user = null, data = {} }: NewEvent): ServerEvent {
    const event: ServerEvent = {
      id: ++this.lastId,
      at: this.now(),
      type,
      channel,
      user,
      message: message.slice(0, MOST_MESSAGE_LENGTH),
      data: JSON.stringify(data).length > MOST_DATA_LENGTH ? { cut: true } : data,
    }
    this.ring.push(event)
    // In pieces, since shift() of a long array costs its length.
    if (this.ring.length > this.mostEvents + Math.ceil(this.mostEvents / 10)) {
      this.ring.splice(0, this.ring.length - this.mostEvents)
    }
    this.file.append(JSON.stringify(event))
    this.subject.next(event)
    return event
  }

  after(afterId: number): { readonly events: readonly ServerEvent[]; readonly lost: boolean } {
    const kept = this.ring.slice(-this.mostEvents)
    const first = kept[0]?.id ?? this.lastId + 1
    // An id of the future is of another state folder: the reader begins anew.
    if (afterId > this.lastId) return { events: kept, lost: true }
    return { events: kept.filter(({ id }) => id > afterId), lost: afterId + 1 < first }
  }

  async close(): Promise<void> {
    this.subject.complete()
    await this.file.close()
  }
}

function readEvents(path: string): ServerEvent[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const events: ServerEvent[] = []
  for (const line of text.split('\n')) {
    try {
      const event = JSON.parse(line) as ServerEvent | null
      if (typeof event?.id === 'number' && typeof event.type === 'string') events.push(event)
    } catch {
      // A line that a full disk or a crash cut.
    }
  }
  return events
}
