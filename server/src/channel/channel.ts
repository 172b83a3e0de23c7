/** A channel: its configuration becomes running streams, and what these do becomes statuses, samples and events. */
import { combineLatest, map, type Observable } from 'rxjs'
import { RxGstError, type Logger, type RecordedSegment } from 'rxgst'
import type { ChannelConfig } from '../core/schema.js'
import type { ChannelStatus, InputStatus, Reason, Sample } from '../core/status.js'
import type { FromChannel, Side } from '../core/wire.js'
import { changesOf, onAirPart } from './changes.js'
import { checkConfig } from './config.js'
import { ConnectGate } from './connect-gate.js'
import { RestartNeeded, words } from './fault.js'
import { Masker } from './mask.js'
import { Previews, type FlvSource, type PreviewStream } from './preview.js'
import { Programme } from './programme.js'
import { COPIED, ENCODED, sampleOf } from './sample.js'
import { changesBetween, judge } from './status.js'
import { SlateAlert } from './slate-alert.js'
import { TargetSlot } from './target-slot.js'
import { Thumbnails } from './thumbnails.js'
import { Watch } from './watch.js'

const LOOK_MS = 250
const SAMPLE_MS = 1000
const PICTURE_MS = 5000
const METRICS_MS = 5000
/** A thumbnail is decoded for who looks, and for nobody else. */
const LOOKED_AT_MS = 30_000
/** At most ten statuses a second. */
const STATUS_MS = 100

export interface ChannelTools {
  /** What a channel says, apart from hello and done. False: it was not taken. */
  send(message: FromChannel, bytes?: Uint8Array): boolean
  readonly flv: FlvSource
  /** ms of a monotonic clock, and Unix ms. */
  now(): number
  unix(): number
  /** As bootMs() of core. */
  bootMs(): number
}

/** One channel. Its methods reject with RxGstError, and then nothing has changed. */
export class Channel {
  readonly #tools: ChannelTools
  readonly #masker = new Masker()
  readonly #previews: Previews
  readonly #thumbnails: Thumbnails
  readonly #slateAlert: SlateAlert
  readonly #slots = new Map<string, TargetSlot>()
  readonly #timers: NodeJS.Timeout[] = []
  #config: ChannelConfig | null = null
  #programme: Programme | null = null
  #watch: Watch | null = null
  #status: ChannelStatus | null = null
  #since: number
  #hasBegun = false
  /** Thumbnails are taken until then, ms of the monotonic clock. */
  #lookedAtUntil = Number.NEGATIVE_INFINITY
  #stopping: Promise<void> | null = null
  #refreshing = false
  #statusTimer: NodeJS.Timeout | null = null
  /** Requests that change something run one after the other. */
  #queue: Promise<unknown> = Promise.resolve()
  readonly logger: Logger
  /** What a supervisor says of the channel's lease. */
  readonly gate: ConnectGate

  constructor(tools: ChannelTools) {
    this.#tools = tools
    this.#since = tools.unix()
    this.gate = new ConnectGate(tools.bootMs)
    this.#previews = new Previews(tools.flv, {
      onPiece: (side, { bytes, start, keyframe }) => tools.send({ type: 'preview', side, start, keyframe }, bytes),
      onEnd: (side, reason) => tools.send({ type: 'preview-end', side, reason: this.#masker.mask(reason) }),
    })
    this.#thumbnails = new Thumbnails(jpeg => tools.send({ type: 'thumbnail', at: tools.unix() }, jpeg))
    this.#slateAlert = new SlateAlert(alert => tools.send({ type: 'alert', alert }), tools.unix)
    const log =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (...parts: unknown[]): void =>
        void tools.send({ type: 'log', level, message: this.#masker.mask(parts.map(String).join(' ')) })
    this.logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  }

  /** A text that may go out. */
  mask(text: string): string {
    return this.#masker.mask(text)
  }

  /**
   * The first time the whole; later what can change on air. ERR_RESTART_NEEDED: it cannot, unless `onAirOnly`.
   * @param isLeased the targets connect only while a lease allows it
   */
  configure(given: unknown, onAirOnly = false, isLeased = false): Promise<void> {
    return this.#inTurn(async () => {
      const config = checkConfig(given)
      this.#masker.learn(config)
      if (this.#config !== null && isLeased !== this.gate.isLeased && !onAirOnly)
        throw new RestartNeeded('its targets would begin to ask for a lease, or cease to')
      if (this.#config === null) {
        this.gate.setLeased(isLeased)
        await this.#begin(config)
        this.#config = config
      } else if (onAirOnly) await this.#changePart(this.#config, onAirPart(this.#config, config))
      else await this.#change(this.#config, config)
      this.#onChange()
    })
  }

  async #begin(config: ChannelConfig): Promise<void> {
    const { now, unix } = this.#tools
    // A target that is asked follows no wish of its server before the answer.
    const mayConnect = this.gate.isLeased ? this.gate.mayConnect : null
    const parts = { logger: this.logger, onChange: () => this.#onChange(), now, unix, mayConnect }
    const onSegment = (segment: RecordedSegment): void => this.#onSegment(segment)
    const onSlateFault = (fault: RxGstError | null): void => this.#onSlateFault(fault)
    const programme = await Programme.make(config, { ...parts, onSegment, onSlateFault })
    try {
      this.#watch = new Watch(config, this.logger, alert =>
        this.#tools.send({ type: 'alert', alert: { ...alert, message: this.#masker.mask(alert.message) } }),
      )
    } catch (error) {
      await programme.stop()
      throw error
    }
    this.#programme = programme
    for (const [name, target] of Object.entries(config.targets))
      this.#slots.set(name, new TargetSlot(name, target, this.#tools))
    if (!config.enabled) return
    programme.start()
    for (const slot of this.#slots.values()) if (slot.enabled) programme.addTarget(slot)
    this.#every(LOOK_MS, () => programme.look())
    this.#every(SAMPLE_MS, () => this.#sample())
    this.#every(PICTURE_MS, () => this.#picture())
    this.#every(METRICS_MS, () => this.#metrics())
  }

  /** A slate that cannot be taken keeps nothing else away. */
  async #changePart(before: ChannelConfig, config: ChannelConfig): Promise<void> {
    const { slate, ...rest } = config
    await this.#change(before, before.slate === undefined ? rest : { ...rest, slate: before.slate })
    await this.#change(this.#config!, config)
  }

