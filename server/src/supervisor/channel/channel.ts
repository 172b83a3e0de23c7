/** One channel: its configuration, the process that runs it, and what that told last. */
import type { Observable } from 'rxjs'
import type { ChannelConfig } from '../../core/schema.js'
import type { Problem } from '../../core/problem.js'
import type { PreviewFrame } from '../../core/server-port.js'
import type { ChannelStatus, Reason } from '../../core/status.js'
import type { FromChannel, Side, ToChannel } from '../../core/wire.js'
import { GOOD_AFTER_MS, LONGEST_DELAY_MS } from '../child/backoff.js'
import type { Child, ChildExit } from '../child/child.js'
import { Keeper } from '../child/keeper.js'
import { ChannelMetrics } from '../exposition.js'
import { Secrets } from '../mask.js'
import type { Asked, ChannelDeps, Wanted } from './channel-deps.js'
import { ConfigSender, isRefusal, toldOf } from './config-sender.js'
import { ExitAlerts } from './exit-alerts.js'
import { exitEvent, exitText } from './exit-text.js'
import { Figures } from './figures.js'
import { idleStatus } from './idle-status.js'
import { Inability } from './inability.js'
import { Outages, tellOutages } from './outages.js'
import { phaseChanges } from './phase-changes.js'
import { isSide, PreviewFan } from './preview-fan.js'
import { Thumbnail, type Picture } from './thumbnail.js'
import { Voice } from './voice.js'
import { channelStopped, withEnabled, withTargetEnabled } from './wanted.js'

const REQUEST_DEADLINE_MS = 10_000
export const STOP_DEADLINE_MS = 10_000

export class Channel {
  status: ChannelStatus
  lastExit: string | null = null
  readonly metrics = new ChannelMetrics()
  private readonly picture = new Thumbnail()
  private readonly keeper: Keeper<FromChannel, ToChannel>
  private readonly fan: PreviewFan
  private readonly voice: Voice
  private readonly measured = new Figures()
  private readonly inability = new Inability()
  private readonly exits: ExitAlerts
  /** Alerts of a process that was taken over, until it has told of all of them. */
  private heard: Set<unknown> | null = null
  /** The last change did not reach its process. */
  private untold = false
  readonly secrets = new Secrets()
  private good: NodeJS.Timeout | undefined
  private readonly outages: Outages
  private readonly sender: ConfigSender
  /** Of a process that refused its configuration. */
  private retry: NodeJS.Timeout | undefined

  constructor(
    readonly id: string,
    private wanted: Wanted,
    private readonly deps: ChannelDeps,
  ) {
    this.secrets.begin(wanted.secrets)
    this.status = idleStatus(wanted.config, 'stopped', deps.now())
    this.voice = new Voice(id, deps, this.secrets)
    this.outages = new Outages(deps.alerts.of(id))
    this.exits = new ExitAlerts(id, deps.alerts, () => performance.now())
    this.sender = new ConfigSender(id, deps.alerts, deps.leased === true)
    this.fan = new PreviewFan((type, side) => this.ask({ type, side }))
    this.keeper = new Keeper<FromChannel, ToChannel>({
      name: id,
      socketPath: deps.socketPath,
      entry: deps.entry,
      log: deps.log,
      pidFiles: deps.pidFiles,
      lane: deps.lane,
      mask: text => this.secrets.mask(text),
      memoryLimitBytes: () => this.wanted.given.memoryLimit ?? null,
      onStart: () => {
        this.secrets.begin(this.wanted.secrets)
        // One of a server before this one has no end here.
        deps.alerts.clearOwn(id, 'process-stuck')
        this.show('starting')
      },
      onStuck: ({ code, message }) => this.stuck({ code, message }),
      onMemory: text => this.voice.tell('channel-memory', `${id}: its process ${text}`),
      onReady: (child, hello, adopted) => {
        deps.log.info(
          { channel: id, pid: hello.pid, adopted },
          adopted ? 'channel taken over' : 'channel process began',
        )
        // One that has a name has a configuration, and may be on air with it.
        void this.configure(child, adopted && typeof hello.name === 'string')
      },
      onFrame: (header, bytes) => this.take(header, bytes),
      onExit: (exit, retryInMs, exits) => this.exited(exit, retryInMs, exits),
    })
  }

  get config(): ChannelConfig {
    return this.wanted.config
  }

  /** With its secrets. */
  get given(): ChannelConfig {
    return this.wanted.given
  }

  get figures(): Figures['current'] {
    return this.measured.current
  }

  /** Something that its configuration needs is not there. A process that runs may have it still. */
  get hasFault(): boolean {
    return this.wanted.fault !== null || this.sender.isFaulty
  }

  /** Why it cannot run on this machine, whatever its peers do; null: it can, as far as is known. */
  get cannotRun(): Reason | null {
    return this.inability.reason(this.status)
  }

  get onAir(): boolean {
    const { phase, targets } = this.status
    return ['live', 'filling', 'reconnecting'].includes(phase) || targets.some(target => target.phase === 'live')
  }

