import type { Observable } from 'rxjs'
import { RxGstError } from '../core/errors'
import { DEFAULT_HELD_BYTES } from '../core/video-options'
import type { AudioChunk, Logger, Packet, PixelFormat, VideoFrame } from '../core/types'
import { native } from '../addon/binding'
import type { ElementHandle } from '../addon/gst'
import { type AudioTap, type PacketTap, type VideoTap, type VideoTapOptions } from '../addon/tap'
import { frames } from '../observables/frames'
import { MediaHub } from '../observables/media-hub'
import { PacketHub } from '../observables/packets'
import { sounds } from '../observables/sounds'
import type { GraphElement } from '../pipelines/graph/graph'
import { FrameBudget } from './frame-budget'
import { toPicture } from './frame-from-native'

export type SinkKind = 'pictures' | 'sound' | 'packets'

/**
 * What an appsink's own properties say of a reader that is slow. GStreamer's meaning: it waits, unless `drop` is set.
 */
interface Bounds {
  readonly drop: boolean
  /** 0: not said. */
  readonly most: number
}

const MOST_FRAMES = 10
const MOST_PACKETS = 200

/** Counters of one appsink that is read: pictures, packets, or samples per channel of sound. */
export interface SinkStats {
  /** What has come out of it. */
  readonly received: number
  /** What waits for its readers now. */
  readonly queued: number
  /** What was lost: to readers that were slow, to memory that was full, or for being no picture. */
  readonly dropped: number
}

/**
 * One appsink read in one way: attached to it while somebody is subscribed. Until then, and afterwards, what comes is
 * let go of in C. Hot: who subscribes before start() gets everything.
 */
export abstract class SinkStream<T> {
  protected handle: ElementHandle | null = null
  #wanted = false
  #over = false

  protected constructor(
    protected readonly element: GraphElement,
    private readonly kind: SinkKind,
  ) {}

  abstract readonly values$: Observable<T>
  protected abstract attach(handle: ElementHandle): void
  protected abstract detach(): void
  protected abstract pump(): void
  protected abstract finish(error: Error | null): void
  protected abstract state(): { readonly ended: boolean; readonly wrong: string | null; readonly queued: number } | null
  abstract stats(): SinkStats | null

  protected get bounds(): Bounds {
    const { props } = this.element
    return { drop: String(props.drop) === 'true', most: Number(props['max-buffers'] ?? 0) || 0 }
  }

