import type { Clock } from '../../core/clock'
import { withPatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { asRxGstError, RxGstError } from '../../core/errors'
import { Ticker } from '../../core/ticker'
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
  ready: false,
  over: false,
  error: null,
  errorText: '',
}

/** One time of writing into the folder of a recording: from its begin to its end, or to an error of the disk. */
export class Writing {
  readonly #options: WritingOptions
  readonly #events: WritingEvents
  readonly #ticker: Ticker
  readonly #traffic: TrafficWatch
  readonly #ended = deferred()
  #recorder: NativeRecorder | null = null
  #ready = false
  #over = false
  #final: RecorderStats | null = null

  constructor(options: WritingOptions, events: WritingEvents) {
    this.#options = options
    this.#events = events
    this.#ticker = new Ticker(options.clock, WATCH_INTERVAL_MS, () => this.#watch())
    this.#traffic = new TrafficWatch(options.stallTimeout)
  }

  get stats(): RecorderStats {
    return this.#final ?? this.#recorder?.stats() ?? NONE
  }

  async start(): Promise<void> {
    const { target, library } = this.#options
    let index: string
    try {
      index = await library.prepare()
    } catch (error) {
      return this.#lose(this.#diskError((error as NodeJS.ErrnoException).code === 'ENOSPC', error))
    }
    if (this.#over) return
    const { folder, pattern, format } = target.place
    const options = {
      folder,
      pattern,
      format,
      segmentMs: target.segmentMs,
      indexPath: path.join(folder, INDEX_NAME),
      index,
      mostBytes: MOST_QUEUED_BYTES,
    }
    this.#recorder = new (native().Recorder)(options, () => this.#look())
    this.#recorder.start()
    this.#ticker.start()
  }

  /** The recorder has news. */
  #look(): void {
    const recorder = this.#recorder
    if (!recorder) return
    const { library } = this.#options
    library.note(recorder.take())
    const stats = recorder.stats()
    if (stats.ready && !this.#ready && !stats.over && !this.#over) {
      this.#ready = true
      library.use(recorder)
      this.#events.onReady(recorder.listener())
    }
    if (!stats.over) return
    this.#ended.resolve()
    if (stats.error === 'taken')
      this.#lose(new RxGstError('ERR_RECORD', `another recording writes into ${library.folder}`))
    else if (stats.error !== null) this.#lose(this.#diskError(stats.error === 'full', new Error(stats.errorText)))
  }

  #diskError(full: boolean, cause: unknown): RxGstError {
    const why = cause instanceof Error ? cause.message : String(cause)
    const { folder } = this.#options.library
    return new RxGstError(full ? 'ERR_DISK_FULL' : 'ERR_RECORD', `${folder} cannot be written: ${why}`, { cause })
  }

  /** A disk that hangs reports nothing. */
  #watch(): void {
    if (!this.#ready || this.#over || !this.#recorder) return
    const { packets, handled } = this.#recorder.stats()
    const { clock, stallTimeout, library } = this.#options
    if (!this.#traffic.hangs({ now: clock.now(), packets, bytes: handled })) return
    this.#lose(new RxGstError('ERR_STALLED', `${library.folder} took nothing for ${stallTimeout} ms`))
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    this.#events.onLost(asRxGstError(error, 'the recording failed'))
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#ticker.stop()
    this.#options.library.use(null)
  }

  /** Waits until all that has come is written, after the end of the packets. */
  async drain(deadline: number): Promise<void> {
    if (this.#recorder && this.#ready) await withPatience(this.#ended.promise, deadline, undefined, this.#options.clock)
  }

  /** Ends the segment and the writer. */
  async stop(deadline: number): Promise<void> {
    const recorder = this.#recorder
    this.#finish()
    if (!recorder || this.#final) return
    recorder.finish()
    if (!recorder.stats().over) await withPatience(this.#ended.promise, deadline, undefined, this.#options.clock)
    // What the wake-up has not told yet.
    this.#options.library.note(recorder.take())
    this.#final = { ...recorder.stats(), present: 0 }
    this.#recorder = null
    recorder.close()
  }
}
