/**
 * A worker as a member of its fleet: it looks at the store on each change and six times in a TTL, asks for leases of
 * channels that it should run, runs those, and tells their processes how long they may connect. What it decides is in
 * fleet/duties.ts; what is live stays live, whatever the store does.
 */
import { Problem } from '../../core/problem.js'
import { type Duty, dutiesOf } from '../../fleet/duties.js'
import type { NewFleetEvent } from '../../fleet/fleet-state.js'
import { LeaseKeeper, type KeeperEvent } from '../../fleet/lease-keeper.js'
import type { WorkerFacts } from '../../fleet/lease-store.js'
import { RENEW_PARTS } from '../../fleet/worker-rules.js'
import { givenUp, handedOver, leaseLost, taken } from './channel-events.js'
import { EventQueue } from './event-queue.js'
import { tellKeeperEvent } from './keeper-events.js'
import { coresOf, costOf } from './load.js'
import {
  ADOPTED_PART,
  lossStopMs,
  NOTHING_SEEN,
  type MemberOptions,
  OWN_END_PART,
  type Seen,
  TIMERS,
} from './member-options.js'
import { Missing } from './missing.js'
import { Since } from './since.js'
import { Unable } from './unable.js'
import { wantedChannels } from './wanted.js'

/** Changes that come together are looked at once. */
const DEBOUNCE_MS = 50
const LOSS_LOOK_MS = 200
/** Statements of a look that fail while the store is there. */
const MOST_FAILURES = 3

export class Member {
  readonly keeper: LeaseKeeper
  seen: Seen = NOTHING_SEEN
  storeLost: Problem | null = null
  private readonly events: EventQueue
  private readonly prepared = new Set<string>()
  private readonly since: Since
  private readonly missing: Missing
  private readonly unable: Unable
  /** Ended here, and not run again: what its lease still allows is for nobody. */
  private readonly ended = new Set<string>()
  /** Since its lease may be another's soon. */
  private readonly endedForLoss = new Set<string>()
  private readonly beganAt: number
  private draining = false
  private running = false
  /** A look is to come within DEBOUNCE_MS. */
  private isSoon = false
  private looking: Promise<void> | null = null
  private again = false
  private timer: NodeJS.Timeout | undefined
  private lossTimer: NodeJS.Timeout | undefined
  private endWatch: () => void = () => {}
  private toldFault = ''

  constructor(private readonly options: MemberOptions) {
    const { name, session, store, ttlMs, memory, now, state } = options
    this.beganAt = now()
    this.since = new Since(now)
    this.unable = new Unable(now, ttlMs)
    this.missing = new Missing(options, () => this.keeper.confirmedAt)
    this.events = new EventQueue(events => state.addEvents(name, events))
    this.keeper = new LeaseKeeper({
      ...{ store, ttlMs, memory },
      worker: { name, session },
      clock: { ...TIMERS, now, unix: Date.now },
      facts: () => this.facts(),
      onEvent: event => this.keeperEvent(event),
    })
  }

  get name(): string {
    return this.options.name
  }

  /** Rejects with what no retry helps, such as ERR_WORKER_NAME_IN_USE. A store that is away is no error. */
  async start(): Promise<void> {
    this.running = true
    await this.keeper.start()
    this.endWatch = this.options.store.watch(change => {
      if (change?.table !== 'events') this.soon()
    })
    this.lossTimer = setInterval(() => this.watchLosses(), LOSS_LOOK_MS)
    void this.look()
  }

  /** An event of this server is one of the fleet. */
  tell(event: NewFleetEvent): void {
    this.events.add(event)
  }

