import { Observable } from 'rxjs'
import { checkOneOf, checkRecord } from '../../core/check'
import { RxGstError } from '../../core/errors'
import { PIXEL_FORMATS } from '../../core/pixel-format'
import type { Packet } from '../../core/pipeline-types'
import type { AudioChunk, Logger, VideoFrame } from '../../core/types'
import type { GraphElement } from '../../pipelines/graph/graph'
import type { Runner } from '../runner'
import {
  AudioStream,
  FrameStream,
  PacketStream,
  type FramesOptions,
  type Opening,
  type SinkStats,
  type SinkStream,
} from './sink-stream'

/** An appsink that is read in one form. */
interface ReadSink {
  readonly name: string
  readonly stream: SinkStream<unknown>
}

/** The streams of a graph's appsinks: one for each appsink and each form in which a program reads it. */
export class SinkStreams {
  readonly #element: (name: string) => GraphElement
  readonly #logger: Logger
  /** By name and form. */
  readonly #all = new Map<string, ReadSink>()
  /** null: no pipeline is open. */
  #open: { readonly runner: Runner; readonly opening: Opening } | null = null
  #over: { readonly error: RxGstError | null } | null = null

  /** @param element finds an element by its name, or throws */
  constructor(element: (name: string) => GraphElement, logger: Logger) {
    this.#element = element
    this.#logger = logger
  }

  frames$(name: string, options: FramesOptions): Observable<VideoFrame> {
    return this.#read(name, () => {
      const { format } = checkRecord('options', options, ['format']) as FramesOptions
      if (format !== undefined) checkOneOf('format', format, PIXEL_FORMATS)
      return [format ?? 'pictures', element => new FrameStream(element, { format }, this.#logger)]
    })
  }

  audio$(name: string): Observable<AudioChunk> {
    return this.#read(name, () => ['audio', element => new AudioStream(element)])
  }

  packets$(name: string): Observable<Packet> {
    return this.#read(name, () => ['packets', element => new PacketStream(element)])
  }

  /** Errors in the call of frames$() and its like become errors of the observable. */
  #read<T>(name: string, how: () => [form: string, make: (element: GraphElement) => SinkStream<T>]): Observable<T> {
    return new Observable<T>(subscriber => {
      const [form, make] = how()
      const element = this.#element(name)
      if (element.factory !== 'appsink') {
        throw new RxGstError('ERR_WRONG_MEDIA', `${name} is a ${element.factory}: a program reads from an appsink`, {
          element: name,
        })
      }
      // Unambiguous, since a form has no space.
      const key = `${form} ${name}`
      const known = this.#all.get(key)?.stream as SinkStream<T> | undefined
      const stream = known ?? make(element)
      if (!known) {
        if (this.#over) stream.end(this.#over.error)
        else if (this.#open) stream.open(this.#open.runner.element(name), this.#open.opening)
        this.#all.set(key, { name, stream: stream as SinkStream<unknown> })
      }
      return stream.values$.subscribe(subscriber)
    })
  }

  /** Called when the pipeline is built, before data flows. */
  open(runner: Runner, opening: Opening): void {
    this.#open = { runner, opening }
    for (const { name, stream } of this.#all.values()) stream.open(runner.element(name), opening)
  }

  /** The pipeline is lost, and another one follows. */
  lose(): void {
    this.#open = null
    for (const { stream } of this.#all.values()) stream.lose()
  }

  /** Running time of the last value of all appsinks that are read, µs; null: there was none. */
  lastRunning(runner: Runner): number | null {
    const times = [...this.#all.values()].flatMap(({ name }) => runner.counts(`${name}.sink`)?.lastRunning ?? [])
    return times.length > 0 ? Math.max(...times) : null
  }

  end(error: RxGstError | null): void {
    this.#over = { error }
    for (const { stream } of this.#all.values()) stream.end(error)
  }

  /** By name: an appsink that is read in several forms has received what its most eager reader has. */
  stats(): Record<string, SinkStats> {
    const known = new Map<string, SinkStats>()
    for (const { name, stream } of this.#all.values()) {
      const stats = stream.stats()
      if (stats) known.set(name, together(known.get(name), stats))
    }
    return Object.fromEntries(known)
  }

  /** Pictures and packets that slow readers lost. Sound is left out, since its unit is samples. */
  get dropped(): number {
    const counted = [...this.#all.values()].filter(({ stream }) => !(stream instanceof AudioStream))
    return counted.reduce((sum, { stream }) => sum + (stream.stats()?.dropped ?? 0), 0)
  }
}

function together(one: SinkStats | undefined, other: SinkStats): SinkStats {
  return one === undefined
    ? other
    : {
        received: Math.max(one.received, other.received),
        queued: one.queued + other.queued,
        dropped: one.dropped + other.dropped,
      }
}
