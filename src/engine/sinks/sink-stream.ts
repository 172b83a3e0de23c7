import type { Observable } from 'rxjs'
import { RxGstError } from '../../core/errors'
import { DEFAULT_HELD_BYTES } from '../../core/video-options'
import type { AudioChunk, Logger, PixelFormat, VideoFrame } from '../../core/types'
import type { Packet } from '../../core/pipeline-types'
import { native } from '../../addon/binding'
import type { Timeline } from '../../addon/capture'
import type { ElementHandle } from '../../addon/gst'
import { CHANGE, type Changes } from '../../addon/js'
import type { AudioTapStats, PacketTap, PacketTapStats, VideoTapOptions, VideoTapStats } from '../../addon/tap'
import { frames } from '../../observables/frames'
import { MediaHub } from '../../observables/media-hub'
import { PacketHub } from '../../observables/packets'
import { audio } from '../../observables/audio'
import type { GraphElement } from '../../pipelines/graph/graph'
import { FrameBudget } from './frame-budget'
import { TapSource } from './tap-source'

export type SinkKind = 'pictures' | 'audio' | 'packets'

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

/** What every tap tells; the other counters are its own. */
interface TapStats {
  readonly ended: boolean
  /** The caps of what it cannot give out. */
  readonly wrong: string | null
  readonly queued: number
}

interface Tap<S> {
  stats(): S
  close(): void
}

/**
 * One appsink read in one way: attached to it while somebody is subscribed. Until then, and afterwards, what comes is
 * let go of in C. Hot: who subscribes before start() gets everything.
 */
export abstract class SinkStream<T, S extends TapStats = TapStats> {
  #handle: ElementHandle | null = null
  #tap: Tap<S> | null = null
  #wanted = false
  #over = false

  protected constructor(
    protected readonly element: GraphElement,
    private readonly kind: SinkKind,
  ) {}

  abstract readonly values$: Observable<T>
  /** Attached, and what it gives handed to the hub. */
  protected abstract newTap(handle: ElementHandle): Tap<S>
  protected abstract readonly hub: Pick<MediaHub, 'pump' | 'end'>
  protected abstract count(stats: S): SinkStats
  /** The tap is gone. */
  protected detached(): void {}
  /** A picture found no memory. */
  protected look?(stats: S): void

  protected get bounds(): Bounds {
    const { props } = this.element
    return { drop: String(props.drop) === 'true', most: Number(props['max-buffers'] ?? 0) || 0 }
  }

  /** The pipeline is made; before data flows. */
  open(handle: ElementHandle): void {
    this.#handle = handle
    if (this.#wanted && !this.#over) this.#attach(handle)
  }

  protected setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    if (this.#over || this.#handle === null) return
    if (wanted) this.#attach(this.#handle)
    else this.#detach()
  }

  #attach(handle: ElementHandle): void {
    try {
      this.#tap = this.newTap(handle)
    } catch (error) {
      this.detached()
      throw error
    }
  }

  #detach(): void {
    this.#tap?.close()
    this.#tap = null
    this.detached()
  }

  /** `changes`: bits of CHANGE; after two of them nothing that can be read follows. */
  protected readonly onChange = (changes: number): void => {
    if (changes & CHANGE.held && this.#tap) this.look?.(this.#tap.stats())
    if (!(changes & (CHANGE.wrong | CHANGE.ended))) return
    this.hub.pump()
    const state = this.#over ? null : this.#tap?.stats()
    if (!state) return
    if (state.wrong !== null) this.end(this.#wrong(state.wrong))
    else if (state.ended && state.queued === 0) this.end(null)
  }

  #wrong(caps: string): RxGstError {
    const { name } = this.element
    const wanted = { pictures: 'raw pictures', audio: 'raw sound', packets: 'encoded packets' }[this.kind]
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
    this.hub.pump()
    this.#over = true
    this.hub.end(error)
    this.#detach()
  }

  stats(): SinkStats | null {
    const stats = this.#tap?.stats()
    return stats ? this.count(stats) : null
  }
}

/** Options of frames$() of a running pipeline. */
export interface FramesOptions {
  /** Converted to it on the way; absent: as they come where that is a PixelFormat, else RGB. */
  readonly format?: PixelFormat
}