  /** Something changed here: looks at the store soon. */
  soon(): void {
    // Changes that never end must not put it off.
    if (!this.running || this.isSoon) return
    this.isSoon = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.look(), DEBOUNCE_MS)
  }

  /** Gives all channels away, each to a worker that is ready for it. Resolves when it has none, or at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.draining = true
    const until = this.options.now() + deadlineMs
    // Without the store, or another worker, nobody could take anything.
    const mayGive = () => this.storeLost === null && this.keeper.attended && !this.isAlone()
    while (this.running && this.keeper.held().length > 0 && this.options.now() < until && mayGive()) {
      await this.look()
      await new Promise(resolve => setTimeout(resolve, LOSS_LOOK_MS))
    }
  }

  /** The processes of all channels are gone: their leases are given back. */
  async close(): Promise<void> {
    await this.end()
    try {
      for (const { channel } of this.keeper.held()) await this.keeper.release(channel)
      await this.keeper.leave()
    } catch {
      // The leases expire by themselves.
    }
    await this.options.store.close()
  }

  /** The processes go on, and so do their leases: the next server of this worker takes them over. */
  async handOver(): Promise<void> {
    await this.end()
    await this.options.store.close()
  }

  /** Takes and gives no channels any more; leases are renewed until the end. */
  async quiet(): Promise<void> {
    this.running = false
    clearTimeout(this.timer)
    this.endWatch()
    await this.looking
  }

  private async end(): Promise<void> {
    await this.quiet()
    clearInterval(this.lossTimer)
    await this.keeper.stop()
    await this.events.close()
  }

  /** Nobody is there who could take anything. */
  private isAlone(): boolean {
    const { workers, drains } = this.seen
    return !workers.some(
      ({ name, draining, silentMs }) =>
        name !== this.name && !draining && !drains.has(name) && silentMs < this.options.ttlMs,
    )
  }

  private facts(): WorkerFacts {
    const { version, capacityCores } = this.options
    const load = Math.min(1, this.usedCores() / capacityCores)
    return { version, load, draining: this.draining, capacity: { cores: capacityCores } }
  }

  private usedCores(): number {
    return coresOf(this.options, [...this.keeper.held().map(({ channel }) => channel), ...this.prepared])
  }

  /** One at a time; one that is asked for meanwhile follows. Never rejects. */
  private look(): Promise<void> {
    this.isSoon = false
    if (this.looking) {
      this.again = true
      return this.looking
    }
    this.looking = this.lookOnce()
      .catch((error: unknown) => void this.fault(error))
      .then(() => {
        this.looking = null
        if (!this.running) return
        clearTimeout(this.timer)
        const wait = this.again || this.isSoon ? DEBOUNCE_MS : this.options.ttlMs / RENEW_PARTS
        this.again = false
        this.timer = setTimeout(() => void this.look(), wait)
      })
    return this.looking
  }

  private async lookOnce(): Promise<void> {
    const { store, state, desired, now, costs } = this.options
    const at = now()
    await this.missing.look(desired)
    const [leases, workers, drains] = await Promise.all([store.leases(), store.workers(), state.drains()])
    const byName = new Map(leases.map(lease => [lease.channel, lease]))
    this.seen = { ...this.seen, at, workers, drains, leases: byName }
    this.endOthers()
    this.runHeld()
    const { list, waits } = dutiesOf(this.dutyCase())
    this.seen = { ...this.seen, waits }
    let failures = 0
    for (const duty of list) {
      if (!this.running) return
      const isDone = await this.carryOut(duty).then(
        () => true,
        (error: unknown) => this.fault(error),
      )
      // Without the store the rest of the list is of yesterday; a row that somebody has locked holds up no other.
      if (!isDone) failures++
      if (!isDone && (this.storeLost || failures >= MOST_FAILURES)) return
    }
    const measured = costs.news([...this.keeper.held().map(({ channel }) => channel), ...this.prepared])
    if (measured.size > 0) await state.measured(measured).then(() => costs.told(measured))
  }

  private dutyCase() {
    const { name, ttlMs, capacityCores, host, desired } = this.options
    const { leases, workers, drains } = this.seen
    const held = new Set(this.keeper.held().map(({ channel }) => channel))
    const channels = wantedChannels(desired.channels.values(), host, held, name => costOf(this.options, name))
    this.since.look(channels, leases)
    this.unable.look(desired.channels, held, channel => host.cannotRun(channel))
    return {
      ...{ worker: name, channels, leases, workers, drains, draining: this.draining, ttlMs, capacityCores },
      held,
      prepared: new Map([...this.prepared].map(channel => [channel, host.isReady(channel)])),
      usedCores: this.usedCores(),
      isReady: (channel: string) => host.isReady(channel),
      isUnable: (channel: string) => this.unable.has(channel),
      shuns: (channel: string) => this.unable.shuns(channel),
      freeMs: (channel: string) => this.since.freeMs(channel),
      waitedMs: (channel: string) => this.since.appointedMs(channel),
    }
  }

  /** Processes of a server before this one whose channel another worker has. None is waited for: leases cannot wait. */
  private endOthers(): void {
    const { host, name, desired, now } = this.options
    const held = new Set(this.keeper.held().map(({ channel }) => channel))
    for (const channel of host.running()) {
      if (held.has(channel) || this.prepared.has(channel)) continue
      const lease = this.seen.leases.get(channel)
      const isOthers = lease && lease.holder !== null && lease.holder !== name && lease.expiresInMs > 0
      if (!isOthers && desired.channels.has(channel)) continue
      if (isOthers && desired.channels.get(channel)?.nextWorker === name) {
        // The standby of the server before.
        this.prepared.add(channel)
        host.allow(channel, 0, now())
        this.run(channel, false)
      } else this.endChannel(channel).catch((error: unknown) => this.fault(error))
    }
  }

  /** A channel that was removed and is there again, with a lease that nobody has given back meanwhile. */
  private runHeld(): void {
    const { host } = this.options
    const running = new Set(host.running())
    for (const { channel } of this.keeper.held()) {
      if (!running.has(channel) && !this.endedForLoss.has(channel) && host.configOf(channel)?.enabled) this.run(channel)
    }
  }

  private async carryOut(duty: Duty): Promise<void> {
    const { host, state } = this.options
    const { channel } = duty
    // What cannot be given away, since the store is away, must not end; what nobody wants any more may.
    const leaves =
      ['hand-over', 'give-up'].includes(duty.kind) || (duty.kind === 'give-back' && host.configOf(channel)?.enabled)
    if (leaves && (this.storeLost || !this.keeper.mayConnect(channel))) return
    switch (duty.kind) {
      case 'acquire':
        return this.acquire(channel)
      case 'prepare':
        this.prepared.add(channel)
        host.allow(channel, 0, this.options.now())
        this.run(channel, false)
        return
      case 'unprepare':
        this.prepared.delete(channel)
        return this.endChannel(channel)
      case 'tell-ready':
        await state.ready(channel, this.name)
        return
      case 'appoint':
        return state.appoint(channel, duty.worker)
      case 'hand-over':
        await this.endChannel(channel)
        if (!(await this.keeper.handOver(channel, duty.successor))) return
        return host.event(handedOver(channel, duty.successor))
      case 'give-back':
        await this.endChannel(channel)
        await this.keeper.release(channel)
        return
      case 'give-up':
        return this.giveUp(channel)
    }
  }

  private async giveUp(channel: string): Promise<void> {
    const { host, state, desired, name } = this.options
    const why = host.cannotRun(channel)
    if (why === null) return // It may be on air by now.
    // Else whoever takes it would send it back here.
    if (desired.channels.get(channel)?.preferredWorker === name) await state.prefer(channel, null)
    await this.endChannel(channel)
    await this.keeper.release(channel)
    this.unable.givenUp(channel) // Not before: where the store took none of it, this worker tries again.
    host.event(givenUp(channel, name, why))
  }

  private async acquire(channel: string): Promise<void> {
    const { host } = this.options
    const result = await this.keeper.acquire(channel)
    if (!result.granted) return
    this.prepared.delete(channel)
    this.since.forget(channel)
    this.endedForLoss.delete(channel)
    host.event(taken(channel, this.name, result.epoch))
    this.run(channel) // Its process begins when its turn comes; the next lease does not wait for that.
    this.allow(channel)
  }

  private run(channel: string, isHolder = true): void {
    this.ended.delete(channel)
    this.options.host.run(channel, isHolder).catch((error: unknown) => this.fault(error))
  }

  /** A process that begins later must not have what this one was allowed. */
  private endChannel(channel: string, deadlineMs?: number): Promise<void> {
    const { host, now } = this.options
    this.ended.add(channel)
    host.allow(channel, 0, now())
    return host.stop(channel, deadlineMs)
  }

  /** Where a destination takes two publishers. */
  private endAfterMs(channel: string): number | undefined {
    const { host, ttlMs } = this.options
    const dueMs = host.configOf(channel)?.onLeaseLoss === 'stop' ? this.keeper.stopDueMs(channel) : null
    return dueMs === null ? undefined : dueMs + OWN_END_PART * ttlMs
  }

  private allow(channel: string): void {
    const sinceMs = this.options.now() // First, so that a pause behind it allows less, not more.
    const isEnded = this.ended.has(channel)
    const forMs = isEnded ? 0 : this.keeper.mayConnectMs(channel)
    this.options.host.allow(channel, forMs, sinceMs, isEnded ? undefined : this.endAfterMs(channel))
  }

  private keeperEvent(event: KeeperEvent): void {
    tellKeeperEvent(this.options.host, event, this.name)
    switch (event.type) {
      case 'renewed':
        for (const channel of event.channels) {
          if (this.endedForLoss.delete(channel)) this.run(channel)
          this.allow(channel)
        }
        return
      case 'store-went-back':
        return this.missing.wentBack()
      case 'store-lost':
        this.storeLost = event.problem
        return
      case 'store-back':
        this.storeLost = null
        this.soon()
        return
      case 'superseded':
        this.endedForLoss.delete(event.channel)
        void this.endChannel(event.channel).catch(() => {})
    }
  }

  /** Where a destination takes two publishers, the channel ends before another worker may begin it. */
  private watchLosses(): void {
    const { host, ttlMs, now } = this.options
    const held = new Set(this.keeper.held().map(({ channel }) => channel))
    // Of the server before this one, which renewed their leases until it went.
    const areLate = now() - this.beganAt > ADOPTED_PART * ttlMs
    const adopted = host.running().filter(channel => areLate && !held.has(channel) && !this.prepared.has(channel))
    for (const channel of [...held, ...adopted]) {
      if (this.endedForLoss.has(channel) || host.configOf(channel)?.onLeaseLoss !== 'stop') continue
      if (held.has(channel) && this.keeper.stopDueMs(channel) !== 0) continue
      this.endedForLoss.add(channel)
      host.event(leaseLost(channel))
      void this.endChannel(channel, lossStopMs(ttlMs)).catch(() => {})
    }
  }

  /** Whether the store may be used on. */
  private fault(error: unknown): boolean {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
    // A store that is away is told by the keeper; a process that cannot be killed is no fault of the store.
    if (error instanceof Problem && error.retryable && error.code.startsWith('ERR_STORE')) return false
    const text = `${String(code ?? 'ERR_FLEET')}: ${String(message)}`
    if (text !== this.toldFault) this.options.host.event({ type: 'fleet-fault', message: text })
    this.toldFault = text
    return true
  }
}
