/**
 * A worker's side of the store: it registers, renews all leases in one statement six times in a TTL, and says at any
 * time whether a channel may connect. The decisions are those of worker-rules.ts and keeping.ts.
 */
import type { Clock } from 'rxgst/checks'
import { Problem } from '../core/problem.js'
import type { KeeperEvent } from './keeper-event.js'
import {
  afterAcquire,
  afterRenewal,
  afterRegistration,
  afterReplacement,
  heldLeases,
  NOTHING_KEPT,
  standing,
  withoutLease,
  type Keeping,
} from './keeping.js'
import type { Acquired, Heartbeat, LeaseStore, Worker, WorkerFacts } from './lease-store.js'
import type { WorkerMemory } from './memory.js'
import { NAME_IN_USE } from './refusals.js'
import { CONNECT_PARTS, leaseState, mayConnectMs, mayReacquire, RENEW_PARTS, stopDueMs } from './worker-rules.js'
import type { LeaseState } from './worker-rules.js'

export type { KeeperEvent }

/**
 * After a failure the next try comes so long after the one before was sent, or at once where that is over. One renewal
 * that is lost costs nothing then: it is due after a sixth of the TTL, given up after a twelfth, and
 * sent again at a quarter; its answer has a twelfth until the lease may no longer be used, and its sending until
 * attendance would begin anew.
 */
const RETRY_PARTS = 24

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

type Granted = Extract<Acquired, { granted: true }>

/** An acquire that is on its way. */
interface Asking {
  answer: Promise<Acquired>
  /** The channel is released meanwhile: whoever releases it waits for the answer, and gives back `epoch` as well. */
  givenBack: boolean
  epoch: bigint | null
}

