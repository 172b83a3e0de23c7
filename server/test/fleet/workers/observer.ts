import type { Fleet } from '../support.js'
import type { Destination } from './destination.js'

const PERIOD_MS = 100
/** Between a change in the store and the look that sees it, and between two clocks' reads. */
const SLACK_MS = 500

interface Held {
  readonly channel: string
  readonly holder: string
  readonly from: number
  to: number
}

interface Gap {
  readonly key: string
  readonly from: number
  readonly to: number
}

export interface Watched {
  readonly key: string
  readonly destination: Destination
}

/** Looks from outside at what a fleet does: who holds which lease, who publishes, and when media comes. */
export class Observer implements AsyncDisposable {
  readonly gaps: Gap[] = []
  readonly faults: string[] = []
  private readonly held: Held[] = []
  private readonly last = new Map<string, number>()
  private readonly judged = new Set<object>()
  private readonly timer: NodeJS.Timeout
  private asking: Promise<void> | null = null

  constructor(
    private readonly fleet: Fleet,
    private readonly watched: readonly Watched[],
    private readonly ttlMs: number,
  ) {
    this.timer = setInterval(() => this.look(), PERIOD_MS)
  }

  /** Media of all keys has come of late. */
  get flows(): boolean {
    const now = performance.now()
    return this.watched.every(({ key }) => now - (this.last.get(key) ?? 0) < 1000)
  }

  /** The longest pause without media since `from`, also one that has not ended, ms. */
  longestGap(key: string, from: number): number {
    const now = performance.now()
    const ended = this.gaps
      .filter(gap => gap.key === key && gap.to > from)
      .map(gap => gap.to - Math.max(from, gap.from))
    return Math.max(0, now - Math.max(from, this.last.get(key) ?? 0), ...ended)
  }

  private look(): void {
    const now = performance.now()
    for (const { key, destination } of this.watched) {
      const at = destination.lastMedia(key)
      const before = this.last.get(key)
      if (before !== undefined && at - before > 2 * PERIOD_MS) this.gaps.push({ key, from: before, to: at })
      if (at > 0) this.last.set(key, at)
      this.judgePublications(destination, now)
      if (destination.policy === 'takes-both') this.judgeBoth(key, destination, now)
    }
    this.asking ??= this.ask().finally(() => (this.asking = null))
  }

  /** A worker publishes only with a lease that was its own less than a third of the TTL before. */
  private judgePublications({ publications }: Destination, now: number): void {
    for (const publication of publications) {
      const { worker, key, from } = publication
      // What the store says of that moment is known a little later.
      if (this.judged.has(publication) || now - from < 2 * SLACK_MS) continue
      this.judged.add(publication)
      const since = from - this.ttlMs / 3 - SLACK_MS
      const isRight = this.held.some(
        lease => lease.channel === key && lease.holder === worker && lease.to >= since && lease.from <= from + SLACK_MS,
      )
      if (!isRight) this.faults.push(`${worker} published ${key} at ${from.toFixed(0)} without its lease`)
    }
  }

  private judgeBoth(key: string, { publications }: Destination, now: number): void {
    // A connection of a process that stands still is no second publisher: nothing comes from it.
    const sending = publications.filter(one => one.key === key && now - one.mediaAt < 3 * PERIOD_MS)
    const names = new Set(sending.map(({ worker }) => worker))
    if (names.size > 1) this.faults.push(`${[...names].join(' and ')} publish ${key} at ${now.toFixed(0)}`)
  }

  private async ask(): Promise<void> {
    try {
      const from = performance.now()
      const rows = await this.fleet.sql(
        'SELECT channel, holder FROM rxgst.leases WHERE holder IS NOT NULL AND expires_at > rxgst.clock()',
      )
      const to = performance.now()
      for (const row of rows) {
        const { channel, holder } = row as { channel: string; holder: string }
        const last = this.held.findLast(lease => lease.channel === channel)
        if (last?.holder === holder && from - last.to < this.ttlMs) last.to = to
        else this.held.push({ channel, holder, from, to })
      }
    } catch {
      // The store is away, or in its restart.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer)
    await this.asking
  }
}
