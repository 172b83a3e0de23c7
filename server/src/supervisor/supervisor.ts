/** The supervisor: one process a channel, one door for configurations, and what became of them. It has no GStreamer. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Observable, throwError } from 'rxjs'
import type { ChannelConfig, Config } from '../core/schema.js'
import type {
  ChangeOptions,
  ChannelView,
  ConfigText,
  HistoryPoint,
  IngestStream,
  Plan,
  PreviewFrame,
  ServerPort,
} from '../core/server-port.js'
import type { AlertView, SampleMetric, ServerEvent } from '../core/status.js'
import type { Side } from '../core/wire.js'
import { Channels } from './channels.js'
import { STOP_DEADLINE_MS } from './channel/channel.js'
import { PidFiles } from './child/pid-files.js'
import { StartLane } from './child/start-lane.js'
import type { Fleet } from './fleet/fleet.js'
import { fleetHost } from './fleet/host.js'
import { Lease } from './lease.js'
import { Operations } from './operations.js'
import { Queue } from './queue.js'
import { Reconciler, unknownChannel } from './reconciler.js'
import { ServerMetrics } from './server-metrics.js'
import { STATE_FOLDER, StateHealth } from './state-health.js'
import { AlertBook } from './store/alert-book.js'
import { type AlertChange, alertEvent } from './store/alert-event.js'
import { EventLog, type NewEvent } from './store/event-log.js'
import { Histories } from './store/histories.js'
import { readJson, writeJson } from './store/json-file.js'
import { Overrides } from './store/overrides.js'
import { LAST_WRITE_MS, MOST_CHANGE_MS, type SupervisorOptions } from './supervisor-options.js'

/** Processes go on for so long without a supervisor while it is replaced. */
export const HAND_OVER_MS = 60_000

export class Supervisor implements ServerPort {
  readonly version: string
  readonly events$: Observable<ServerEvent>
  readonly fleet: Fleet | null
  readonly channelList: Channels
  readonly pidFiles: PidFiles
  /** Whether a file that changed, or an upgrade, may restart channels on air. */
  readonly allowRestart: boolean
  readonly lane = new StartLane(Math.max(2, availableParallelism()))
  private readonly queue = new Queue()
  private readonly events: EventLog
  private readonly histories: Histories
  readonly book: AlertBook
  private readonly operations: Operations
  private readonly serverMetrics: ServerMetrics
  private reconciler!: Reconciler
  private endWatch: () => void = () => {}
  private ending = false
  private readonly health: StateHealth
  private toldTooFast = 0

  private constructor(
    private readonly options: SupervisorOptions,
    readonly runFolder: string,
    private readonly lease: Lease,
  ) {
    const { state, log, door, version } = options
    const now = this.now
    this.version = version
    this.fleet = options.fleet ?? null
    this.allowRestart = options.allowRestart ?? false
    this.health = new StateHealth(() => this.book, log)
    this.pidFiles = new PidFiles(runFolder, error => this.health.told('run', error))
    this.events = new EventLog({ folder: state, now, onHealth: error => this.health.told('events', error) })
    this.events$ = this.events.events$
    this.histories = new Histories(state, error => this.health.told('history', error))
    this.book = new AlertBook({ state, now, onChange: (alert, change) => this.alertChanged(alert, change) })
    const overrides = new Overrides(state, error => this.health.told('operator', error))
    this.channelList = new Channels({
      ...{ runFolder, door, log, now, pidFiles: this.pidFiles, lane: this.lane, alerts: this.book },
      ...{ entry: options.channelEntry, faultRetryMs: options.faultRetryMs },
      ...{ overrides, ingestUrl: options.ingestUrl, leased: this.fleet !== null, whole: () => this.config },
      allowRestart: () => this.allowRestart,
      event: event => this.event(event),
      dropped: count => {
        this.toldTooFast += count
      },
      sample: (channel, sample) => this.histories.add(channel, sample),
      exited: (channel, exit, expected) => this.serverMetrics.exited(channel, exit, expected),
      removed: channel => {
        void this.histories.forget(channel)
        this.book.removeChannel(channel)
      },
    })
    const told = (event: NewEvent) => void this.event(event)
    this.operations = new Operations({
      ...{ channels: this.channelList, overrides, queue: this.queue, config: () => this.config, event: told },
      elsewhere: id => this.fleet?.elsewhere(id) ?? null,
    })
    this.serverMetrics = new ServerMetrics(version, {
      channels: () =>
        [...this.channelList.all.values()].map(({ id, status, process, viewers, metrics }) => ({
          ...{ id, viewers, phase: status.phase, starts: process.starts, families: metrics.current() },
        })),
      alerts: () => this.book.all().filter(({ clearedAt }) => clearedAt === null),
      eventsLost: () => this.events.lost + this.toldTooFast,
      historyLost: () => this.histories.lost,
      configValid: () => this.reconciler.problems.length === 0,
    })
  }

