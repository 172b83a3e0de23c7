/**
 * A worker's side of the store: it registers, renews all leases in one statement six times in a TTL, and says at any
 * time whether a channel may connect. The decisions are those of worker-rules.ts and keeping.ts.
 */
import type { Clock } from 'rxgst/checks'
import { Problem } from '../core/problem.js'
import {
  afterAcquire,
  afterRenewal,
  afterReplacement,
  afterReturn,
  heldLeases,
  NOTHING_KEPT,
  standing,
  withoutLease,
  type Keeping,
} from './keeping.js'
import type { Acquired, LeaseStore, Worker, WorkerFacts } from './lease-store.js'
import type { WorkerMemory } from './memory.js'
import { CONNECT_PARTS, leaseState, mayConnectMs, mayReacquire, RENEW_PARTS, stopDueMs } from './worker-rules.js'
import type { LeaseState } from './worker-rules.js'

/** After a failure the next try comes sooner than a renewal is due. */
const RETRY_PARTS = 24

export type KeeperEvent =
  /**
   * The store has confirmed that these channels are this worker's: they may connect for a third of the TTL, counted from
   * `confirmedAtMs` on the keeper's clock. Each renewal, and each acquire that was granted.
   */
  | { readonly type: 'renewed'; readonly channels: readonly string[]; readonly confirmedAtMs: number }
  /** Nothing new connects; what is live goes on. The alert 'control-plane-lost'. */
  | { readonly type: 'store-lost'; readonly problem: Problem }
  | { readonly type: 'store-back'; readonly awayMs: number }
  /** The store was restored from a backup, or its clock was set: leases are claimed back. */
  | { readonly type: 'store-went-back' }
  /** `by`: the worker that has the lease now, where it is known. */
  | { readonly type: 'superseded'; readonly channel: string; readonly by: string | null }
  /** Another process has this worker's name. */
  | { readonly type: 'replaced' }
  /** The disk does not take what the worker has to remember. */
  | { readonly type: 'memory-failed'; readonly code: string }

/** `claimed`: the store has it back from this worker, and the keeper acquires it anew before it may be used. */
export interface HeldChannel {
  readonly channel: string
  readonly epoch: bigint
  readonly kind: 'held' | 'claimed'
}

export interface LeaseKeeperOptions {
  readonly store: LeaseStore
  /** `session`: a new UUID for each process. */
  readonly worker: Worker
  readonly ttlMs: number
  readonly clock: Clock
  readonly memory: WorkerMemory
  facts(): WorkerFacts
  onEvent(event: KeeperEvent): void
}

export class LeaseKeeper {
  private keeping: Keeping
  private readonly previous: readonly string[]
  private registered = false
  private wasRegistered = false
  private starting = true
  private replacementTold = false
  private memoryTold = false
  private timer: unknown
  private turning: Promise<void> = Promise.resolve()
  private running = false
  /** Of the last confirmation, or of the start. */
  private confirmedAt: number
  private lostTold = false

  constructor(private readonly options: LeaseKeeperOptions) {
    const { memory, worker, clock } = options
    this.previous = memory.value.sessions.filter(session => session !== worker.session)
    this.keeping = { ...NOTHING_KEPT, seenEpoch: memory.value.seenEpoch }
    this.confirmedAt = clock.now()
  }

  /**
   * Registers, and begins to renew. A store that is away is no error: the keeper goes on trying. Rejects with
   * ERR_WORKER_NAME_IN_USE, with problems that no retry helps, such as ERR_STORE_SCHEMA, and with the error of a disk
   * that does not take the memory.
   */
  async start(): Promise<void> {
    this.running = true
    try {
      this.options.memory.begin(this.options.worker.session)
      await this.turn()
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      this.starting = false
    }
  }

  /** Ends the renewals. Leases that were not released expire. */
  async stop(): Promise<void> {
    this.running = false
    this.options.clock.clearTimeout(this.timer)
    await this.turning.catch(() => {})
  }

