/** What runs in a channel: its sources, and the senders that they feed. */
import { BehaviorSubject, type Subscription } from 'rxjs'
import { RxGstError, type Logger, type MayConnect, type Output, type RecordedSegment } from 'rxgst'
import type { Relay, RelayDestination, Target } from 'rxgst'
import type { ChannelConfig, EncodeConfig } from '../core/schema.js'
import { makeRelay, relaySlate } from './copy.js'
import { encodeSize, feed, makeOutput, type EncodeSize } from './encode.js'
import { InputChoice } from './input-choice.js'
import { copyPlace, encodePlace } from './places.js'
import { ProgrammeSlate } from './programme-slate.js'
import { Sender } from './sender.js'
import { black, type Fill, type SlatePicture } from './slate.js'
import { makeSources, type Source } from './sources.js'
import type { TargetSlot } from './target-slot.js'

/** Of the metadata's rate: three pictures are known soon. */
const RATE_PATIENCE_MS = 2000

export interface ProgrammeParts {
  readonly logger: Logger
  readonly onChange: () => void
  readonly onSegment: (segment: RecordedSegment) => void
  /** The slate cannot be decoded; null: it can, again. */
  readonly onSlateFault: (fault: RxGstError | null) => void
  /** ms of a monotonic clock, and Unix ms. */
  readonly now: () => number
  readonly unix: () => number
  /** Of all targets over a network; null: they connect when they like. */
  readonly mayConnect: MayConnect | null
}

export class Programme {
  readonly sources: readonly Source[]
  readonly relay: Sender<RelayDestination, Relay>
  readonly output: Sender<Target, Output>
  #config: ChannelConfig
  readonly #parts: ProgrammeParts
  readonly #slate: ProgrammeSlate
  /** What the relay shows of it, and what the output does. */
  #copiedSlate: SlatePicture | null = null
  #encodedSlate: Fill | null = null
  readonly #choice: InputChoice
  readonly #onAir = new BehaviorSubject<Source | null>(null)
  /** Targets that wait until the size of the pictures is known. */
  readonly #waiting = new Set<TargetSlot>()
  #size: EncodeSize | null = null
  #preparing = false
  #seenVideoMs: number | null = null
  #feed: Subscription

  /** ERR_URL, ERR_OPTION, ERR_FILE. Nothing is connected yet. */
  static async make(config: ChannelConfig, parts: ProgrammeParts): Promise<Programme> {
    return new Programme(config, await ProgrammeSlate.read(config, parts, parts.onSlateFault), parts)
  }

