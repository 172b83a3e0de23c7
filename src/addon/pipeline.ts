/** Types of native/pipeline: pipelines, made, read, changed and stopped; what is pushed into them. */
import type { GstErrorDetail } from '../core/errors'
import type { PixelFormat } from '../core/types'
import type { Timeline } from './capture'
import type { ElementHandle } from './gst'

/** Why an appsrc has not taken a push. */
export interface PushFailure {
  readonly result: 'stopped' | 'ended' | 'wrong-media' | 'wrong-size' | 'failed'
  readonly text: string
}

/** Times in µs; absent or null: none. */
export interface PushOptions {
  /** Absent: those that the appsrc has. */
  readonly caps?: string
  /** Nothing is known of them but the appsrc's caps. */
  readonly rawBytes?: boolean
  readonly pts?: number | null
  readonly dts?: number | null
  readonly duration?: number | null
  readonly delta?: boolean
  readonly header?: boolean
  /** A picture of tight rows. */
  readonly format?: PixelFormat
  readonly width?: number
  readonly height?: number
}

export interface NativePushSource {
  /** For when the appsrc has taken it: a lent picture may be drawn into from then on. Order is kept. */
  push(data: Uint8Array | Uint8ClampedArray | Float32Array, options: PushOptions): Promise<PushFailure | null>
  end(): void
  stats(): { readonly pushed: number; readonly queuedBytes: number; readonly queuedBuffers: number } | null
  close(): void
}

/** A bus message. Which fields are filled depends on its type. */
export interface NativeMessage extends GstErrorDetail {
  /** GStreamer's name of its type: 'error', 'eos', 'state-changed' … */
  readonly type: string
  /** Of an element message's structure. */
  readonly name: string
  readonly detail: Readonly<Record<string, unknown>>
  /** µs, CLOCK_MONOTONIC. */
  readonly time: number
  /** Whether the pipeline itself says so. */
  readonly own: boolean
}

/** A graph for the addon. */
export interface Description {
  readonly name: string
  readonly elements: readonly {
    readonly name: string
    readonly factory: string
    readonly props: readonly (readonly [name: string, value: string | number | boolean | bigint])[]
  }[]
  readonly links: readonly (readonly [from: string, pad: string | null, to: string, pad: string | null])[]
  /** Whether what goes over its pads is counted from the start. */
  readonly counted: boolean
  /**
   * Of a graph on a live source: elements whose `async`, and queues whose limits, the program has set itself. No other
   * sink waits for its first buffer, and other queues grow while what is behind them waits for another pad.
   */
  readonly live: { readonly async: readonly string[]; readonly limits: readonly string[] } | null
}

/** Where a graph waits for what cannot come. */
export interface Standstill {
  /** 'element.pad' that holds data until … */
  readonly held: string
  /** … this one gets some. */
  readonly starved: string
  /** The full queue before `held`, if there is one. */
  readonly queue: string | null
  /** Over all pads so far: while it grows something moves. */
  readonly buffers: number
}

/** What stood in the way of a graph or a property. */
export interface BuildError {
  readonly code: 'ERR_UNKNOWN_ELEMENT' | 'ERR_UNKNOWN_PROPERTY' | 'ERR_PROPERTY_VALUE' | 'ERR_LINK' | 'ERR_GRAPH'
  readonly element: string
  readonly factory: string
  /** The factory or property that was named. */
  readonly subject: string
  readonly text: string
  readonly known: readonly string[]
  /** Which sentence `text` is: what was 'expected', which pad is not there ('no-pad'), or a reason by itself. */
  readonly kind: 'expected' | 'no-child' | 'no-pad' | 'other'
}

export interface NativePipeline {
  /** null: there is no element of this name. */
  element(name: string): ElementHandle | null
  /** Neither field: the element did not answer in time. */
  get(element: string, property: string): { value?: string | number | boolean | bigint; buildError?: BuildError }
  /** All or none; `late`: an element holds its lock, and they are set when it lets go. */
  set(
    element: string,
    props: readonly (readonly [string, string | number | boolean | bigint])[],
  ): { late?: boolean; buildError?: BuildError }
  /** Names of an element's pads, and the templates of those that it may get. */
  pads(element: string): { now: string[]; later: string[] }
  /** Of a pad since the start; null: no such pad so far, or not counted. */
  counts(pad: string): PadCounts | null
  /** An element waits on one pad for another, and what could bring that waits as well; null: not so. */
  standstill(): Standstill | null
  /** Whether what a source brings is being taken just now. */
  held(source: string): boolean
  /** For Graphviz; null: it did not answer in time. */
  dot(): string | null
  /** Posts a message with the pipeline as its source on the bus of the last `rxgstdoor`; false: there is none. */
  introspect(): boolean
  /** End-of-stream out of every source but these, which end by themselves. */
  endSources(but?: readonly string[]): Promise<boolean>
  /** Whether something is lost when the stream is cut off instead of ended. */
  wantsEnd(): boolean
  /** Nothing is told any more, and the process may end; elements can still be read. */
  mute(): void
  /** Whether it went well, when GStreamer has returned; false where mute() or close() came before. */
  setState(state: 'READY' | 'PAUSED' | 'PLAYING'): Promise<boolean>
  /**
   * To NULL. No promise, since a blocking iterator lets none resolve: onEvent is called, and stopped() tells.
   * `stopWhenIdle`: sources that must be at rest before they are stopped.
   */
  stop(stopWhenIdle?: readonly string[]): void
  stopped(): boolean
  requestKeyframe(element: string): void
  takeMessages(): NativeMessage[]
  droppedMessages(): number
  close(): void
}

export interface PadCounts {
  readonly buffers: number
  readonly bytes: number
  readonly keyframes: number
  readonly lastTimestamp: number | null
  /** µs of running time. */
  readonly lastRunning: number | null
  /** µs, CLOCK_MONOTONIC. */
  readonly lastArrival: number | null
  /** Whether end-of-stream has passed. */
  readonly ended: boolean
  readonly caps: string | null
}

export interface PadCounter {
  read(): PadCounts
  /** Their number alone, which costs less. */
  buffers(): number
  /** Whether end-of-stream has passed. */
  ended(): boolean
  close(): void
}

/** What the room exports. */
export interface PipelineExports {
  /** A pipeline in state NULL, or what stood in the way. */
  build(
    description: Description,
    timeline: Timeline | null,
    onEvent: () => void,
    allMessages: boolean,
  ): NativePipeline | BuildError
  /** `untyped`: the graph says neither caps nor format of it. */
  PushSource: new (
    appsrc: ElementHandle,
    untyped: boolean,
  ) => NativePushSource
  PadCounter: new (element: ElementHandle, pad: string) => PadCounter
  /** Loads the plugins of these elements in a worker, since dlopen of FFmpeg takes longer than a picture. */
  loadFactories(names: readonly string[], files?: readonly string[]): Promise<string[]>
  /** The file of an element's plugin; null: it is not there. Loads it: call loadFactories() first. */
  elementType(factory: string): { readonly plugin: string | null } | null
  /** Whether an element that is loaded can be made with it; null: it has no such property, or is not there. */
  takes(factory: string, property: string, value: string | number | boolean): boolean | null
}