  /** Takes the worker off the list, after stop() and the release of its leases. Rejects with Problem. */
  leave(): Promise<void> {
    return this.options.store.leave(this.options.worker)
  }

  /** A store that answers. */
  get attended(): boolean {
    return !this.lostTold && this.registered
  }

  get seenEpoch(): bigint {
    return this.keeping.seenEpoch
  }

  /** null: it has no lease of this channel, and was not superseded either. */
  state(channel: string): LeaseState | null {
    const lease = this.keeping.leases.get(channel)
    return lease ? leaseState(lease, this.options.clock.now(), this.options.ttlMs) : null
  }

  epoch(channel: string): bigint | null {
    const lease = this.keeping.leases.get(channel)
    return lease && lease.kind !== 'superseded' ? lease.epoch : null
  }

  /** All that it has to release before it leaves. */
  held(): readonly HeldChannel[] {
    return [...this.keeping.leases].flatMap(([channel, { kind, epoch }]) =>
      kind === 'superseded' ? [] : [{ channel, epoch, kind }],
    )
  }

  /** Asked before a connect, and once more when the connection stands. */
  mayConnect(channel: string): boolean {
    return this.mayConnectMs(channel) > 0
  }

  /** How long the channel's targets may connect from now on, ms. */
  mayConnectMs(channel: string): number {
    const { clock, ttlMs } = this.options
    return mayConnectMs(this.keeping.leases.get(channel) ?? null, clock.now(), ttlMs)
  }

  /** Where a destination takes two publishers: time until the channel must have stopped, ms. null: no lease. */
  stopDueMs(channel: string): number | null {
    const lease = this.keeping.leases.get(channel)
    return lease ? stopDueMs(lease, this.options.clock.now(), this.options.ttlMs) : null
  }

  /** Rejects with Problem: then it is not known who has the lease. */
  async acquire(channel: string): Promise<Acquired> {
    const { store, worker, clock, ttlMs } = this.options
    const sentAt = clock.now()
    const result = await store.acquire(worker, channel, standing(this.keeping, sentAt, ttlMs))
    if (result.granted) {
      this.keeping = afterAcquire(this.keeping, channel, sentAt, result.epoch)
      this.remember()
      this.tellRenewed([channel], sentAt)
    } else if (result.reason === 'discontinuity' || result.reason === 'replaced') {
      // The next heartbeat finds out what it is.
      this.hasten()
    }
    return result
  }

  /** The channel's targets are closed. false: it was another's already. Rejects with Problem: it expires then. */
  release(channel: string): Promise<boolean> {
    return this.giveBack(channel, null)
  }

  /** The same; for the next TTL only `successor` may take it. */
  handOver(channel: string, successor: string): Promise<boolean> {
    return this.giveBack(channel, successor)
  }

  private async giveBack(channel: string, successor: string | null): Promise<boolean> {
    const lease = this.keeping.leases.get(channel)
    // Nothing connects from here on, whatever becomes of the statement.
    this.keeping = withoutLease(this.keeping, channel)
    if (!lease || lease.kind === 'superseded') return false
    return this.options.store.release(this.options.worker, { channel, epoch: lease.epoch }, successor)
  }

  /** One turn at a time; the next one is due a sixth of a TTL after this one began. */
  private turn(): Promise<void> {
    const { clock, ttlMs } = this.options
    const sentAt = clock.now()
    this.turning = this.beat(sentAt).then(
      () => this.next(sentAt + ttlMs / RENEW_PARTS),
      (error: unknown) => {
        if (!(error instanceof Problem)) {
          // A fault of ours must not end the renewals of all channels.
          this.next(clock.now() + ttlMs / RETRY_PARTS)
          throw error
        }
        if (this.starting && (!error.retryable || error.code === NAME_IN_USE)) throw error
        this.failed(error)
        this.next(clock.now() + ttlMs / RETRY_PARTS)
      },
    )
    return this.turning
  }

  private next(at: number): void {
    const { clock } = this.options
    clock.clearTimeout(this.timer)
    if (!this.running) return
    this.timer = clock.setTimeout(() => void this.turn(), Math.max(0, at - clock.now()))
  }