  private constructor(config: ChannelConfig, slate: ProgrammeSlate, parts: ProgrammeParts) {
    this.#config = config
    this.#slate = slate
    this.#parts = parts
    const { logger, onChange, onSegment, mayConnect } = parts
    this.sources = makeSources(config, slate.video, { logger, onChange })
    this.#choice = new InputChoice(this.sources.length, config.holdBack)
    const common = { onChange, onSegment }
    this.relay = new Sender({
      ...common,
      open: place => {
        const { fill, picture } = slate
        this.#copiedSlate = picture
        return makeRelay(this.#config, this.sources, { fill, slate: picture }, place, logger)
      },
      placeOf: slot => copyPlace(slot.config, mayConnect),
    })
    const encode = config.mode === 'copy' ? null : config.mode.encode
    this.output = new Sender({
      ...common,
      open: place => {
        this.#encodedSlate = slate.encodeFill
        return makeOutput(this.#config, this.#size!, slate.encodeFill!, place, logger)
      },
      placeOf: slot => encodePlace(slot.config, encode, mayConnect),
    })
    const onError = (error: unknown): void => logger.warn(`the encoder got no picture: ${(error as Error).message}`)
    this.#feed = feed(this.output.running$, this.#onAir, () => this.#size, onError).subscribe()
  }

  /** Of the slate; null: it is no picture, or there is none. */
  get slate(): SlatePicture | null {
    return this.#slate.picture
  }

  start(): void {
    for (const source of this.sources) source.start()
  }

  /** The source on air: the present one first, then each change; null: none is. */
  get onAir$(): BehaviorSubject<Source | null> {
    return this.#onAir
  }

  get onAir(): Source | null {
    return this.#onAir.value
  }

  /** The fill goes out, or the slate's video. */
  get filling(): boolean {
    if (this.onAir) return this.onAir.isSlate
    const relay = this.relay.stream
    if (relay) return relay.stats().filling !== null
    return this.output.running !== null && this.#slate.fill !== 'none'
  }

  addTarget(slot: TargetSlot): void {
    const encodes = this.#config.mode !== 'copy' || slot.config.encode !== undefined
    if (!encodes) return this.relay.add(slot)
    if (this.#size) return this.output.add(slot)
    this.#waiting.add(slot)
  }

  async removeTarget(slot: TargetSlot): Promise<void> {
    this.#waiting.delete(slot)
    await Promise.all([this.relay.remove(slot), this.output.remove(slot)])
  }

  setHoldBack(ms: number): void {
    this.#choice.holdBackMs = ms
  }

  /** For what is opened from now on. */
  setConfig(config: ChannelConfig): void {
    this.#config = config
  }

  /** Of the encoder that targets share, as the configuration has it now. */
  setBitrate(): void {
    const { mode } = this.#config
    if (mode !== 'copy') this.output.running?.setBitrate(mode.encode.bitrate)
  }

  /** Another picture. ERR_FILE; RestartNeeded: one of them is a video. */
  async setSlate(config: ChannelConfig): Promise<void> {
    if (config.fill !== 'slate') return
    await this.#slate.replace(config)
    this.#showSlate()
  }

  /** What runs shows the slate of now. */
  #showSlate(): void {
    const { fill, picture, encodeFill } = this.#slate
    if (fill !== 'slate') return
    const [relay, output] = [this.relay.stream, this.output.running]
    try {
      if (relay && this.#copiedSlate !== picture) relay.setSlate(picture ? relaySlate(picture) : {})
      if (output && this.#encodedSlate !== encodeFill) output.setSlate(encodeFill?.slate?.data ?? black(this.#size!))
    } catch (error) {
      // It has just ended, and the next one begins with this slate.
      if (!(error instanceof RxGstError)) throw error
    }
    if (relay) this.#copiedSlate = picture
    if (output) this.#encodedSlate = encodeFill
  }

  /** ERR_UNKNOWN_STREAM: there is no such input; ERR_NOT_RUNNING: it is not live. */
  switchTo(name: string): void {
    const index = this.sources.findIndex(source => source.name === name && !source.isSlate)
    if (index < 0) throw new RxGstError('ERR_UNKNOWN_STREAM', 'the channel has no input of this name')
    const { stream } = this.relay
    if (stream) {
      stream.switchTo(index)
      this.#choice.switchTo(index)
    } else if (!this.#choice.switchTo(index)) throw new RxGstError('ERR_NOT_RUNNING', `input ${name} is not live`)
    this.look()
  }

  /** Some times a second. */
  look(): void {
    const nowMs = this.#parts.now()
    const sights = this.sources.map(source => ({
      live: source.state.phase === 'live',
      silentMs: source.silentMs(nowMs),
    }))
    const chosen = this.#choice.step(sights, nowMs)
    const relay = this.relay.stream
    const index = relay ? relay.inputs.findIndex(({ onAir }) => onAir) : (chosen ?? -1)
    const onAir = this.sources[index] ?? null
    if (onAir !== this.onAir) {
      this.#onAir.next(onAir)
      this.#parts.onChange()
    }
    this.#slate.look()
    this.#showSlate()
    this.relay.look()
    this.output.look()
    if (this.#waiting.size > 0 && !this.#preparing) this.#prepare(nowMs)
  }

  /** The size of the encode, as soon as it can be known. */
  #prepare(nowMs: number): void {
    const { mode } = this.#config
    const wanted: Partial<EncodeConfig> = mode === 'copy' ? {} : mode.encode
    if (wanted.width !== undefined && wanted.height !== undefined && wanted.fps !== undefined)
      return this.#open(encodeSize(wanted, null))
    const info = this.onAir?.capture.info
    if (!info) return
    this.#seenVideoMs ??= nowMs
    if (info.video && info.video.fps === 0 && nowMs - this.#seenVideoMs < RATE_PATIENCE_MS) return
    this.#open(encodeSize(wanted, info.video))
  }

  #open(size: EncodeSize): void {
    this.#preparing = true
    void this.#slate.fit(size).then(() => {
      this.#size = size
      for (const slot of this.#waiting) this.output.add(slot)
      this.#waiting.clear()
    })
  }

  /** Within 5 s. */
  async stop(): Promise<void> {
    this.#feed.unsubscribe()
    await Promise.all([this.relay.stop(), this.output.stop()])
    await Promise.all(this.sources.map(source => source.stop()))
  }
}
