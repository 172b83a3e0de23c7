import { systemClock, type Clock } from '../core/clock'
import { RxGstError } from '../core/errors'
import { Watchdog, type Observation } from '../core/watchdog'
import type { PadCounts, Standstill } from '../addon/pipeline'
import { lastElements, liveSources } from '../pipelines/live'
import type { Graph } from '../pipelines/graph/graph'

/** The watch's view of a pipeline. */
export interface Watched {
  pads(element: string): { readonly now: readonly string[] }
  counts(pad: string): PadCounts | null
  standstill(): Standstill | null
  held(source: string): boolean
}

export interface LiveWatchEvents {
  /** Every last element of the graph has had its first buffer. Called once. */
  onStarted(): void
  /** The graph stands still for ever, or a source has stalled. Called once. */
  onDead(error: RxGstError): void
}

export interface LiveWatchOptions {
  /** Time after which a standstill is reported; STANDSTILL_MS at most. */
  readonly patienceMs: number
  /** Longest time without a byte from a source that has given some, ms; Infinity: for ever. */
  readonly stallTimeout: number
}

/** The buffers that a source has given; `held`: downstream elements still work on the last one. */
interface SourceObservation extends Observation {
  readonly buffers: number
  readonly held: boolean
}

/** Place where the graph stands still; null: nowhere. */
interface GraphObservation extends Observation {
  readonly at: Standstill | null
}

/** Interval while the graph starts. */
const START_INTERVAL_MS = 50
/** Interval afterwards. */
const INTERVAL_MS = 500
/** For a standstill, nothing may have moved for this long: a graph on a busy machine is only slow. */
const STANDSTILL_MS = 3000
/** Most of the time between two looks that counts: in a longer time the whole process stood still. */
const LONGEST_GAP_MS = 1000

/**
 * The watch of a live graph. It notices when the whole graph runs, which no sink of a live graph reports, and when an
 * element waits for something that can never come. JS thread; each look reads a few pads.
 */
export class LiveWatch implements Disposable {
  readonly #graph: Graph
  readonly #watched: Watched
  readonly #events: LiveWatchEvents
  readonly #options: LiveWatchOptions
  readonly #clock: Clock
  #timer: unknown = null
  #started = false
  #disposed = false
  readonly #silences = new Map<string, Watchdog<SourceObservation>>()
  readonly #still: Watchdog<GraphObservation>

  constructor(
    graph: Graph,
    watched: Watched,
    events: LiveWatchEvents,
    options: LiveWatchOptions,
    clock: Clock = systemClock,
  ) {
    this.#graph = graph
    this.#watched = watched
    this.#events = events
    this.#options = options
    this.#clock = clock
    this.#still = new Watchdog({
      patience: Math.min(STANDSTILL_MS, options.patienceMs),
      mostGap: LONGEST_GAP_MS,
      isWell: ({ at }, last) => at === null || last.at === null || !isSame(last.at, at),
    })
    this.#later()
  }

  /** Names of the last elements that have had no buffer yet. */
  get waiting(): readonly string[] {
    return lastElements(this.#graph)
      .map(({ name }) => name)
      .filter(name => !this.#hasBegun(name))
  }

  #hasBegun(name: string): boolean {
    const pads = this.#watched.pads(name).now.map(pad => this.#watched.counts(`${name}.${pad}`))
    return pads.length > 0 && pads.every(counts => counts !== null && (counts.buffers > 0 || counts.ended))
  }

  #later(): void {
    if (this.#disposed) return
    this.#timer = this.#clock.setTimeout(() => this.#look(), this.#started ? INTERVAL_MS : START_INTERVAL_MS)
  }

  #look(): void {
    if (!this.#started && this.waiting.length === 0) {
      this.#started = true
      this.#events.onStarted()
    }
    if (!this.#disposed) this.#lookAtStandstill(this.#watched.standstill())
    if (!this.#disposed) this.#lookAtSources()
    this.#later()
  }

  #lookAtStandstill(at: Standstill | null): void {
    if (this.#still.overdue({ now: this.#clock.now(), at }) && at !== null) this.#die(standstill(at))
  }

  /** A server does not report a publisher that vanishes or freezes, and librtmp does not report the end. */
  #lookAtSources(): void {
    const now = this.#clock.now()
    const { stallTimeout } = this.#options
    for (const name of liveSources(this.#graph)) {
      const { buffers, ended } = this.#givenBy(name)
      if (buffers === 0 || ended) continue
      const silence = this.#silences.get(name) ?? newSilence(stallTimeout)
      this.#silences.set(name, silence)
      if (silence.overdue({ now, buffers, held: this.#watched.held(name) }) === null) continue
      const text = `no bytes from ${name} for ${stallTimeout} ms`
      return this.#die(new RxGstError('ERR_STALLED', text, { element: name }))
    }
  }

  /** Buffers of a source over all its present pads: uridecodebin has one for each stream. */
  #givenBy(source: string): { readonly buffers: number; readonly ended: boolean } {
    const pads = this.#watched.pads(source).now.flatMap(pad => this.#watched.counts(`${source}.${pad}`) ?? [])
    return {
      buffers: pads.reduce((sum, { buffers }) => sum + buffers, 0),
      ended: pads.every(({ ended }) => ended),
    }
  }

  #die(error: RxGstError): void {
    this[Symbol.dispose]()
    this.#events.onDead(error)
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#clock.clearTimeout(this.#timer)
  }
}

function newSilence(patience: number): Watchdog<SourceObservation> {
  return new Watchdog({
    patience,
    mostGap: LONGEST_GAP_MS,
    isWell: ({ buffers, held }, last) => held || buffers !== last.buffers,
  })
}

function isSame(a: Standstill, b: Standstill): boolean {
  return a.held === b.held && a.starved === b.starved && a.buffers === b.buffers
}

/** The error of a standstill: where the graph waits, for what, and what to change. */
export function standstill({ held, starved, queue }: Standstill): RxGstError {
  const [element] = held.split('.') as [string]
  const same = starved.startsWith(`${element}.`)
  const who = same ? `${held} waits for ${starved}` : `${held} waits for its first buffer together with ${starved}`
  const remedy =
    queue !== null
      ? `the queue ${queue} is full: raise its max-size-time, max-size-bytes and max-size-buffers (0: no limit)`
      : same
        ? `put a queue before each pad of ${element}`
        : `put a queue before ${element}, or set its async to false`
  const text = `the graph stands still: ${who}, and what would bring that waits as well; ${remedy}`
  return new RxGstError('ERR_STANDSTILL', text, { element })
}