  /** A turn that has begun by then does as well. */
  private hasten(): void {
    const { turning } = this
    const begin = () => this.turning === turning && this.next(this.options.clock.now())
    void turning.then(begin, () => {})
  }

  private async beat(sentAt: number): Promise<void> {
    const { store, worker, ttlMs, facts, onEvent } = this.options
    if (!this.registered) await this.register()
    const asked = heldLeases(this.keeping)
    const answer = await store.renew(worker, asked, facts(), this.keeping.seenEpoch)
    if (!answer.known) {
      this.registered = false
      throw replacedProblem(worker.name)
    }
    const before = this.keeping
    const { keeping, wentBack } = afterRenewal(before, { sentAt, asked, ttlMs }, answer)
    this.keeping = keeping
    this.remember()
    this.confirmed(sentAt)
    if (wentBack) onEvent({ type: 'store-went-back' })
    this.tellRenewed(
      answer.leases.map(({ channel }) => channel),
      sentAt,
    )
    this.tellSuperseded(before)
    for (const channel of keeping.leases.keys()) {
      // It may have been released while others were acquired.
      const lease = this.keeping.leases.get(channel)
      if (lease && mayReacquire(lease, keeping.attendance, this.options.clock.now(), ttlMs)) await this.acquire(channel)
    }
  }

  /** A store that knew this process before and does not now was restored, or somebody has the name. */
  private async register(): Promise<void> {
    const { store, worker, facts, onEvent } = this.options
    try {
      await store.register(worker, this.previous, facts(), this.keeping.seenEpoch)
    } catch (error) {
      if (error instanceof Problem && error.code === NAME_IN_USE && this.wasRegistered) {
        const before = this.keeping
        this.keeping = afterReplacement(before)
        this.tellSuperseded(before)
        if (!this.replacementTold) onEvent({ type: 'replaced' })
        this.replacementTold = true
      }
      throw error
    }
    if (this.wasRegistered) this.keeping = afterReturn(this.keeping)
    this.registered = true
    this.wasRegistered = true
    this.replacementTold = false
  }

  private confirmed(sentAt: number): void {
    const awayMs = sentAt - this.confirmedAt
    this.confirmedAt = sentAt
    if (!this.lostTold) return
    this.lostTold = false
    this.options.onEvent({ type: 'store-back', awayMs })
  }

  private failed(problem: Problem): void {
    const { clock, ttlMs, onEvent } = this.options
    if (this.lostTold || clock.now() - this.confirmedAt < ttlMs / CONNECT_PARTS) return
    this.lostTold = true
    onEvent({ type: 'store-lost', problem })
  }

  private tellRenewed(channels: readonly string[], confirmedAtMs: number): void {
    const held = channels.filter(channel => {
      const lease = this.keeping.leases.get(channel)
      return lease?.kind === 'held' && lease.confirmedAt === confirmedAtMs
    })
    this.options.onEvent({ type: 'renewed', channels: held, confirmedAtMs })
  }

  private tellSuperseded(before: Keeping): void {
    for (const [channel, lease] of this.keeping.leases) {
      if (lease.kind !== 'superseded' || before.leases.get(channel)?.kind === 'superseded') continue
      this.options.onEvent({ type: 'superseded', channel, by: lease.by })
    }
  }

  private remember(): void {
    const { memory, onEvent } = this.options
    try {
      memory.see(this.keeping.seenEpoch)
      this.memoryTold = false
    } catch (error) {
      if (!this.memoryTold) onEvent({ type: 'memory-failed', code: String((error as NodeJS.ErrnoException).code) })
      this.memoryTold = true
    }
  }
}

const NAME_IN_USE = 'ERR_WORKER_NAME_IN_USE'

const replacedProblem = (name: string) =>
  new Problem(503, 'ERR_STORE_FORGOT', `the store does not know this process of the worker '${name}'`, {
    fault: 'peer',
    retryable: true,
    remedy: 'No action needed: it registers again. Where it repeats, another process has the name.',
  })