  /** The pipeline is made; before data flows. */
  open(handle: ElementHandle): void {
    this.handle = handle
    if (this.#wanted && !this.#over) this.attach(handle)
  }

  protected setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    if (this.#over || this.handle === null) return
    if (wanted) this.attach(this.handle)
    else this.detach()
  }

  /** Something waits in the tap, or it ended. */
  protected readonly onChange = (): void => {
    this.pump()
    const state = this.#over ? null : this.state()
    if (!state) return
    if (state.wrong !== null) this.end(this.#wrong(state.wrong))
    else if (state.ended && state.queued === 0) this.end(null)
  }

  #wrong(caps: string): RxGstError {
    const { name } = this.element
    const wanted = { pictures: 'raw pictures', sound: 'raw sound', packets: 'encoded packets' }[this.kind]
    const call = /^video\/x-raw/.test(caps) ? 'frames$' : /^audio\/x-raw/.test(caps) ? 'audio$' : 'packets$'
    const short = caps.length > 160 ? `${caps.slice(0, 160)}…` : caps
    return new RxGstError(
      'ERR_WRONG_MEDIA',
      `the appsink ${name} brings ${short}, not ${wanted}: read it with ${call}`,
      { element: name },
    )
  }

  /** What waits is given out first. */
  end(error: Error | null): void {
    if (this.#over) return
    this.pump()
    this.#over = true
    this.finish(error)
    this.detach()
  }
}

/** Options of frames$() of a running pipeline. */
export interface FramesOptions {
  /** Converted to it on the way; absent: as they come where that is a PixelFormat, else RGB. */
  readonly format?: PixelFormat
}

export class FrameStream extends SinkStream<VideoFrame> {
  #tap: VideoTap | null = null
  #budget: FrameBudget | null = null
  readonly #logger: Logger
  readonly #format: PixelFormat | null
  readonly #hub: MediaHub
  readonly values$: Observable<VideoFrame>

  constructor(element: GraphElement, { format }: FramesOptions, logger: Logger) {
    super(element, 'pictures')
    this.#logger = logger
    this.#format = format ?? null
    this.#hub = new MediaHub({ block: !this.bounds.drop, onDemand: ({ pictures }) => this.setWanted(pictures) })
    this.values$ = frames(() => this.#hub)
  }

  protected attach(handle: ElementHandle): void {
    const n = native()
    const timeline = new n.Timeline()
    timeline.startAt(0)
    const { drop, most } = this.bounds
    const policy = drop ? 'oldest' : 'block'
    const options: VideoTapOptions = {
      format: this.#format,
      width: 0,
      height: 0,
      fpsN: 0,
      fpsD: 1,
      capacity: Math.min(most || MOST_FRAMES, 1000),
      policy,
    }
    const remedy = 'close() each frame when done with it'
    this.#budget ??= new FrameBudget(this.element.name, DEFAULT_HELD_BYTES, this.#logger, remedy)
    const tap = new n.VideoTap(handle, timeline, options, this.onChange, this.#budget.account)
    this.#tap = tap
    this.#hub.setSource({
      readPictures: max => tap.read(max).map(toPicture),
      readSounds: () => [],
      soundExpected: false,
      wait: () => {},
    })
  }

  protected detach(): void {
    this.#tap?.close()
    this.#tap = null
    this.#hub.setSource(null)
  }

  protected pump(): void {
    const tap = this.#tap
    if (tap) this.#budget?.look(tap.stats().droppedHeld)
    this.#hub.pump()
  }

  protected finish(error: Error | null): void {
    this.#hub.end(error)
    this.#hub.dropRest()
  }

  protected state(): ReturnType<VideoTap['stats']> | null {
    return this.#tap?.stats() ?? null
  }

  stats(): SinkStats | null {
    const stats = this.#tap?.stats()
    return stats
      ? {
          received: stats.decoded,
          queued: stats.queued,
          dropped: stats.droppedQueue + stats.droppedHeld + stats.droppedBad,
        }
      : null
  }
}

export class AudioStream extends SinkStream<AudioChunk> {
  #tap: AudioTap | null = null
  readonly #hub: MediaHub
  readonly values$: Observable<AudioChunk>

  constructor(element: GraphElement) {
    super(element, 'sound')
    this.#hub = new MediaHub({ block: !this.bounds.drop, onDemand: ({ sound }) => this.setWanted(sound) })
    this.values$ = sounds(() => this.#hub)
  }

  protected attach(handle: ElementHandle): void {
    const n = native()
    const timeline = new n.Timeline()
    timeline.startAt(0)
    const tap = new n.AudioTap(handle, timeline, this.onChange)
    tap.setBlock(!this.bounds.drop)
    this.#tap = tap
    this.#hub.setSource({
      readPictures: () => [],
      readSounds: () => tap.read(),
      soundExpected: true,
      wait: () => {},
    })
  }

  protected detach(): void {
    this.#tap?.close()
    this.#tap = null
    this.#hub.setSource(null)
  }

  protected pump(): void {
    this.#hub.pump()
  }

  protected finish(error: Error | null): void {
    this.#hub.end(error)
    this.#hub.dropRest()
  }

  protected state(): ReturnType<AudioTap['stats']> | null {
    return this.#tap?.stats() ?? null
  }

  /** In samples per channel. */
  stats(): SinkStats | null {
    const stats = this.#tap?.stats()
    return stats ? { received: stats.received, queued: stats.queued, dropped: stats.dropped } : null
  }
}

export class PacketStream extends SinkStream<Packet> {
  #tap: PacketTap | null = null
  readonly #hub = new PacketHub(
    max => this.#tap?.read(max) ?? [],
    wanted => this.setWanted(wanted),
  )
  readonly values$ = this.#hub.packets$

  constructor(element: GraphElement) {
    super(element, 'packets')
  }

  protected attach(handle: ElementHandle): void {
    const { drop, most } = this.bounds
    this.#tap = new (native().PacketTap)(
      handle,
      { capacity: Math.min(most || MOST_PACKETS, 10_000), block: !drop },
      this.onChange,
    )
  }

  protected detach(): void {
    this.#tap?.close()
    this.#tap = null
  }

  protected pump(): void {
    this.#hub.pump()
  }

  protected finish(error: Error | null): void {
    this.#hub.end(error)
  }

  protected state(): ReturnType<PacketTap['stats']> | null {
    return this.#tap?.stats() ?? null
  }

  stats(): SinkStats | null {
    const stats = this.#tap?.stats()
    return stats ? { received: stats.received, queued: stats.queued, dropped: stats.dropped } : null
  }
}
