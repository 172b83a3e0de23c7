/** What a program may write: compiled with the tests, and against dist/ by types.test.ts. */
import {
  branch,
  caps,
  chain,
  el,
  fromJSON,
  gst,
  pad,
  pipeline,
  queue,
  RTMPCapture,
  run,
  StreamMonitor,
  tee,
  type CaptureStats,
  type Device,
  type DoctorReport,
  type ErrorCode,
  type Fault,
  type Graph,
  type GstValue,
  type Logger,
  type MeterPadNames,
  type MetricSample,
  type MonitoredStream,
  type OutputStats,
  type OutputTargetStats,
  type Part,
  type Props,
  type RenderNode,
  type RTMPOutput,
  type RTMPOutputOptions,
  type RxGstError,
  type SinkStats,
  type StreamPhase,
  type StreamState,
  type Interval,
  type TransportOptions,
} from '../../src/index'

declare const number: number
declare const text: string

export const parts: readonly Part[] = [
  el('x264enc'),
  el('x264enc', { bitrate: 2500, tune: 'zerolatency', 'speed-preset': 'veryfast', 'key-int-max': 60 }),
  // camelCase, and the properties of the classes below: GstVideoEncoder's, GstElement's.
  el('x264enc', { name: 'enc', speedPreset: 'ultrafast', keyIntMax: 60, qos: true, minForceKeyUnitInterval: 0n }),
  el('x264enc', { name: text, bitrate: number, 'speed-preset': 3 }),
  el('x264enc', { bitrate: number > 1 ? 5 : undefined }),
  // One flag, several, a number.
  el('x264enc', { analyse: 'i4x4' }),
  el('x264enc', { analyse: 'i4x4+i8x8' }),
  el('x264enc', { analyse: 3 }),
  // 64 bits.
  el('queue', { maxSizeTime: 18_446_744_073_709_551_615n, 'max-size-bytes': 0 }),
  el('compositor', { background: 'black', 'sink_0::xpos': 10, 'sink_1::alpha': 0.5 }),
  el('appsink', { caps: 'video/x-raw,format=RGB', maxBuffers: 1, sync: false }),
  el('videotestsrc', { pattern: 'ball', isLive: true, numBuffers: 5 }),
  el('textoverlay', { text: 'a', 'font-desc': 'Sans 20', halignment: 'center' }),
  el('avenc_aac', { bitrate: 128_000, 'aac-ms': false }),
  el('cutter', { 'threshold-dB': -20, runLength: 5n }),
  // A property that another version of GStreamer has.
  el<string>('appsink', { 'max-time': 5 }),
  // Unknown to Debian 12: any property.
  el('nvh264enc', { bitrate: 5, whatever: 'yes' }),
  el(text, { anything: 1 }),
  el(text),
  caps('video/x-raw(memory:VASurface)', {
    format: ['I420', 'NV12'],
    width: { min: 16, max: 1920, step: 2 },
    framerate: '30/1',
    ok: true,
  }),
  caps('video/x-raw,format=I420;image/jpeg'),
  queue({ leaky: 'downstream' }),
  tee('t', { allowNotLinked: true }),
  branch('t', queue(), pipeline(el('identity'))),
  chain(el('fakesrc'), pad('m.video')),
]

/** A reusable part is a function that returns parts, or a graph. */
export function scaled(width: number, height: number): Part[] {
  return [el('videoscale'), caps('video/x-raw', { width, height })]
}

export function encoder(factory: 'x264enc' | 'openh264enc', bitrate: number): Part {
  return el(factory, { bitrate })
}

const props: Props = { pattern: 'ball' }
const value: GstValue = 5n
export const graphs: readonly Graph[] = [
  pipeline(el('videotestsrc'), ...scaled(64, 64), el('fakesink')),
  pipeline(pipeline(el('videotestsrc')), el('some-element', props)),
  gst`videotestsrc num-buffers=${5} pattern=${'ball'} ! fakesink sync=${false} x=${value}`,
  fromJSON(JSON.parse('{}') as unknown),
]
export const read: readonly [string, string, unknown, string] = [
  graphs[0]!.toLaunch(),
  graphs[0]!.toDot(),
  graphs[0]!.toJSON(),
  graphs[0]!.elements[0]!.name,
]

declare const state: StreamState
declare const output: RTMPOutput
/** The phase says what else is there. */
export const told: string =
  state.phase === 'failed'
    ? state.reason
    : state.phase === 'reconnecting'
      ? `${state.reason} ${state.nextRetryAt ?? 0}`
      : String(state.since + state.attempt)
export const phase: StreamPhase = state.phase
export const reason: ErrorCode | null = state.reason
export const options: RTMPOutputOptions = {
  width: 64,
  height: 64,
  vcodec: 'hevc_nvenc',
  acodec: 'aac',
  preset: 'veryfast',
  slate: new Uint8ClampedArray(64 * 64 * 3),
}
/** A canvas's pixels are pixels. */
export const written: Promise<void> = output.writeFrame(new Uint8ClampedArray(4))
export const counters: [OutputStats, CaptureStats, OutputTargetStats, string] = [
  output.stats(),
  new RTMPCapture('').stats(),
  output.targets[0]!.stats(),
  output.targets[0]!.url,
]
export const watched: readonly MonitoredStream[] = [output, new RTMPCapture(''), run(graphs[0]!)]
new StreamMonitor().attachStream(watched[0]!)
/** Counters have names that can be read, and types that can be named. */
export const held: number = new RTMPCapture('').stats().heldBytes
export const sinks: Readonly<Record<string, SinkStats>> = run(graphs[0]!).stats().sinks
declare const logger: Logger
export const transport: TransportOptions = {
  logger,
  reconnect: { first: true, finalDelay: 30_000 },
  signal: AbortSignal.timeout(1),
}
declare const report: DoctorReport
export const nodes: readonly RenderNode[] = report.renderNodes
export const devices: readonly Device[] = report.decoders.map(({ device }) => device)
declare const error: RxGstError
export const fault: Fault = error.fault
const where: MeterPadNames = { packets: ['d.video'], from: 's.src', to: 'out.sink' }
new StreamMonitor().attachStream(run(graphs[0]!), 'camera', { pads: where })
declare const sample: MetricSample
export const intervals: readonly Interval[] = sample.intervals
