/** The fleet of a server: its store, the door to its channels, this worker as a member, and what people see of it. */
import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import { systemClock } from 'rxgst/checks'
import { bootMs } from '../../core/boot-clock.js'
import type { FleetEventView, FleetPort, FleetView } from '../../core/fleet.js'
import { type ConfigProblem, Problem } from '../../core/problem.js'
import type { ServerConfig } from '../../core/schema.js'
import type { Reason } from '../../core/status.js'
import type { FleetEvent } from '../../fleet/fleet-state.js'
import { WorkerMemory } from '../../fleet/memory.js'
import { PostgresState } from '../../fleet/postgres/postgres-state.js'
import { PostgresStore } from '../../fleet/postgres/postgres-store.js'
import { processorMs } from '../child/process-info.js'
import type { ConfigDoor } from '../config-door.js'
import { unknownChannel } from '../reconciler.js'
import type { NewEvent } from '../store/event-log.js'
import { Costs } from './costs.js'
import { Desired, type Conflict } from './desired.js'
import { fleetDoor } from './fleet-door.js'
import { Member } from './member.js'
import type { MemberHost } from './member-options.js'
import { fleetView } from './view.js'

/** Requests for events at the same time. */
const MOST_READING = 2
/** Of a machine's name, as the schema of `worker` has it. */
const OUTSIDE_NAMES = /[^A-Za-z0-9._-]/g

export interface FleetOptions {
  readonly config: NonNullable<ServerConfig['fleet']>
  /** With its password. */
  readonly url: string
  readonly version: string
  /** The server's state folder. */
  readonly state: string
  readonly cores: number
}

/** What the supervisor does for its fleet. */
export interface FleetHost extends MemberHost {
  processOf(channel: string): number | null
}

export class Fleet implements FleetPort {
  readonly worker: string
  private readonly store: PostgresStore
  private readonly state: PostgresState
  private readonly desired: Desired
  private readonly ttlMs: number
  private member: Member | null = null
  private host: FleetHost | null = null
  private reading = 0
  /** Of its file and the store, for people; null: none. */
  private conflict: string | null = null
  /** Before there is a host. */
  private readonly early: NewEvent[] = []

  /** Connects to nothing yet. Throws ERR_STORE_URL. */
  constructor(private readonly options: FleetOptions) {
    const { config, url, state } = options
    this.worker =
      config.worker ??
      hostname()
        .replace(OUTSIDE_NAMES, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 63)
    this.ttlMs = config.ttl
    this.store = new PostgresStore({ url, ttlMs: config.ttl, clock: systemClock, name: this.worker })
    this.state = new PostgresState(this.store.database)
    this.desired = new Desired({
      ...{ state: this.state, worker: this.worker, folder: state },
      onHealth: error => {
        if (error) this.event({ type: 'fleet-fault', message: `the state folder takes nothing: ${error.message}` })
      },
    })
  }

  /** The door to the channels of the store. @param base folder of the configuration */
  door(inner: ConfigDoor, base: string): ConfigDoor {
    return fleetDoor({
      ...{ inner, base, desired: this.desired, state: this.state, worker: this.worker },
      onConflicts: conflicts => this.conflicts(conflicts),
      onInvalid: (channel, problems) => this.invalid(channel, problems),
    })
  }

  /**
   * Looks at the store once, so that the first configuration has its channels. A store that is away is no error, unless
   * processes are taken over whose channels nobody knows (`takesOver`): all of them would end. Rejects with Problem.
   */
  async prepare(takesOver: boolean): Promise<void> {
    try {
      await this.desired.refresh()
    } catch (error) {
      const isAway = error instanceof Problem && error.retryable
      if (isAway && (this.desired.isKnown || !takesOver)) return
      await this.store.close().catch(() => {})
      throw error
    }
  }

  /** From now on this worker takes channels. Rejects with Problem, such as ERR_WORKER_NAME_IN_USE. */
  async join(host: FleetHost): Promise<void> {
    this.host = host
    for (const event of this.early.splice(0)) host.event(event)
    this.showConflicts()
    const { options, worker, store, state, desired, ttlMs } = this
    const costs = new Costs(channel => host.processOf(channel), processorMs, bootMs)
    const member = new Member({
      ...{ name: worker, session: randomUUID(), version: options.version, ttlMs, store, state, desired, host, costs },
      capacityCores: options.config.cores ?? options.cores,
      memory: new WorkerMemory(options.state),
      now: bootMs,
    })
    this.member = member
    // Of the server before: an alert that is raised is told of no second time.
    for (const rule of ['control-plane-lost', 'worker-replaced']) host.clear(rule)
    await member.start()
  }