const GIVEN_BACK: Acquired = { granted: false, reason: 'given-back', holder: null }
/** An acquire that was overtaken by a heartbeat is sent once more. */
const MOST_TRIES = 2

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
  private beating = false
  private running = false
  /** When the last heartbeat was sent that the store has answered; before one, when this began. */
  confirmedAt: number
  /** What is told of a store that is away, and when. null: it is there. */
  private lost: { readonly code: string; readonly at: number } | null = null
  /** Heartbeats that were sent. */
  private beats = 0
  private readonly asking = new Map<string, Asking>()
  private reacquiring: Promise<void> | null = null

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
    await this.reacquiring
    await Promise.allSettled([...this.asking.values()].map(({ answer }) => answer))
  }

  /** Takes the worker off the list, after stop() and the release of its leases. Rejects with Problem. */
  leave(): Promise<void> {
    return this.options.store.leave(this.options.worker)
  }

  /** A store that answers. */
  get attended(): boolean {
    return this.lost === null && this.registered
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

  /** One at a time for each channel. Rejects with Problem: then it is not known who has the lease. */
  acquire(channel: string): Promise<Acquired> {
    const before = this.asking.get(channel)
    if (before) {
      const again = () => this.acquire(channel)
      return before.givenBack ? before.answer.then(again, again) : before.answer
    }
    const asking: Asking = { givenBack: false, epoch: null, answer: Promise.resolve(GIVEN_BACK) }
    this.asking.set(channel, asking)
    asking.answer = this.ask(channel, asking).finally(() => this.asking.delete(channel))
    return asking.answer
  }

  private async ask(channel: string, asking: Asking): Promise<Acquired> {
    const { store, worker, clock, ttlMs } = this.options
    for (let tries = 1; ; tries += 1) {
      // The store refuses an acquire that does not know of the last heartbeat.
      if (this.beating) await this.turning.catch(() => {})
      if (asking.givenBack) return GIVEN_BACK
      const lease = this.keeping.leases.get(channel)
      const [sentAt, beats] = [clock.now(), this.beats]
      if (lease?.kind === 'claimed' && !mayReacquire(lease, this.keeping.attendance, sentAt, ttlMs)) {
        return { granted: false, reason: 'not-attended', holder: worker.name }
      }
      const result = await store.acquire(worker, channel, standing(this.keeping, sentAt, ttlMs))
      if (result.granted) return this.granted(channel, asking, sentAt, result)
      const overtaken = result.reason === 'discontinuity' && this.beats !== beats
      if (overtaken && tries < MOST_TRIES) continue
      // The next heartbeat finds out what it is.
      if (result.reason === 'discontinuity' || result.reason === 'replaced') this.hasten()
      return result
    }
  }

  private granted(channel: string, asking: Asking, sentAt: number, result: Granted): Acquired {
    const kept = afterAcquire(this.keeping, channel, sentAt, result.epoch)
    asking.epoch = result.epoch
    this.keeping = asking.givenBack ? withoutLease(kept, channel) : kept
    this.remember()
    if (asking.givenBack) return GIVEN_BACK
    this.tellRenewed([channel], sentAt)
    return result
  }

  /** The channel's targets are closed. false: it was another's already. Rejects with Problem: it expires then. */
  release(channel: string): Promise<boolean> {
    return this.giveBack(channel, null)
  }

  /**
   * The same; for the next TTL only `successor` may take it. A lease that had expired or was claimed back is released
   * to all who have attended: somebody may have a better claim.
   */
  handOver(channel: string, successor: string): Promise<boolean> {
    return this.giveBack(channel, successor)
  }

  private async giveBack(channel: string, successor: string | null): Promise<boolean> {
    const lease = this.keeping.leases.get(channel)
    // Nothing connects from here on, whatever becomes of the statement.
    this.keeping = withoutLease(this.keeping, channel)
    const asking = this.asking.get(channel)
    if (asking) {
      asking.givenBack = true
      await asking.answer.catch(() => {})
    }
    const epoch = asking?.epoch ?? (lease && lease.kind !== 'superseded' ? lease.epoch : null)
    if (epoch === null) return false
    return this.options.store.release(this.options.worker, { channel, epoch }, successor)
  }

  /** One turn at a time; the next one is due a sixth of a TTL after this one began. */
  private turn(): Promise<void> {
    const { clock, ttlMs } = this.options
    const sentAt = clock.now()
    this.beating = true
    this.turning = this.beat(sentAt)
      .finally(() => (this.beating = false))
      .then(
        () => {
          this.next(sentAt + ttlMs / RENEW_PARTS)
          this.reacquiring ??= this.reacquire().finally(() => (this.reacquiring = null))
        },
        (error: unknown) => {
          const again = Math.max(clock.now(), sentAt + ttlMs / RETRY_PARTS)
          if (!(error instanceof Problem)) {
            // A fault of ours must not end the renewals of all channels.
            this.next(clock.now() + ttlMs / RETRY_PARTS)
            throw error
          }
          if (this.starting && (!error.retryable || error.code === NAME_IN_USE)) throw error
          this.failed(error)
          this.next(again)
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
    const { store, worker, ttlMs, onEvent } = this.options
    if (!this.registered) await this.register()
    const asked = heldLeases(this.keeping)
    const heartbeat = this.heartbeat()
    const answer = await store.renew(worker, asked, heartbeat)
    if (!answer.known) {
      this.registered = false
      throw replacedProblem(worker.name)
    }
    const before = this.keeping
    const { number } = heartbeat
    const { keeping, wentBack } = afterRenewal(before, { number, sentAt, asked, ttlMs }, answer)
    this.keeping = keeping
    this.remember()
    this.confirmed(sentAt)
    if (wentBack) onEvent({ type: 'store-went-back' })
    const channels = answer.leases.map(({ channel }) => channel)
    this.tellRenewed(channels, sentAt)
    this.tellSuperseded(before)
  }

  private heartbeat(): Heartbeat {
    this.beats += 1
    const { beat: confirmed, seenEpoch } = this.keeping
    return { number: this.beats, confirmed, seenEpoch, facts: this.options.facts() }
  }

  /** What was claimed back, and may be acquired anew by now. What fails comes after the next heartbeat. */
  private async reacquire(): Promise<void> {
    const { clock, ttlMs } = this.options
    for (const channel of [...this.keeping.leases.keys()]) {
      const lease = this.keeping.leases.get(channel)
      if (!this.running || !lease || !mayReacquire(lease, this.keeping.attendance, clock.now(), ttlMs)) continue
      try {
        await this.acquire(channel)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return
      }
    }
  }

  /** A store that knew this process before and does not now was restored, or somebody has the name. */
  private async register(): Promise<void> {
    const { store, worker, onEvent } = this.options
    const heartbeat = this.heartbeat()
    try {
      await store.register(worker, this.previous, heartbeat)
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
    this.keeping = afterRegistration(this.keeping, heartbeat.number, this.wasRegistered)
    this.registered = true
    this.wasRegistered = true
    this.replacementTold = false
  }

  private confirmed(sentAt: number): void {
    const awayMs = sentAt - this.confirmedAt
    this.confirmedAt = sentAt
    if (this.lost === null) return
    this.lost = null
    this.options.onEvent({ type: 'store-back', awayMs })
  }

  private failed(problem: Problem): void {
    const { clock, ttlMs, onEvent } = this.options
    const now = clock.now()
    if (this.lost === null && now - this.confirmedAt < ttlMs / CONNECT_PARTS) return
    // Causes that alternate are told once a TTL.
    if (this.lost && (this.lost.code === problem.code || now - this.lost.at < ttlMs)) return
    this.lost = { code: problem.code, at: now }
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

const replacedProblem = (name: string) =>
  new Problem(503, 'ERR_STORE_FORGOT', `the store does not know this process of the worker '${name}'`, {
    fault: 'peer',
    retryable: true,
    remedy: 'No action needed: it registers again. Where it repeats, another process has the name.',
  })