  async #change(before: ChannelConfig, config: ChannelConfig): Promise<void> {
    const { restarts, removed, added, changed, switched, rules, holdBack, slate, bitrate } = changesOf(before, config)
    if (restarts.length > 0) throw new RestartNeeded(`the channel must be restarted to change ${restarts.join(', ')}`)
    if (slate) await this.#programme!.setSlate(config)
    if (rules) this.#watch!.setRules(config)
    const programme = this.#programme!
    programme.setConfig(config)
    if (holdBack) programme.setHoldBack(config.holdBack)
    if (bitrate) programme.setBitrate()
    for (const slot of this.#slots.values()) slot.config = config.targets[slot.name] ?? slot.config
    // What goes has gone before its place is taken anew; all of them say goodbye at the same time.
    const leaving = [...removed, ...changed].map(name => this.#slots.get(name)!)
    await Promise.all(leaving.map(slot => programme.removeTarget(slot)))
    for (const name of removed) this.#slots.delete(name)
    for (const name of added) this.#slots.set(name, new TargetSlot(name, config.targets[name]!, this.#tools))
    for (const name of [...changed, ...added]) {
      const slot = this.#slots.get(name)!
      slot.enabled = slot.config.enabled
      if (slot.enabled) programme.addTarget(slot)
    }
    for (const name of switched) await this.#switch(this.#slots.get(name)!, config.targets[name]!.enabled)
    this.#config = config
  }

  async #switch(slot: TargetSlot, enabled: boolean): Promise<void> {
    slot.enabled = enabled
    // One that runs is left alone; one that failed is tried anew.
    if (enabled && slot.view && slot.fault === null) return
    await this.#programme!.removeTarget(slot)
    if (enabled) this.#programme!.addTarget(slot)
  }