/** Pictures or sound: what a hub hands round. */
abstract class MediaStream<T, S extends TapStats> extends SinkStream<T, S> {
  protected readonly hub = new MediaHub({
    block: !this.bounds.drop,
    onDemand: ({ pictures, audio }) => this.setWanted(pictures || audio),
  })

  /** Its end is told after what waits has been handed out. */
  protected newSource(audioExpected: boolean): TapSource {
    const onChange = (changes: number): void => this.onChange(changes & ~CHANGE.ended)
    return new TapSource({ onChange, onEnded: () => this.onChange(CHANGE.ended) }, () => audioExpected)
  }

  protected newTimeline(): Timeline {
    const timeline = new (native().Timeline)()
    timeline.startAt(0)
    return timeline
  }

  protected override detached(): void {
    this.hub.setSource(null)
    this.hub.dropRest()
  }
}

export class FrameStream extends MediaStream<VideoFrame, VideoTapStats> {
  readonly #budget: FrameBudget
  readonly #format: PixelFormat | null
  readonly values$ = frames(() => this.hub)

  constructor(element: GraphElement, { format }: FramesOptions, logger: Logger) {
    super(element, 'pictures')
    this.#format = format ?? null
    this.#budget = new FrameBudget(element.name, DEFAULT_HELD_BYTES, logger, 'close() each frame when done with it')
  }

  protected newTap(handle: ElementHandle): Tap<VideoTapStats> {
    const { drop, most } = this.bounds
    const options: VideoTapOptions = {
      format: this.#format,
      width: 0,
      height: 0,
      fpsN: 0,
      fpsD: 1,
      capacity: Math.min(most || MOST_FRAMES, 1000),
      policy: drop ? 'oldest' : 'block',
    }
    const source = this.newSource(false)
    const tap = source.openVideo(handle, this.newTimeline(), options, this.#budget.account)
    this.hub.setSource(source)
    return { stats: () => tap.stats(), close: () => source.close() }
  }

  protected override look({ droppedHeld }: VideoTapStats): void {
    this.#budget.look(droppedHeld)
  }

  protected count({ decoded, queued, droppedQueue, droppedHeld, droppedBad }: VideoTapStats): SinkStats {
    return { received: decoded, queued, dropped: droppedQueue + droppedHeld + droppedBad }
  }
}

export class AudioStream extends MediaStream<AudioChunk, AudioTapStats> {
  readonly values$ = audio(() => this.hub)

  constructor(element: GraphElement) {
    super(element, 'audio')
  }

  protected newTap(handle: ElementHandle): Tap<AudioTapStats> {
    const source = this.newSource(true)
    const tap = source.openAudio(handle, this.newTimeline())
    tap.setBlock(!this.bounds.drop)
    this.hub.setSource(source)
    return { stats: () => tap.stats(), close: () => source.close() }
  }

  /** In samples per channel. */
  protected count({ received, queued, dropped }: AudioTapStats): SinkStats {
    return { received, queued, dropped }
  }
}

export class PacketStream extends SinkStream<Packet, PacketTapStats> {
  #packets: PacketTap | null = null
  #changes: Changes | null = null
  protected readonly hub = new PacketHub(
    max => this.#packets?.read(max) ?? [],
    wanted => this.setWanted(wanted),
  )
  readonly values$ = this.hub.packets$

  constructor(element: GraphElement) {
    super(element, 'packets')
  }

  protected newTap(handle: ElementHandle): PacketTap {
    const { drop, most } = this.bounds
    const options = { capacity: Math.min(most || MOST_PACKETS, 10_000), block: !drop }
    this.#changes = new (native().Changes)(changes => {
      this.hub.pump()
      this.onChange(changes)
    })
    this.#packets = new (native().PacketTap)(handle, options, this.#changes)
    return this.#packets
  }

  protected override detached(): void {
    this.#changes?.close()
    this.#changes = null
    this.#packets = null
  }

  protected count({ received, queued, dropped }: PacketTapStats): SinkStats {
    return { received, queued, dropped }
  }
}
