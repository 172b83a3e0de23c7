/**
 * Channels that this worker has and cannot run: an encoder or a slate is missing here, its process crashes.
 * Another worker may be able to. Where none is, one of them keeps the channel, and its alerts tell why.
 */
import type { StoredChannel } from '../../fleet/fleet-state.js'
import type { Reason } from '../../core/status.js'

/** A channel that was given up is not given up again before that, and taken only where nobody else does. */
const SHUN_MS = 3_600_000

export class Unable {
  private readonly since = new Map<string, number>()
  private readonly givenUpAt = new Map<string, { readonly at: number; readonly etag: string }>()
  private channels: ReadonlyMap<string, StoredChannel> = new Map()

  /** @param now ms of a monotonic clock */
  constructor(
    private readonly now: () => number,
    private readonly ttlMs: number,
  ) {}

  /** @param reasonOf why a channel cannot run on this machine; null: it can, as far as is known */
  look(
    channels: ReadonlyMap<string, StoredChannel>,
    held: ReadonlySet<string>,
    reasonOf: (channel: string) => Reason | null,
  ): void {
    this.channels = channels
    for (const name of this.since.keys()) if (!held.has(name) || reasonOf(name) === null) this.since.delete(name)
    for (const name of held) if (reasonOf(name) !== null && !this.since.has(name)) this.since.set(name, this.now())
    for (const [name, { at, etag }] of this.givenUpAt) {
      // Another configuration may be one that it can run.
      if (this.now() - at > SHUN_MS || channels.get(name)?.etag !== etag) this.givenUpAt.delete(name)
    }
  }

  /** For a TTL by now: its process had the time to be started again. */
  has(channel: string): boolean {
    return this.now() - (this.since.get(channel) ?? this.now()) >= this.ttlMs && !this.shuns(channel)
  }

  shuns(channel: string): boolean {
    return this.givenUpAt.has(channel)
  }

  givenUp(channel: string): void {
    this.since.delete(channel)
    this.givenUpAt.set(channel, { at: this.now(), etag: this.channels.get(channel)?.etag ?? '' })
  }
}