  get process(): { readonly pid: number | null; readonly starts: number; readonly lastExit: string | null } {
    return { pid: this.keeper.child?.pid ?? null, starts: this.keeper.starts, lastExit: this.lastExit }
  }

  get viewers(): number {
    return this.fan.viewers
  }

  /** Takes over the process of another supervisor; false: there is none. */
  adopt(): Promise<boolean> {
    return this.keeper.adopt()
  }

  clearLeftover(): Promise<void> {
    return this.keeper.clearLeftover()
  }

  /** A channel that cannot be started shows why. */
  start(): void {
    this.endRetry()
    const { fault } = this.wanted
    if (!fault) return this.keeper.start()
    if (this.keeper.child) return this.sender.tellFault(fault)
    this.inability.refused(fault)
    this.show('failed', fault)
  }

  async stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    this.endRetry()
    clearTimeout(this.good)
    const running = this.keeper.child !== null
    if (running) this.show('stopping')
    await this.keeper.stop(deadlineMs)
    if (this.keeper.isWanted) return // It was started again meanwhile: the process that follows tells of itself.
    this.deps.alerts.endChannel(this.id)
    this.well()
    this.exits.stopped()
    this.sender.clear()
    this.show('stopped')
  }

  async restart(): Promise<void> {
    // One that cannot be killed is followed by the next one when it has gone.
    try {
      await this.stop()
    } finally {
      // It may have been ended meanwhile.
      if (this.given.enabled) this.start()
    }
  }

  kill(): void {
    this.endRetry()
    this.keeper.kill('the server ends now')
  }

  /** Its process goes on without this supervisor. */
  async handOver(deadlineMs: number): Promise<void> {
    this.endRetry()
    await this.keeper.handOver(deadlineMs)
    clearTimeout(this.good)
    this.fan.endAll('the server was replaced')
  }

  /**
   * A new configuration: for the process that runs, or by a restart of it. What needs a restart that is not allowed
   * waits for one. Rejects where the process refuses it.
   */
  async update(wanted: Wanted, restart: boolean, allowRestart: boolean): Promise<void> {
    const before = this.wanted
    this.wanted = wanted
    this.secrets.add(wanted.secrets)
    const { child } = this.keeper
    if (wanted.fault && wanted.given.enabled && child && !this.keeper.isStopping) {
      // What runs has its secrets, and goes on with them.
      this.wanted = { ...before, config: wanted.config }
      return this.sender.tellFault(wanted.fault)
    }
    if (!wanted.given.enabled || wanted.fault) {
      await this.stop()
      if (wanted.given.enabled) this.start()
      return
    }
    // A process that is being ended takes nothing any more: the one that follows begins with this configuration.
    if (!child || this.keeper.isStopping) return this.start()
    if (restart) return this.restart()
    const mayRestart = allowRestart || !this.onAir
    const waits = (this.sender.restartPending && mayRestart) || this.sender.isFaulty || this.untold
    if (toldOf(wanted) === toldOf(before) && !waits) return
    this.untold = true
    const refusal = await this.sender.change(child, wanted, mayRestart)
    this.untold = false
    if (refusal === 'restart') await this.restart()
    else if (refusal && !this.sender.restartPending) throw refusal
  }

  /** With secrets that were read anew, for its next start. */
  refresh(wanted: Wanted): void {
    this.wanted = wanted
    this.secrets.add(wanted.secrets)
  }

  /** What an operator did: a process that begins anew is told the same. */
  setEnabled(enabled: boolean): void {
    this.wanted = withEnabled(this.wanted, enabled)
  }

  setTargetEnabled(target: string, enabled: boolean): void {
    this.wanted = withTargetEnabled(this.wanted, target, enabled)
  }

  /** Of a leased channel: see ConfigSender. */
  mayConnect(forMs: number, sinceMs?: number, endAfterMs?: number): Promise<void> {
    return this.sender.mayConnect(this.keeper.child, forMs, sinceMs, endAfterMs)
  }

  /** Rejects with Problem: what the process says, or that there is none. */
  ask(message: Asked): Promise<void> {
    const { child } = this.keeper
    if (!child) return Promise.reject(channelStopped(this.id))
    return child.request(message, REQUEST_DEADLINE_MS)
  }

  /** Once a second: raises and clears the alerts of what is off air. @param nowMs of a monotonic clock */
  watch(nowMs: number): void {
    this.exits.look()
    const looks = this.outages.look(this.id, this.status, nowMs, this.wanted)
    tellOutages(this.deps.alerts, this.id, looks, this.secrets.mask)
  }

  preview(side: Side): Observable<PreviewFrame> {
    return this.fan.observe(side)
  }

  thumbnail(): Picture | null {
    return this.picture.get(performance.now())
  }

  /** Somebody looks: without that no thumbnail is taken. @param nowMs of a monotonic clock */
  askPictures(nowMs: number): void {
    const { child } = this.keeper
    if (!child || !this.picture.ask(nowMs)) return
    child.request({ type: 'thumbnails' }, REQUEST_DEADLINE_MS).catch(() => {})
  }

  /** @param runs with the configuration of another supervisor: it goes on with that where it refuses this one */
  private async configure(child: Child<FromChannel, ToChannel>, runs: boolean): Promise<void> {
    const { wanted } = this
    try {
      if (runs) await this.changeAdopted(child, wanted)
      else if (wanted.fault) return await this.refused(wanted.fault)
      else await this.sender.begin(child, wanted)
    } catch (error) {
      const { code, message } = error as Problem
      if (this.keeper.child !== child || code === 'ERR_CHANNEL_GONE') return
      if (!isRefusal(error) || wanted !== this.wanted) child.kill(`it did not take its configuration: ${message}`)
      else await this.refused({ code, message })
      return
    }
    this.keeper.ready()
    this.inability.configured()
    this.good = setTimeout(() => this.well(), GOOD_AFTER_MS)
    this.good.unref()
  }

  /** Its process has run for long enough, or is not wanted. */
  private well(): void {
    this.inability.well()
    this.exits.well()
  }

  private async changeAdopted(child: Child<FromChannel, ToChannel>, wanted: Wanted): Promise<void> {
    if (wanted.fault) return this.sender.tellFault(wanted.fault)
    if (!wanted.given.enabled) return
    // It told of all of its alerts before it answers; what ended while it was alone is known by that.
    const heard = (this.heard = new Set<unknown>())
    const refusal = await this.sender.change(child, wanted, this.deps.allowRestart())
    this.deps.alerts.endMissing(this.id, heard)
    this.heard = null
    if (refusal === 'restart') await this.restart()
  }

  /** Without a process, until a later try: a file may be there again. */
  private async refused(reason: Reason): Promise<void> {
    const retry = setTimeout(() => this.start(), LONGEST_DELAY_MS)
    this.retry = retry
    this.inability.refused(reason)
    const nextRetryAt = this.deps.now() + LONGEST_DELAY_MS
    await this.keeper.stop(STOP_DEADLINE_MS).catch(() => {}) // Its alert has told of it.
    // Nobody has started or stopped it meanwhile.
    if (this.retry === retry && !this.keeper.child) this.show('failed', reason, nextRetryAt)
  }

  private endRetry(): void {
    clearTimeout(this.retry)
    this.retry = undefined
  }

  private take(frame: FromChannel, bytes: Buffer): void {
    switch (frame.type) {
      case 'status':
        this.setStatus(frame.status)
        break
      case 'sample':
        this.deps.sample(this.id, this.measured.take(frame.sample, this.deps.now()))
        break
      case 'event':
        this.voice.event(frame.event)
        break
      case 'alert':
        this.heard?.add(frame.alert['id'])
        this.deps.alerts.take(this.id, this.voice.masked(frame.alert))
        break
      case 'log':
        this.voice.log(frame.level, frame.message)
        break
      case 'metrics':
        this.metrics.take(this.voice.masked(String(frame.text)))
        break
      case 'thumbnail':
        this.picture.put({ jpeg: bytes, at: frame.at }, performance.now())
        break
      case 'preview':
        if (isSide(frame.side)) this.fan.take(frame.side, frame.start, frame.keyframe, bytes)
        break
      case 'preview-end':
        if (isSide(frame.side)) this.fan.end(frame.side, this.voice.masked(String(frame.reason)))
        break
      default:
        this.deps.log.debug({ channel: this.id, type: frame.type }, 'a frame that nobody knows')
    }
  }

  private exited(exit: ChildExit, retryInMs: number | null, exits: number): void {
    const { now, alerts } = this.deps
    clearTimeout(this.good)
    const expected = retryInMs === null && exit.killed === null
    this.measured.ended()
    this.picture.ended()
    this.metrics.ended()
    this.fan.endAll('the process of the channel ended')
    alerts.endChannel(this.id)
    alerts.clearOwn(this.id, 'process-stuck')
    this.deps.exited(exit, expected)
    if (expected) return
    const text = exitText(exit)
    this.lastExit = text
    const nextRetryAt = retryInMs === null ? null : now() + retryInMs
    this.deps.log.warn({ channel: this.id, stderr: exit.stderr }, `the process ended: ${text}`)
    this.deps.event(exitEvent(this.id, exit, nextRetryAt))
    if (retryInMs === null) {
      if (this.status.phase === 'failed') this.show('stopped')
      return
    }
    this.show('crashed', { code: 'ERR_PROCESS_EXIT', message: text }, nextRetryAt)
    const loop = this.exits.ended(exits, text)
    if (loop) this.inability.ended(loop)
  }

  /** Nothing of this channel runs until its process has gone. */
  private stuck(reason: Reason): void {
    this.deps.alerts.raiseOwn(this.id, 'process-stuck', 'critical', `${this.id}: ${reason.message}`)
    this.show('failed', reason)
  }

  private show(phase: ChannelStatus['phase'], reason: Reason | null = null, nextRetryAt: number | null = null): void {
    this.setStatus(idleStatus(this.wanted.given, phase, this.deps.now(), reason, nextRetryAt))
  }

  private setStatus(raw: ChannelStatus): void {
    const status = this.voice.masked(raw)
    const changes = phaseChanges(this.id, this.status, status)
    this.status = status
    for (const { type, message, data } of changes) this.voice.tell(type, message, data)
  }
}