  /** An event of this server. */
  tell({ type, channel, user, message, data }: NewEvent): void {
    this.member?.tell({ type, channel: channel ?? null, user: user ?? null, message, data: data ?? {} })
  }

  isHeld(channel: string): boolean {
    return (this.member?.seen.leases.get(channel)?.expiresInMs ?? 0) > 0
  }

  /** Who runs a channel that this worker does not run; null: nobody, or this one. */
  elsewhere(channel: string): Reason | null {
    const lease = this.member?.seen.leases.get(channel)
    if (!lease || lease.holder === null || lease.holder === this.worker || lease.expiresInMs <= 0) return null
    return { code: 'ERR_CHANNEL_ELSEWHERE', message: `worker '${lease.holder}' runs it` }
  }

  /** null: it takes channels. */
  notReady(): string | null {
    const { member } = this
    if (!member) return 'it has not joined its fleet yet'
    return member.storeLost || !member.keeper.attended ? 'the store of the fleet does not answer' : null
  }

  drain(deadlineMs: number): Promise<void> {
    return this.member?.drain(deadlineMs) ?? Promise.resolve()
  }

  /** Takes and gives no channels any more. */
  async quiet(): Promise<void> {
    await this.member?.quiet()
  }

  async close(): Promise<void> {
    await (this.member?.close() ?? this.store.close())
  }

  async handOver(): Promise<void> {
    await (this.member?.handOver() ?? this.store.close())
  }

  view(): FleetView {
    const { member, worker, ttlMs, desired } = this
    return fleetView({
      member,
      worker,
      ttlMs,
      now: bootMs(),
      channels: desired.channels,
      configOf: id => this.configOf(id),
    })
  }

  async setDrain(worker: string, drain: boolean, user: string): Promise<void> {
    this.known(worker)
    await this.state.setDrain(worker, drain, user)
    const [type, did] = drain ? ['worker-drain', 'is drained'] : ['worker-undrain', 'takes channels again']
    this.event({ type, user, message: `worker ${worker} ${did}, by ${user}`, data: { worker } })
    this.member?.soon()
  }

  async move(channel: string, worker: string | null, user: string): Promise<void> {
    if (!this.desired.channels.has(channel)) throw unknownChannel(channel)
    if (worker !== null) this.known(worker)
    await this.state.prefer(channel, worker)
    const message = `${channel}: ${worker === null ? 'may run anywhere' : `moves to ${worker}`}, by ${user}`
    this.event({ type: 'channel-move', channel, user, message, data: { worker } })
    this.member?.soon()
  }

  async events(afterId: string | null, limit: number): Promise<readonly FleetEventView[]> {
    // They wait for the connection by which this worker takes channels.
    if (this.reading >= MOST_READING) {
      throw new Problem(503, 'ERR_STORE_BUSY', 'others read the events of the fleet just now', {
        ...{ fault: 'peer', retryable: true, remedy: 'Ask again in a moment.' },
      })
    }
    this.reading++
    const asked = afterId === null ? this.state.lastEvents(limit) : this.state.eventsAfter(BigInt(afterId), limit)
    const events = await asked.finally(() => this.reading--)
    return events.map((event: FleetEvent) => ({ ...event, id: String(event.id) }))
  }

  private known(worker: string): void {
    const { seen } = this.member ?? {}
    if (seen?.workers.some(({ name }) => name === worker) || seen?.drains.has(worker)) return
    throw new Problem(404, 'ERR_WORKER_UNKNOWN', `the fleet has no worker '${worker}'`, {
      remedy: 'GET /api/v1/fleet tells which there are.',
    })
  }

  private configOf(channel: string) {
    return this.host?.configOf(channel) ?? null
  }

  private event(event: NewEvent): void {
    if (this.host) this.host.event(event)
    else this.early.push(event)
  }

  private conflicts(conflicts: readonly Conflict[]): void {
    const names = conflicts.map(({ channel, why }) => `${channel}: ${why}`).join('; ')
    const message = `the file of worker '${this.worker}' says otherwise than the store, which counts. ${names}`
    const isNews = this.conflict !== (conflicts.length === 0 ? null : message)
    this.conflict = conflicts.length === 0 ? null : message
    if (!isNews) return
    const channels = conflicts.map(({ channel }) => channel)
    if (this.conflict !== null) this.event({ type: 'fleet-config-conflict', message, data: { channels } })
    this.showConflicts()
  }

  private showConflicts(): void {
    if (this.conflict === null) this.host?.clear('fleet-config')
    else this.host?.raise('fleet-config', 'warning', this.conflict)
  }

  private invalid(channel: string, problems: readonly ConfigProblem[]): void {
    const message = `${channel}: this version cannot read its configuration: ${problems[0]?.message ?? ''}`
    this.event({ type: 'fleet-document-invalid', channel, message })
  }
}
