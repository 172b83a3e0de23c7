import type { Observable } from 'rxjs'
import type { BusMessage, Packet, PadStats } from '../core/pipeline-types'
import type { AudioChunk, Logger, PixelBytes, StreamState, VideoFrame, WriteOptions } from '../core/types'
import type { GstValue, Props } from '../pipelines/graph/graph'
import type { FramesOptions, SinkStats } from './sink-stream'

/** Options of run(). */
export interface RunOptions {
  /** pino-shaped; silent when absent. */
  logger?: Logger
  /**
   * How long start() waits for every sink to have its first buffer, ms. Default 10000. A graph on RTMP that can never
   * have it is ERR_STANDSTILL earlier.
   */
  startTimeout?: number
  /**
   * Of a graph on RTMP: no bytes for this long from a source that has brought some is ERR_STALLED, ms. Default 30000;
   * Infinity: never.
   */
  stallTimeout?: number
}

/** A graph that runs, or will, or did. */
export interface RunningPipeline extends AsyncDisposable {
  /** Begins with what holds now. 'live' = it plays; its end makes it 'stopped', an error 'failed'. */
  readonly state$: Observable<StreamState>
  /** What holds now. */
  readonly state: StreamState
  /** All messages of the bus from now on, secrets masked. Completes with the pipeline. */
  readonly bus$: Observable<BusMessage>
  /**
   * The pictures of the appsink `name`, of any raw format; with `format` converted to it, else as they come where that
   * is a PixelFormat, else RGB. Hot: subscribe before start() to get all. Each subscriber closes its frames.
   */
  frames$(name: string, options?: FramesOptions): Observable<VideoFrame>
  /** The sound of the appsink `name`, of any raw format, as floats. */
  audio$(name: string): Observable<AudioChunk>
  /** The encoded packets of the appsink `name`. */
  packets$(name: string): Observable<Packet>
  /** Resolves when the appsrc `name` has taken it; pending while it is full. Does not close a frame. */
  push(name: string, value: VideoFrame | AudioChunk | Packet | PixelBytes, options?: WriteOptions): Promise<void>
  /** Behind what was pushed. */
  endOfStream(name: string): void
  /** What went over 'element.pad' since the start, every `interval` ms (default 250). */
  probe$(pad: string, interval?: number): Observable<PadStats>
  /** A property of an element, as it is now. ERR_GRAPH, ERR_UNKNOWN_PROPERTY, ERR_PROPERTY_VALUE (write-only). */
  get(element: string, property: string): GstValue
  /** All of them or none; also while it runs. */
  set(element: string, props: Props): void
  /** Rejects with what stood in the way. Once. */
  start(): Promise<void>
  /** Ends the streams that files and muxers need ended, then stops; within 5 s. Idempotent. */
  stop(): Promise<void>
  /** The pipeline as it is now, for Graphviz; secrets masked. */
  toDot(): string
  /** Counters since the start. */
  stats(): PipelineStats
}

/** Counters of a running pipeline. */
export interface PipelineStats {
  /** Messages that a blocked event loop lost. */
  readonly droppedMessages: number
  /** By appsink, of those that are read; of sound in samples per channel. */
  readonly sinks: Readonly<Record<string, SinkStats>>
  /** By appsrc, of those that are pushed into. */
  readonly sources: Readonly<
    Record<
      string,
      {
        /** Values that it has taken. */
        readonly pushed: number
        /** Pushes that wait: it is full, or does not run yet. */
        readonly pending: number
        /** Bytes that wait in its queue. */
        readonly queuedBytes: number
      }
    >
  >
}
