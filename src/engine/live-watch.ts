import { systemClock, type Clock } from '../core/clock'
import { RxGstError } from '../core/errors'
import { Watchdog, type Observation } from '../core/watchdog'
import type { PadCounts, Standstill } from '../addon/pipeline'
import { lastElements, liveSources } from '../pipelines/live'
import type { Graph } from '../pipelines/graph/graph'

/** What is asked of a pipeline. */
export interface Watched {
  pads(element: string): { readonly now: readonly string[] }
  counts(pad: string): PadCounts | null
  standstill(): Standstill | null
  held(source: string): boolean
}

export interface LiveWatchEvents {
  /** Every end of the graph has had its first buffer. Once. */
  onStarted(): void
  /** It stands still, and would for ever, or a source has fallen silent. Once. */
  onDead(error: RxGstError): void
}

export interface LiveWatchOptions {
  /** ms after which a standstill is told; 3000 at most. */
  readonly patience: number
  /** ms without a byte from a source that has brought some; Infinity: it may be silent. */
  readonly stallTimeout: number
}

/** What a source has brought; `held`: that is being taken just now. */
interface SourceObservation extends Observation {
  readonly buffers: number
  readonly held: boolean
}

/** Where the graph stands still; null: nowhere. */
interface GraphObservation extends Observation {
  readonly at: Standstill | null
}

/** ms between two looks while it starts, and then. */
const START_INTERVAL = 50
const INTERVAL = 500
/** As long as this nothing at all has moved in a graph that stands still, ms: a busy machine is no standstill. */
const STANDSTILL = 3000

/**
 * Looks at a live graph: when all of it runs, since none of its sinks tells, and whether an element waits for what can
 * never come. JS thread, a few pads a look.
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
      patience: Math.min(STANDSTILL, options.patience),
      isWell: ({ at }, last) => at === null || last.at === null || !isSame(last.at, at),
    })
    this.#later()
  }

  /** Names of the ends that have had nothing so far. */
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
    this.#timer = this.#clock.setTimeout(() => this.#look(), this.#started ? INTERVAL : START_INTERVAL)
  }

  #look(): void {
    if (!this.#started && this.waiting.length === 0) {
      this.#started = true
      this.#events.onStarted()
    }
    if (!this.#disposed) this.#judge(this.#watched.standstill())
    if (!this.#disposed) this.#listen()
    this.#later()
  }

  #judge(at: Standstill | null): void {
    if (this.#still.overdue({ now: this.#clock.now(), at }) && at !== null) this.#die(standstill(at))
  }

  /** A publisher that leaves without a goodbye, or is frozen, is not told by its server; librtmp tells no end. */
  #listen(): void {
    const now = this.#clock.now()
    const { stallTimeout } = this.#options
    for (const name of liveSources(this.#graph)) {
      const { buffers, ended } = this.#brought(name)
      if (buffers === 0 || ended) continue
      const silence = this.#silences.get(name) ?? newSilence(stallTimeout)
      this.#silences.set(name, silence)
      if (silence.overdue({ now, buffers, held: this.#watched.held(name) }) === null) continue
      const text = `no bytes from ${name} for ${stallTimeout} ms`
      return this.#die(new RxGstError('ERR_STALLED', text, { element: name }))
    }
  }

  /** Over all pads that it has now: uridecodebin has one for each stream. */
  #brought(source: string): { readonly buffers: number; readonly ended: boolean } {
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
  return new Watchdog({ patience, isWell: ({ buffers, held }, last) => held || buffers !== last.buffers })
}

function isSame(a: Standstill, b: Standstill): boolean {
  return a.held === b.held && a.starved === b.starved && a.buffers === b.buffers
}

/** In words: where it waits, for what, and what to change. */
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
