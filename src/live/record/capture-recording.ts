import { Subject, type Observable } from 'rxjs'
import { systemClock, type Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import type { ResolvedReconnect } from '../../core/transport-options'
import type { Logger, StreamState } from '../../core/types'
import type { PacketListener, PacketProbe } from '../../addon/record'
import { StateHolder } from '../../engine/state'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import { Library } from './library'
import { RecordTarget } from './record'
import type { RecordedSegment, Recording, RecordingStats } from './types'
import { Writing } from './writing'

const STOP_DEADLINE_MS = 2500
/** A disk that comes back is not hammered, and not waited for long. */
const DISK_RECONNECT: ResolvedReconnect = { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity }

export interface CaptureRecordingsOptions {
  readonly stallTimeout: number
  readonly logger: Logger
}

/** The recordings of a capture. They outlast its connections, each of which is another source of packets. */
export class CaptureRecordings {
  readonly #options: CaptureRecordingsOptions
  readonly #list = new Set<CaptureRecording>()
  #probe: PacketProbe | null = null
  #over: Promise<void> | null = null

  constructor(options: CaptureRecordingsOptions) {
    this.#options = options
  }

  /** ERR_OPTION: it is no recording; ERR_NAME_TAKEN: one of them has its folder; ERR_NOT_RUNNING. */
  add(target: RecordTarget): Recording {
    if (!(target instanceof RecordTarget)) throw new RxGstError('ERR_OPTION', 'expected what record() has made')
    if (this.#over) throw new RxGstError('ERR_NOT_RUNNING', 'the capture was stopped, or has failed')
    if ([...this.#list].some(({ folder, stopping }) => folder === target.folder && !stopping))
      throw new RxGstError('ERR_NAME_TAKEN', `${target.folder} is recorded into already`)
    const recording = new CaptureRecording(target, this.#options, () => void this.#list.delete(recording))
    this.#list.add(recording)
    if (this.#probe) recording.attach(this.#probe)
    recording.start()
    return recording
  }

  /** The packets of a connection, before they flow; null: it is over. */
  attach(probe: PacketProbe | null): void {
    this.#probe = probe
    for (const recording of this.#list) recording.attach(probe)
  }

  /** Resolves when all of them have ended, also those that were stopped before. Idempotent. */
  stop(): Promise<void> {
    this.#over ??= Promise.all([...this.#list].map(recording => recording.stop())).then(() => {})
    return this.#over
  }
}

class CaptureRecording implements Recording {
  readonly folder: string
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<Writing>
  readonly #segments = new Subject<RecordedSegment>()
  readonly recording$ = this.#segments.asObservable()
  readonly #onEnd: () => void
  #probe: PacketProbe | null = null
  #listener: PacketListener | null = null
  /** Those that end: their counters still move. */
  readonly #leaving = new Set<Writing>()
  #past: RecordingStats = { packets: 0, bytes: 0, dropped: 0, written: 0, queueMs: 0 }
  #stopping: Promise<void> | null = null

  constructor(
    target: RecordTarget,
    { stallTimeout, logger }: CaptureRecordingsOptions,
    onEnd: () => void,
    clock: Clock = systemClock,
  ) {
    this.folder = target.folder
    this.#onEnd = onEnd
    this.#state = new StateHolder(clock)
    const library = new Library({ target, clock, logger, onSegment: segment => this.#segments.next(segment) })
    this.#machine = new ReconnectMachine<Writing>({
      state: this.#state,
      reconnect: DISK_RECONNECT,
      retriesFirst: true,
      attemptTimeoutMs: null,
      logger,
      name: target.folder,
      clock,
      random: Math.random,
      make: () => {
        const writing: Writing = new Writing(
          { target, library, stallTimeout, clock },
          {
            onReady: listener => {
              this.#listener = listener
              this.#probe?.listen(listener, true)
              this.#machine.live(writing)
            },
            onLost: error => {
              this.#leave()
              this.#machine.lost(writing, error)
            },
          },
        )
        return writing
      },
      start: writing => void writing.start(),
      stop: async writing => {
        this.#leave()
        this.#leaving.add(writing)
        await writing.stop(STOP_DEADLINE_MS)
        this.#leaving.delete(writing)
        this.#past = { ...add(this.#past, writing.stats), queueMs: 0 }
      },
      judge: () => 'retry',
      onLive: () => logger.info(`${target.folder} is recorded into`),
      onRetired: () => {},
      onFailed: error => logger.error(`${target.folder}: ${error.code}: ${error.message}`),
    })
  }

  #leave(): void {
    if (this.#listener) this.#probe?.listen(this.#listener, false)
    this.#listener = null
  }

  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  get state(): StreamState {
    return this.#state.state
  }

  start(): void {
    this.#state.apply({ type: 'start' })
    this.#machine.begin()
    this.#machine.connect()
  }

  attach(probe: PacketProbe | null): void {
    this.#probe = probe
    if (this.#listener) probe?.listen(this.#listener, true)
  }

  stats(): RecordingStats {
    const { attempt } = this.#machine
    const writings = [...this.#leaving, ...(attempt ? [attempt] : [])]
    return writings.reduce((sum, { stats }) => add(sum, stats), this.#past)
  }

  /** Whether its folder may be another's. */
  get stopping(): boolean {
    return this.#stopping !== null
  }

  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      this.#state.apply({ type: 'stop' })
      await this.#machine.stop()
      this.#state.apply({ type: 'stopped' })
      this.#segments.complete()
      this.#onEnd()
    })()
    return this.#stopping
  }
}

function add(past: RecordingStats, now: RecordingStats): RecordingStats {
  return {
    packets: past.packets + now.packets,
    bytes: past.bytes + now.bytes,
    dropped: past.dropped + now.dropped,
    written: past.written + now.written,
    queueMs: now.queueMs,
  }
}