  /** Rejects with Problem: the folder is another supervisor's, or the configuration is invalid. */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    const runFolder = join(options.state, 'run')
    mkdirSync(runFolder, { recursive: true, mode: 0o700 })
    chmodSync(runFolder, 0o700)
    const lease = await Lease.take(options.state)
    const supervisor = new Supervisor(options, runFolder, lease)
    try {
      await supervisor.begin()
    } catch (error) {
      supervisor.endWatch()
      await supervisor.channelList.handOverAll(HAND_OVER_MS)
      await options.fleet?.handOver()
      lease.release()
      throw error
    }
    return supervisor
  }

  get config(): Config {
    return this.reconciler.config
  }

  /** Whether a change hangs: what watches the server restarts it then. */
  get stuck(): boolean {
    const since = this.queue.busySince
    return since !== null && performance.now() - since > MOST_CHANGE_MS
  }

  channels(): readonly ChannelView[] {
    return [...this.channelList.all.keys()].map(id => this.channel(id))
  }

  channel(id: string): ChannelView {
    const channel = this.channelList.get(id)
    const { door } = this.options
    const { status } = channel
    const reason = status.phase === 'stopped' ? (this.fleet?.elsewhere(id) ?? status.reason) : status.reason
    return {
      id,
      config: door.redact(channel.config),
      etag: door.etagOf(channel.config),
      status: { ...status, reason },
      figures: channel.figures,
      thumbnailAt: channel.thumbnail()?.at ?? null,
      alerts: this.book.of(id),
      process: channel.process,
    }
  }

  putChannel(id: string, value: unknown, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.edit({ kind: 'put-channel', channel: id, value }, options)
  }

  patchChannel(id: string, patch: unknown, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.edit({ kind: 'patch-channel', channel: id, patch }, options)
  }

  deleteChannel(id: string, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.edit({ kind: 'delete-channel', channel: id }, options)
  }

  putTarget(id: string, target: string, value: unknown, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.edit({ kind: 'put-target', channel: id, target, value }, options)
  }

  deleteTarget(id: string, target: string, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.edit({ kind: 'delete-target', channel: id, target }, options)
  }

  /** In a fleet another machine may run it: then its configuration says so. */
  async start(id: string, user: string): Promise<void> {
    if (this.fleet) await this.patchChannel(id, { enabled: true }, { user, allowRestart: true })
    else await this.operations.start(id, user)
  }

  async stop(id: string, user: string): Promise<void> {
    if (this.fleet) await this.patchChannel(id, { enabled: false }, { user, allowRestart: true })
    else await this.operations.stop(id, user)
  }

  restart(id: string, user: string): Promise<void> {
    return this.operations.restart(id, user)
  }

  switchInput(id: string, input: string, user: string): Promise<void> {
    return this.operations.switchInput(id, input, user)
  }

  startTarget(id: string, target: string, user: string): Promise<void> {
    return this.operations.setTarget(id, target, true, user)
  }

  stopTarget(id: string, target: string, user: string): Promise<void> {
    return this.operations.setTarget(id, target, false, user)
  }

  thumbnail(id: string): { readonly jpeg: Uint8Array; readonly at: number } | null {
    const channel = this.channelList.get(id)
    channel.askPictures(performance.now())
    return channel.thumbnail()
  }

  preview(id: string, side: Side): Observable<PreviewFrame> {
    const channel = this.channelList.all.get(id)
    return channel ? channel.preview(side) : throwError(() => unknownChannel(id))
  }

  history(id: string, metric: SampleMetric, sinceMs: number): readonly HistoryPoint[] {
    this.channelList.get(id)
    return this.histories.points(id, metric, sinceMs, this.now())
  }

  alerts(): readonly AlertView[] {
    return this.book.all()
  }

  acknowledge(alertId: string, user: string): AlertView {
    return this.book.acknowledge(alertId, user)
  }

  async testAlert(user: string): Promise<{ readonly sent: number; readonly failed: readonly string[] }> {
    const result = await this.options.notifier.test()
    const { sent, failed } = result
    const message = `test of the alerts: ${sent} sent, ${failed.length} failed`
    this.event({ type: 'alert-test', user, message, data: { sent, failed: failed.length } })
    return result
  }

  eventsAfter(afterId: number): { readonly events: readonly ServerEvent[]; readonly lost: boolean } {
    return this.events.after(afterId)
  }

  note(event: Pick<ServerEvent, 'type' | 'channel' | 'user' | 'message' | 'data'>): void {
    this.event(event)
  }

  configText(): ConfigText {
    const { door } = this.options
    const { problems, etag, config } = this.reconciler
    return { text: door.text(), file: door.file, etag, readOnly: config.server.readOnly, problems }
  }

  checkConfig(text: string): Promise<Plan> {
    return this.reconciler.check(text)
  }

  putConfig(text: string, options: ChangeOptions): Promise<Plan> {
    return this.reconciler.putText(text, options)
  }

  /** In a fleet whoever changed a channel was asked whether it may restart; this machine only hears of it. */
  reloadConfig(options: ChangeOptions): Promise<Plan> {
    return this.reconciler.reload(options, this.fleet !== null)
  }

  ingestStreams(): readonly IngestStream[] {
    return this.options.ingestStreams?.() ?? []
  }

  metrics(): Promise<string> {
    return this.serverMetrics.text()
  }

  notReady(): string | null {
    if (this.ending) return 'the server ends'
    if (this.stuck) return 'a change of the configuration hangs'
    return this.fleet?.notReady() ?? null
  }

  event(event: NewEvent): void {
    const { id, type } = this.events.add(event)
    this.fleet?.tell(event)
    this.serverMetrics?.event(type)
    this.options.log.info({ event: id, type, channel: event.channel, user: event.user }, event.message)
  }

  /** Stops all channels, each within the deadline, then what is written. */
  async close(deadlineMs: number): Promise<void> {
    this.end()
    const until = performance.now() + deadlineMs
    await this.fleet?.drain(deadlineMs / 2)
    await this.fleet?.quiet()
    const queueMs = Math.max(0, until - performance.now())
    await Promise.race([this.queue.close(), new Promise(resolve => setTimeout(resolve, queueMs).unref())])
    await this.channelList.stopAll(Math.max(Math.min(deadlineMs, STOP_DEADLINE_MS), until - performance.now()))
    await this.fleet?.close()
    await this.finish()
  }

  /** Leaves the processes to the next supervisor. */
  async handOver(): Promise<void> {
    this.end()
    await this.fleet?.quiet()
    await this.queue.close()
    const bases = [...this.channelList.all.values()].map(({ id, metrics }) => [id, metrics.bases()])
    try {
      writeJson(this.basesPath, Object.fromEntries(bases))
    } catch (error) {
      this.options.log.warn({ err: error }, 'counters of processes that ended are lost')
    }
    await this.channelList.handOverAll(HAND_OVER_MS)
    await this.fleet?.handOver()
    await this.finish()
  }

  /** Ends all processes now. */
  kill(): void {
    this.end()
    this.channelList.killAll()
  }

  private async begin(): Promise<void> {
    const { door, onConfig } = this.options
    const { channelList } = this
    const { reconciler, wanted } = await Reconciler.load(door, this.queue, {
      onAir: channel => channelList.onAir(channel) || (this.fleet?.isHeld(channel) ?? false),
      inputSecretChanged: (channel, own) => channelList.inputSecretChanged(channel, own),
      prepare: (channel, config, whole) => channelList.prepare(channel, config, whole),
      apply: async (before, after, newWanted, restarts, allowRestart) => {
        await channelList.apply(before, after, newWanted, restarts, allowRestart)
        onConfig(after)
      },
      event: event => this.event(event),
      fileProblems: problems => {
        if (problems)
          this.book.raiseOwn('', 'config-invalid', 'warning', `the configuration is invalid: ${problems[0]!.message}`)
        else this.book.clearOwn('', 'config-invalid')
      },
    })
    this.reconciler = reconciler
    // Who is told stands in the configuration.
    onConfig(reconciler.config)
    this.book.endServer(this.health.isWell ? [] : [STATE_FOLDER])
    this.event({ type: 'server-started', message: `rxgst serve ${this.version} started`, data: { pid: process.pid } })
    for (const channel of this.book.channels())
      if (!wanted.has(channel) && channel !== '') this.book.removeChannel(channel)
    await channelList.begin(wanted)
    this.restoreBases()
    const { allowRestart } = this
    this.endWatch = door.watch(() => void this.reloadConfig({ user: 'file', allowRestart }).catch(() => {}))
    // It may hear of other channels at once.
    await this.fleet?.join(fleetHost(this))
    this.forgetBases()
  }

  /** They count once: the next start may be none of an upgrade. */
  private forgetBases(): void {
    try {
      rmSync(this.basesPath, { force: true })
    } catch (error) {
      this.health.told('counters', error as Error)
    }
  }

  private restoreBases(): void {
    const kept = readJson(this.basesPath)
    if (typeof kept !== 'object' || kept === null) return
    for (const [id, bases] of Object.entries(kept)) this.channelList.all.get(id)?.metrics.restore(bases)
  }

  private get basesPath(): string {
    return join(this.runFolder, '.counters.json')
  }

  private readonly now = (): number => (this.options.now ?? Date.now)()

  private alertChanged(alert: AlertView, change: AlertChange): void {
    this.event(alertEvent(alert, change))
    if (change !== 'acknowledged') this.options.notifier.send(alert, this.configOf(alert.channel))
  }

  private configOf(channel: string): ChannelConfig | null {
    return this.channelList.all.get(channel)?.config ?? null
  }

  private end(): void {
    this.ending = true
    this.endWatch()
  }

  private async finish(): Promise<void> {
    const written = Promise.all([this.histories.close(), this.book.close(), this.events.close()])
    await Promise.race([written, new Promise(resolve => setTimeout(resolve, LAST_WRITE_MS))])
    this.lease.release()
  }
}
