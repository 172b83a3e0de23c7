import type { Clock } from '../../core/clock'
import { withAwakePatience, withPatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { RxGstError } from '../../core/errors'
import { Ticker } from '../../core/ticker'
import { Watchdog, type Observation } from '../../core/watchdog'
import { native } from '../../addon/binding'
import type { NativeRecorder, PacketListener, RecorderStats } from '../../addon/record'
import path from 'node:path'
import { TrafficWatch } from '../output/traffic-watch'
import { INDEX_NAME } from './index-file'
import type { Library } from './library'
import type { RecordTarget } from './record'

/** Packets that wait for a slow disk: more than a minute of 4 Mbit/s. */
const MOST_QUEUED_BYTES = 32 * 1024 * 1024
const WATCH_INTERVAL_MS = 250
/** Time in which opening a folder must get on by a step: a disk may have to turn up first. */
const OPENING_MS = 10_000
/** A longer gap between two looks counts as this: a process that stood still has not waited for the disk. */
const MOST_GAP_MS = 1000

interface Opening extends Observation {
  readonly steps: number
}

export interface WritingOptions {
  readonly target: RecordTarget
  readonly library: Library
  /** Time in which a writer that has packets must get on with them, ms. */
  readonly stallTimeout: number
  readonly clock: Clock
}

export interface WritingEvents {
  /** The folder can be written: packets may come. */
  onReady(listener: PacketListener): void
  onLost(error: RxGstError): void
}

const NONE: RecorderStats = {
  packets: 0,
  bytes: 0,
  dropped: 0,
  handled: 0,
  written: 0,
  present: 0,
  queueMs: 0,
  locked: false,
  ready: false,
  over: false,
  error: null,
  errorText: '',
}

/**
 * One time of writing into the folder of a recording: from its begin to its end, or to an error of the disk. Whoever
 * has the lock of the folder reads its index and removes files there, and nobody else.
 */
export class Writing {
  readonly #options: WritingOptions
  readonly #events: WritingEvents
  readonly #ticker: Ticker
  readonly #traffic: TrafficWatch
  readonly #opening: Watchdog<Opening>
  readonly #ended = deferred()
  #steps = 0
  #loading: Promise<void> | null = null
  #ending: Promise<void> | null = null
  #recorder: NativeRecorder | null = null
  #ready = false
  #over = false
  #final: RecorderStats | null = null

  constructor(options: WritingOptions, events: WritingEvents) {
    this.#options = options
    this.#events = events
    this.#ticker = new Ticker(options.clock, WATCH_INTERVAL_MS, () => this.#watch())
    this.#traffic = new TrafficWatch(options.stallTimeout)
    this.#opening = new Watchdog({
      patience: Math.max(OPENING_MS, options.stallTimeout),
      mostGap: MOST_GAP_MS,
      isWell: (look, last) => look.steps !== last.steps,
    })
  }

  get stats(): RecorderStats {
    return this.#final ?? this.#recorder?.stats() ?? NONE
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { target, library } = this.#options
    this.#ticker.start()
    await library.free
    if (this.#over) return
    this.#steps++
    const { folder, pattern, format } = target.place
    const options = {
      folder,
      pattern,
      format,
      segmentMs: target.segmentMs,
      indexPath: path.join(folder, INDEX_NAME),
      mostBytes: MOST_QUEUED_BYTES,
    }
    try {
      this.#recorder = new (native().Recorder)(options, () => this.#look())
    } catch (error) {
      return this.#lose(this.#diskError(false, error))
    }
    library.hold(this.#ended.promise)
    this.#recorder.start()
  }

  /** The recorder has news. */
  #look(): void {
    const recorder = this.#recorder
    if (!recorder) return
    const { library } = this.#options
    // Before the news: a writer that is over by then has told all of them.
    const stats = recorder.stats()
    library.note(recorder.take())
    if (stats.over) return this.#leave(recorder, stats)
    if (this.#over) return
    if (stats.locked) this.#loading ??= this.#load(recorder)
    if (!stats.ready || this.#ready) return
    this.#ready = true
    library.use(recorder)
    this.#events.onReady(recorder.listener())
  }

  async #load(recorder: NativeRecorder): Promise<void> {
    const step = (): void => {
      this.#steps++
      if (this.#over) throw new RxGstError('ERR_ABORTED', 'the recording was stopped')
    }
    try {
      recorder.begin(await this.#options.library.load(step))
      this.#steps++
    } catch (error) {
      this.#lose(this.#diskError((error as NodeJS.ErrnoException).code === 'ENOSPC', error))
    }
  }

  /** The writer has ended, and the folder is free. */
  #leave(recorder: NativeRecorder, stats: RecorderStats): void {
    const { folder } = this.#options.library
    this.#final ??= { ...stats, present: 0 }
    this.#recorder = null
    recorder.close()
    this.#ended.resolve()
    if (stats.error === 'taken') this.#lose(new RxGstError('ERR_RECORD', `another recording writes into ${folder}`))
    else if (stats.error !== null) this.#lose(this.#diskError(stats.error === 'full', new Error(stats.errorText)))
  }

  #diskError(full: boolean, cause: unknown): RxGstError {
    const why = cause instanceof Error ? cause.message : String(cause)
    const { folder } = this.#options.library
    return new RxGstError(full ? 'ERR_DISK_FULL' : 'ERR_RECORD', `${folder} cannot be written: ${why}`, { cause })
  }

  /** A disk that hangs reports nothing. */
  #watch(): void {
    if (this.#over) return
    const { clock, stallTimeout, library } = this.#options
    const now = clock.now()
    if (!this.#ready) {
      if (!this.#opening.overdue({ now, steps: this.#steps })) return
      return this.#lose(new RxGstError('ERR_STALLED', `${library.folder} does not open: its disk hangs`))
    }
    if (!this.#recorder) return
    const { packets, handled } = this.#recorder.stats()
    if (!this.#traffic.hangs({ now, packets, bytes: handled })) return
    this.#lose(new RxGstError('ERR_STALLED', `${library.folder} took nothing for ${stallTimeout} ms`))
  }

  #lose(error: RxGstError): void {
    const isFirst = !this.#over
    this.#finish()
    if (isFirst) this.#events.onLost(error)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#ticker.stop()
    this.#options.library.use(null)
  }

  /** Waits until all that has come is written, after the end of the packets. */
  async drain(deadline: number): Promise<void> {
    if (!this.#recorder || !this.#ready) return
    await withAwakePatience(this.#ended.promise, deadline, undefined, this.#options.clock)
  }

  /** Ends the segment and the writer. One that a disk holds up ends by itself, and keeps the folder until then. */
  async stop(deadline: number): Promise<void> {
    this.#finish()
    if (!this.#recorder) return
    this.#ending ??= this.#end(this.#recorder)
    await withPatience(this.#ending, deadline, undefined, this.#options.clock)
    // What the wake-up has not told yet.
    this.#look()
    if (!this.#recorder) return
    this.#final ??= { ...this.#recorder.stats(), present: 0 }
    this.#recorder.unref()
  }

  /** What JavaScript does in the folder ends before its lock does. */
  async #end(recorder: NativeRecorder): Promise<void> {
    await this.#loading
    recorder.finish()
    await this.#ended.promise
  }
}
