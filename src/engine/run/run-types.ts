import type { Observable } from 'rxjs'
import type { BusMessage, Packet, PadStats } from '../../core/pipeline-types'
import type {
  AudioChunk,
  Logger,
  PixelBytes,
  ReconnectOptions,
  StreamState,
  VideoFrame,
  WriteOptions,
} from '../../core/types'
import type { ResolvedReconnect } from '../../core/transport-options'
import type { GstValue, Props } from '../../pipelines/graph/graph'
import type { LiveWatchOptions } from '../live-watch'
import type { FramesOptions, SinkStats } from '../sinks/sink-stream'

/** Options of run(). */
export interface RunOptions {
  /** pino-shaped; silent when absent. */
  logger?: Logger
  /**
   * How long start() waits until every sink has its first buffer, ms. Default 10000. In a graph on RTMP that can never
   * get there, ERR_STANDSTILL comes earlier.
   */
  startTimeout?: number
  /**
   * In a graph on RTMP: how long a source that has given data may then give none, ms. After that, ERR_STALLED. Default
   * 30000; Infinity: for ever.
   */
  stallTimeout?: number
  /**
   * How the graph is made anew when the network or a peer has ended it, as a capture's connection is. Everything else
   * ends it: a wrong property, a missing plugin, a full disk. Observables, ports and properties that were set go on.
   * startTimeout is then the deadline of each further attempt. Default false: it ends.
   */
  reconnect?: RunReconnectOptions | false
}

/** Options for a graph that is made anew. */
export interface RunReconnectOptions extends ReconnectOptions {
  /**
   * What end-of-stream at every sink means. 'stop' (default): the graph is done. 'retry': its publisher has left, and
   * may come back.
   */
  atEnd?: 'stop' | 'retry'
}

/** The options of run(), complete and checked. */
export interface ResolvedRunOptions extends LiveWatchOptions {
  readonly logger: Logger
  /** null: a pipeline that is lost is the last one. */
  readonly reconnect: ResolvedReconnect | null
  readonly atEnd: 'stop' | 'retry'
}

/** The pipeline of a graph: before it starts, while it runs, and after its end. */
export interface RunningPipeline extends AsyncDisposable {
  /**
   * The state: the present one first, then each change. 'live': it plays; at its end 'stopped', after an error
   * 'failed', or with `reconnect` 'reconnecting'.
   */
  readonly state$: Observable<StreamState>
  /** The present state. */
  readonly state: StreamState
  /** All messages of the bus from the subscription on, with secrets masked. Completes with the pipeline. */
  readonly bus$: Observable<BusMessage>
  /**
   * The pictures of the appsink `name`, of any raw format. `format` converts them; without it they keep their own
   * format where that is a PixelFormat, else become RGB. Hot: subscribe before start() to get all pictures. Each
   * subscriber closes its frames.
   */
  frames$(name: string, options?: FramesOptions): Observable<VideoFrame>
  /** The sound of the appsink `name`, of any raw format, as floats. */
  audio$(name: string): Observable<AudioChunk>
  /** The encoded packets of the appsink `name`. */
  packets$(name: string): Observable<Packet>
  /** Pushes a value into the appsrc `name`. Pending while the appsrc is full. Does not close a frame. */
  push(name: string, value: VideoFrame | AudioChunk | Packet | PixelBytes, options?: WriteOptions): Promise<void>
  /** Ends the stream of the appsrc `name`, after the values that were pushed. */
  endOfStream(name: string): void
  /** Counters of the pad 'element.pad' since the start, every `interval` ms (default 250). */
  probe$(pad: string, interval?: number): Observable<PadStats>
  /** The present value of a property. ERR_GRAPH, ERR_UNKNOWN_PROPERTY, ERR_PROPERTY_VALUE (it is write-only). */
  get(element: string, property: string): GstValue
  /** Sets properties of an element, all of them or none; also while the pipeline runs. */
  set(element: string, props: Props): void
  /** Starts the pipeline, once. Rejects with the reason when it does not start. */
  start(): Promise<void>
  /** Ends the streams where files and muxers need it, then stops. Resolves within 5 s. Idempotent. */
  stop(): Promise<void>
  /** The present pipeline as text for Graphviz, with secrets masked. */
  toDot(): string
  /** Counters since the start. */
  stats(): PipelineStats
}

/** Counters of a running pipeline. */
export interface PipelineStats {
  /** How often the graph was made anew, and was live again. */
  readonly reconnects: number
  /** Messages that a blocked event loop lost. */
  readonly droppedMessages: number
  /** Counters of each appsink that the program reads; of sound in samples per channel. */
  readonly sinks: Readonly<Record<string, SinkStats>>
  /** Counters of each appsrc that the program pushes into. */
  readonly sources: Readonly<
    Record<
      string,
      {
        /** Values that the appsrc has taken. */
        readonly pushed: number
        /** Pushes that wait, because the appsrc is full or does not run yet. */
        readonly pending: number
        /** Bytes that wait in its queue. */
        readonly queuedBytes: number
      }
    >
  >
}
