/** Types of native/pipeline: pipelines, from their building to their stop, and pushes into them. */
import type { GstErrorDetail } from '../core/errors'
import type { PixelFormat } from '../core/types'
import type { Timeline } from './capture'
import type { ElementHandle } from './gst'

/** Why an appsrc did not take a push. */
export interface PushFailure {
  readonly result: 'stopped' | 'ended' | 'wrong-media' | 'wrong-size' | 'failed'
  readonly text: string
}

/** Times in µs; absent or null: none. */
export interface PushOptions {
  /** Absent: the appsrc's own caps. */
  readonly caps?: string
  /** Whether the data are plain bytes: only the appsrc's caps tell what they are. */
  readonly rawBytes?: boolean
  readonly pts?: number | null
  readonly dts?: number | null
  readonly duration?: number | null
  readonly delta?: boolean
  readonly header?: boolean
  /** Format of a picture without padding; absent: no picture. */
  readonly format?: PixelFormat
  readonly width?: number
  readonly height?: number
}

export interface NativePushSource {
  /** Resolves when the appsrc has taken the data, whose memory is free from then on. Keeps the order of calls. */
  push(data: Uint8Array | Uint8ClampedArray | Float32Array, options: PushOptions): Promise<PushFailure | null>
  end(): void
  stats(): { readonly pushed: number; readonly queuedBytes: number; readonly queuedBuffers: number } | null
  close(): void
}

/** A bus message. Its type decides which fields are filled. */
export interface NativeMessage extends GstErrorDetail {
  /** GStreamer's name of the type: 'error', 'eos', 'state-changed' … */
  readonly type: string
  /** Name of an element message's structure. */
  readonly name: string
  readonly detail: Readonly<Record<string, unknown>>
  /** Time of the message on CLOCK_MONOTONIC, µs. */
  readonly time: number
  /** Whether the pipeline itself is the message's source. */
  readonly own: boolean
}

/** A graph in the form that the addon builds. */
export interface Description {
  readonly name: string
  readonly elements: readonly {
    readonly name: string
    readonly factory: string
    readonly props: readonly (readonly [name: string, value: string | number | boolean | bigint])[]
  }[]
  readonly links: readonly (readonly [from: string, pad: string | null, to: string, pad: string | null])[]
  /** Whether the buffers of all pads are counted from the start. */
  readonly counted: boolean
  /**
   * For a graph on a live source: the elements whose `async`, and the queues whose limits, the program has set itself.
   * All other sinks start without their first buffer, and all other queues grow while the element behind them waits for
   * another pad. null: no such graph.
   */
  readonly live: { readonly async: readonly string[]; readonly limits: readonly string[] } | null
}

/** The place where a graph waits for data that cannot come. */
export interface Standstill {
  /** 'element.pad' that holds data back until … */
  readonly held: string
  /** … this 'element.pad' gets data. */
  readonly starved: string
  /** The full queue before `held`; null: there is none. */
  readonly queue: string | null
  /** Buffers over all pads so far; while this grows, something moves. */
  readonly buffers: number
}

/** The error of a graph that cannot be built, or of a property. */
export interface BuildError {
  readonly code: 'ERR_UNKNOWN_ELEMENT' | 'ERR_UNKNOWN_PROPERTY' | 'ERR_PROPERTY_VALUE' | 'ERR_LINK' | 'ERR_GRAPH'
  readonly element: string
  readonly factory: string
  /** The factory or property in question. */
  readonly subject: string
  readonly text: string
  /** Names that exist in place of `subject`. */
  readonly known: readonly string[]
  /** Kind of sentence in `text`: what was 'expected', which child or pad is missing, or a complete reason ('other'). */
  readonly kind: 'expected' | 'no-child' | 'no-pad' | 'other'
}

export interface NativePipeline {
  /** null: no element has this name. */
  element(name: string): ElementHandle | null
  /** Reads a property. Neither field: the element did not answer in time. */
  get(element: string, property: string): { value?: string | number | boolean | bigint; buildError?: BuildError }
  /** Sets all properties or none. `late`: the element is at work, and they are set when it lets them be. */
  set(
    element: string,
    props: readonly (readonly [string, string | number | boolean | bigint])[],
  ): { late?: boolean; buildError?: BuildError }
  /** Names of an element's pads, and the templates of the pads that it may get later. */
  pads(element: string): { now: string[]; later: string[] }
  /** Counters of a pad since the start; null: no such pad yet, or not counted. */
  counts(pad: string): PadCounts | null
  /** An element waits at one pad for data at another, whose elements wait too; null: there is no standstill. */
  standstill(): Standstill | null
  /** Whether downstream elements still work on this source's last buffer. */
  held(source: string): boolean
  /** The pipeline as text for Graphviz; null: it did not answer in time. */
  dot(): string | null
  /** Posts a message with the pipeline as its source on the bus of the last `rxgstdoor`; false: there is none. */
  introspect(): boolean
  /** Sends end-of-stream from every source but these, which end by themselves. */
  endSources(but?: readonly string[]): Promise<boolean>
  /** Whether a stop without end-of-stream would lose something. */
  wantsEnd(): boolean
  /** Ends all events, so that the process may end. The elements can still be read. */
  mute(): void
  /** Resolves when GStreamer's call has returned: whether it succeeded. False after mute() or close(). */
  setState(state: 'READY' | 'PAUSED' | 'PLAYING'): Promise<boolean>
  /**
   * Sets the state to NULL. At the end onEvent is called, and stopped() is true; there is no promise, since none
   * resolves under a blocking iterator.
   * @param stopWhenIdle sources that must be idle before they are stopped
   */
  stop(stopWhenIdle?: readonly string[]): void
  stopped(): boolean
  /** Has this encoder make a keyframe of its next picture, or of the first one from this running time (µs) on. */
  requestKeyframe(encoder: string, from?: number): void
  takeMessages(): NativeMessage[]
  droppedMessages(): number
  close(): void
}

/** Counters of a pad. */
export interface PadCounts {
  readonly buffers: number
  readonly bytes: number
  readonly keyframes: number
  readonly lastTimestamp: number | null
  /** Running time of the last buffer, µs. */
  readonly lastRunning: number | null
  /** Time of the last buffer on CLOCK_MONOTONIC, µs. */
  readonly lastArrival: number | null
  /** Whether end-of-stream has passed. */
  readonly ended: boolean
  readonly caps: string | null
}

/** A probe that counts what passes one pad. */
export interface PadCounter {
  read(): PadCounts
  /** The number of buffers alone, which costs less. */
  buffers(): number
  /** Whether end-of-stream has passed. */
  ended(): boolean
  close(): void
}

/** What the room exports. */
export interface PipelineExports {
  /** Builds a pipeline, in state NULL. */
  build(
    description: Description,
    timeline: Timeline | null,
    onEvent: () => void,
    allMessages: boolean,
  ): NativePipeline | BuildError
  /** @param untyped whether the graph sets neither caps nor format of the appsrc */
  PushSource: new (
    appsrc: ElementHandle,
    untyped: boolean,
  ) => NativePushSource
  PadCounter: new (element: ElementHandle, pad: string) => PadCounter
  /** Whether a loaded element takes this value; null: it has no such property, or there is no such element. */
  takes(factory: string, property: string, value: string | number | boolean): boolean | null
}