  /** ERR_UNKNOWN_STREAM: the channel has no such target. */
  enableTarget(name: string, enabled: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const slot = this.#slots.get(name)
      if (!slot) throw new RxGstError('ERR_UNKNOWN_STREAM', 'the channel has no target of this name')
      await this.#switch(slot, enabled)
      this.#onChange()
    })
  }

  /** Puts an input on air until it is lost, or until another one is chosen. */
  switchTo(input: string): Promise<void> {
    return this.#inTurn(async () => this.#running().switchTo(input))
  }

  /** Somebody looks: thumbnails are taken for a while, the first one at once. */
  takeThumbnails(): void {
    const now = this.#tools.now()
    const begins = now >= this.#lookedAtUntil
    this.#lookedAtUntil = now + LOOKED_AT_MS
    if (!begins || this.#stopping) return
    this.#thumbnails.forget()
    this.#picture()
  }

  openPreview(side: Side): void {
    this.#previews.open(side, side === 'in' ? this.#in$() : this.#out$())
  }

  closePreview(side: Side): void {
    this.#previews.close(side)
  }

  #in$(): Observable<PreviewStream | null> {
    return this.#running().onAir$.pipe(map(source => source?.capture ?? null))
  }

  #out$(): Observable<PreviewStream | null> {
    const { relay, output, onAir$ } = this.#running()
    // Without a target nothing goes out, and people look at what would.
    return combineLatest([relay.running$, output.running$, onAir$]).pipe(
      map(
        ([copied, encoded, source]) => copied ?? encoded ?? (this.#slots.size === 0 ? (source?.capture ?? null) : null),
      ),
    )
  }

  /** ERR_NOT_RUNNING. */
  #running(): Programme {
    if (!this.#programme || this.#stopping) throw new RxGstError('ERR_NOT_RUNNING', 'the channel does not run')
    return this.#programme
  }

  /** All that a supervisor must know which has just come. */
  tellAll(): void {
    if (this.#status) this.#tools.send({ type: 'status', status: this.#status })
    this.#slateAlert.tell()
    for (const alert of this.#watch?.raised() ?? []) this.#tools.send({ type: 'alert', alert: { ...alert } })
  }

  /** Sends what waits, says goodbye, and ends all streams. Idempotent. Within 10 s, whatever peers do. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      this.#refresh()
      for (const timer of this.#timers) clearInterval(timer)
      this.#previews.closeAll()
      await this.#programme?.stop()
      this.#watch?.close()
      if (this.#statusTimer) clearTimeout(this.#statusTimer)
    })()
    return this.#stopping
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => {
      if (this.#stopping) throw new RxGstError('ERR_NOT_RUNNING', 'the channel is being stopped')
      return work()
    })
    this.#queue = turn.catch(() => {})
    return turn
  }

  #onSegment({ path, begin, end, duration, bytes, torn }: RecordedSegment): void {
    const message = torn ? `${path} was found torn` : `${path} is finished`
    this.#tools.send({
      type: 'event',
      event: { type: 'recording', message, data: { path, begin, end, duration, bytes, torn } },
    })
  }

  #onSlateFault(fault: RxGstError | null): void {
    const why = fault && this.#masker.mask(fault.message)
    if (why) this.logger.warn(why)
    else this.logger.info('the slate can be shown')
    this.#slateAlert.set(why)
  }

  #sample(): void {
    const programme = this.#programme!
    for (const slot of this.#slots.values()) slot.measure(this.#tools.now())
    this.#watchStreams()
    const sample: Sample = sampleOf(programme, [...this.#slots.values()], this.#watch!, this.#tools.unix())
    this.#tools.send({ type: 'sample', sample })
    this.#onChange()
  }

  #watchStreams(): void {
    const { sources, relay, output } = this.#programme!
    for (const { name, capture, isSlate } of sources) if (!isSlate) this.#watch!.set(name, capture)
    this.#watch!.set(COPIED, relay.stream)
    this.#watch!.set(ENCODED, output.running)
  }

  #picture(): void {
    if (this.#programme && this.#config?.enabled && this.#tools.now() < this.#lookedAtUntil)
      void this.#thumbnails.take(this.#programme)
  }

  #metrics(): void {
    this.#watch!.prometheus().then(
      text => this.#tools.send({ type: 'metrics', text }),
      (error: unknown) => this.logger.error(`there are no metrics: ${(error as Error).message}`),
    )
  }

  /** Many changes in a turn of the event loop are one. */
  #onChange(): void {
    if (this.#refreshing || this.#stopping) return
    this.#refreshing = true
    setImmediate(() => {
      this.#refreshing = false
      this.#refresh()
    })
  }

  #refresh(): void {
    if (!this.#programme) return
    const before = this.#status
    this.#status = this.#look()
    for (const event of changesBetween(before, this.#status)) this.#tools.send({ type: 'event', event })
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = null
      if (this.#status) this.#tools.send({ type: 'status', status: this.#status })
    }, STATUS_MS)
  }

  #look(): ChannelStatus {
    const programme = this.#programme!
    const reasonOf = (code: string): Reason => ({ code, message: words(code) })
    const masked = (reason: Reason | null): Reason | null =>
      reason && { code: reason.code, message: this.#masker.mask(reason.message) }
    const inputs = programme.sources.filter(({ isSlate }) => !isSlate).map(source => this.#input(source.name))
    const targets = [...this.#slots.values()].map(slot => {
      const status = slot.status(reasonOf)
      return { ...status, reason: masked(status.reason) }
    })
    const judged = judge({
      enabled: this.#config?.enabled ?? true,
      stopping: this.#stopping !== null,
      inputs,
      targets,
      filling: programme.filling,
      hasBegun: this.#hasBegun,
    })
    this.#hasBegun ||= judged.phase === 'live' || judged.phase === 'filling'
    if (judged.phase !== this.#status?.phase) this.#since = this.#tools.unix()
    return { ...judged, since: this.#since, inputs, targets, ...this.#media() }
  }

  #input(name: string): InputStatus {
    const { sources, onAir } = this.#programme!
    const source = sources.find(one => one.name === name)!
    const { phase, reason, nextRetryAt } = source.state
    const why = reason && { code: reason, message: words(reason) }
    return { name, url: source.url, phase, reason: why, nextRetryAt, onAir: source === onAir }
  }

  #media(): Pick<ChannelStatus, 'video' | 'audio'> {
    const { onAir, output, relay } = this.#programme!
    const info = onAir && !onAir.isSlate ? onAir.capture.info : null
    const encoded = relay.stream ? null : output.running?.info
    const before = { video: this.#status?.video ?? null, audio: this.#status?.audio ?? null }
    if (encoded) {
      const { codec, width, height, fps } = encoded
      return { video: { codec, width, height, fps }, audio: { codec: 'aac', sampleRate: 44_100, channels: 2 } }
    }
    if (!info) return before
    const { video, audio } = info
    return {
      video: video && { codec: video.codec, width: video.width, height: video.height, fps: video.fps || null },
      audio: audio && { codec: audio.codec, sampleRate: audio.sampleRate, channels: audio.channels },
    }
  }
}
