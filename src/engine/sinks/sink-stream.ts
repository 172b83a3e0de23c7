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
 * The bounds of an appsink's queue, by its own properties. As in GStreamer, a full queue makes the stream wait, unless
 * `drop` is set.
 */
interface Bounds {
  readonly drop: boolean
  /** Buffers; 0: not set. */
  readonly most: number
}

const MOST_FRAMES = 10
const MOST_PACKETS = 200

/** Counters of one appsink that a program reads: pictures, packets, or samples per channel of sound. */
export interface SinkStats {
  /** Those that have come out of the appsink. */
  readonly received: number
  /** Those that wait for readers now. */
  readonly queued: number
  /** Those that were lost: to slow readers, for lack of memory, or as unusable. */
  readonly dropped: number
}

/** Counters that every tap has. */
interface TapStats {
  readonly ended: boolean
  /** Caps of data that the tap cannot read. */
  readonly wrong: string | null
  readonly queued: number
}

/** What a pipeline is to its taps. */
export interface Opening {
  /** What is added to its running times, µs. */
  readonly offsetUs: number
  /** Whether another pipeline may follow: then end-of-stream at one appsink ends nothing. */
  readonly goesOn: boolean
}

interface Tap<S> {
  stats(): S
  close(): void
}

/**
 * The stream of one appsink in one form. A tap is attached while the stream has subscribers; without one, GStreamer
 * drops the data. Hot: a subscriber from before start() gets everything.
 */
export abstract class SinkStream<T, S extends TapStats = TapStats> {
  #handle: ElementHandle | null = null
  #opening: Opening = { offsetUs: 0, goesOn: false }
  #tap: Tap<S> | null = null
  /** Counters of the taps that are closed: whoever reads later goes on with them. */
  #closed: SinkStats = { received: 0, queued: 0, dropped: 0 }
  #wanted = false
  #over = false

  protected constructor(
    protected readonly element: GraphElement,
    private readonly kind: SinkKind,
  ) {}

  abstract readonly values$: Observable<T>
  /** Attaches a tap, and makes it the hub's source. */
  protected abstract newTap(handle: ElementHandle): Tap<S>
  protected abstract readonly hub: Pick<MediaHub, 'pump' | 'lose' | 'end'>
  protected abstract count(stats: S): SinkStats
  /** Called when the tap is closed. @param goesOn whether values that wait stay for another tap's */
  protected detached(_goesOn: boolean): void {}
  /** Called when a picture found no memory. */
  protected onHeld?(stats: S): void

  protected get offsetUs(): number {
    return this.#opening.offsetUs
  }

  protected get bounds(): Bounds {
    const { props } = this.element
    return { drop: String(props.drop) === 'true', most: Number(props['max-buffers'] ?? 0) || 0 }
  }

  /** Called when the pipeline is built, before data flows. */
  open(handle: ElementHandle, opening: Opening): void {
    this.#handle = handle
    this.#opening = opening
    if (this.#wanted && !this.#over) this.#attach(handle)
  }

  /** The pipeline is lost, and another one follows: gives out what waits. */
  lose(): void {
    this.#handle = null
    if (this.#over || !this.#tap) return
    this.hub.lose()
    this.#detach(true)
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
      this.detached(false)
      throw error
    }
  }

  #detach(goesOn = false): void {
    this.#closed = { ...this.#sum(), queued: 0 }
    this.#tap?.close()
    this.#tap = null
    this.detached(goesOn)
  }

  /** @param changes bits of CHANGE; after `wrong` and `ended` no readable data follows */
  protected readonly onChange = (changes: number): void => {
    if (changes & CHANGE.held && this.#tap) this.onHeld?.(this.#tap.stats())
    if (!(changes & (CHANGE.wrong | CHANGE.ended))) return
    this.hub.pump()
    const state = this.#over ? null : this.#tap?.stats()
    if (!state) return
    if (state.wrong !== null) this.end(this.#wrong(state.wrong))
    else if (state.ended && state.queued === 0 && !this.#opening.goesOn) this.end(null)
  }

  #wrong(caps: string): RxGstError {
    const { name } = this.element
    const wanted = { pictures: 'raw pictures', audio: 'raw sound', packets: 'encoded packets' }[this.kind]
    const call = /^video\/x-raw/.test(caps) ? 'frames$' : /^audio\/x-raw/.test(caps) ? 'audio$' : 'packets$'
    const short = caps.length > 160 ? `${caps.slice(0, 160)}…` : caps
    return new RxGstError('ERR_WRONG_MEDIA', `the appsink ${name} gets ${short}, not ${wanted}: read it with ${call}`, {
      element: name,
    })
  }

  /** Gives out the values that wait, then ends the stream. */
  end(error: Error | null): void {
    if (this.#over) return
    this.hub.pump()
    this.#over = true
    this.hub.end(error)
    this.#detach()
  }

  /** Of the whole run. null: nobody has read so far. */
  stats(): SinkStats | null {
    const sum = this.#sum()
    // A reader of the wrong kind got nothing, and hides nobody's counters.
    return this.#tap || sum.received > 0 ? sum : null
  }

  #sum(): SinkStats {
    const stats = this.#tap?.stats()
    if (!stats) return this.#closed
    const { received, queued, dropped } = this.count(stats)
    return { received: this.#closed.received + received, queued, dropped: this.#closed.dropped + dropped }
  }
}

/** Options of frames$() of a running pipeline. */
export interface FramesOptions {
  /** Format to convert the pictures to. Absent: their own where that is a PixelFormat, else RGB. */
  readonly format?: PixelFormat
}

/** A stream of pictures or of sound, which a MediaHub hands out. */
abstract class MediaStream<T, S extends TapStats> extends SinkStream<T, S> {
  protected readonly hub = new MediaHub({
    block: !this.bounds.drop,
    onDemand: ({ pictures, audio }) => this.setWanted(pictures || audio),
  })

  /** A source that reports its end after the hub has handed out what waits. */
  protected newSource(audioExpected: boolean): TapSource {
    const onChange = (changes: number): void => this.onChange(changes & ~CHANGE.ended)
    return new TapSource({ onChange, onEnded: () => this.onChange(CHANGE.ended) }, () => audioExpected)
  }

  #timeline: Timeline | undefined

  /** Of the same clock for all taps, which numbers the pictures. */
  protected newTimeline(): Timeline {
    const timeline = new (native().Timeline)(this.#timeline)
    timeline.startAt(this.offsetUs)
    this.#timeline = timeline
    return timeline
  }

  protected override detached(goesOn: boolean): void {
    this.hub.setSource(null)
    if (!goesOn) this.hub.dropRest()
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

  protected override onHeld({ droppedHeld }: VideoTapStats): void {
    this.#budget.check(droppedHeld)
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

  /** Counters in samples per channel. */
  protected count({ received, queued, dropped }: AudioTapStats): SinkStats {
    return { received, queued, dropped }
  }
}

export class PacketStream extends SinkStream<Packet, PacketTapStats> {
  #packets: PacketTap | null = null
  #changes: Changes | null = null
  protected readonly hub = new PacketHub(
    max => this.#read(max),
    wanted => this.setWanted(wanted),
  )
  readonly values$ = this.hub.packets$

  constructor(element: GraphElement) {
    super(element, 'packets')
  }

  #read(max: number): readonly Packet[] {
    const packets = this.#packets?.read(max) ?? []
    const { offsetUs } = this
    if (offsetUs === 0) return packets
    const later = (us: number | null): number | null => (us === null ? null : us + offsetUs)
    return packets.map(one => ({ ...one, timestamp: later(one.timestamp), dts: later(one.dts) }))
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
