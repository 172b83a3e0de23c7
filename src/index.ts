/// <reference lib="esnext.disposable" preserve="true" />
/** rxgst: live RTMP in and out on GStreamer. The public surface; re-exports only. */
export { RxGstError, type ErrorCode, type ErrorHint, type Fault, type GstErrorDetail } from './core/errors'
export type { Interval } from './addon/meter'
export type { ShareStats } from './addon/tap'
export type { MeterPadNames } from './meter/meter'
export type { Direction, MetricName, Track } from './meter/metrics'
export type {
  AudioChunk,
  CaptureInfo,
  EncoderPreset,
  FrameWithAudio,
  Logger,
  OutputInfo,
  OutputOptions,
  PixelAspectRatio,
  PixelBytes,
  PixelFormat,
  ReconnectOptions,
  RTMPCaptureOptions,
  RTMPOutputOptions,
  RTMPTargetOptions,
  StreamPhase,
  StreamState,
  StreamTrack,
  TransportOptions,
  VideoCodec,
  VideoFrame,
  WriteOptions,
} from './core/types'
export type { MayConnect, MayConnectOption } from './core/transport-options'
export type { AnalyseOption } from './core/pictures/analyse-option'
export type { CaptionCue, FrameCaptions } from './core/pictures/caption-cue'
export type { CaptureOptions } from './core/addresses/capture-options'
export type { EncodedVideo, EncodeOptions, OutputGroupInfo, OutputTargetOptions } from './core/encode/options'
export type { OutputOverlay, OverlayImage, OverlayOption, OverlayPlace } from './core/pictures/overlay-options'
export type { FrameTransfer, TransferredFrame } from './core/pictures/transferred-frame'
export type { FrameStills, JPEGOptions, PNGOptions, SnapshotOptions, StillSize } from './core/pictures/still-options'
export type { ScriptData, ScriptValue } from './core/stream-data'
export type { BusMessage, Packet, PadStats } from './core/pipeline-types'
export { closeDropped } from './observables/operators/close-dropped'
export type { Timestamped } from './observables/operators/close-value'
export { closing } from './observables/operators/closing'
export { keepAlive, type KeepAliveOptions } from './observables/operators/keep-alive'
export { latest } from './observables/operators/latest'
export { overlay, type OverlayOptions } from './observables/operators/overlay'
export { receiveFrame } from './observables/stills/receive-frame'
export type { CaptureShare, ShareOptions } from './live/stills/capture-share'
export type { CaptureStills } from './live/stills/capture-stills'
export type { CaptureView, ViewOptions } from './live/stills/capture-view'
export { mapAsync, type MapAsyncContext, type MapAsyncOptions } from './observables/operators/map-async'
export { pairByTimestamp, type PairOptions } from './observables/operators/pair-by-timestamp'
export { sampleFps } from './observables/operators/sample-fps'
export {
  appSink,
  appSrc,
  branch,
  caps,
  chain,
  el,
  fromJSON,
  gst,
  pad,
  pipeline,
  queue,
  tee,
  type CapsFields,
  type CapsRange,
  type CapsValue,
  type ElementFactory,
  type ElementProps,
  type Graph,
  type GraphElement,
  type GraphLink,
  type GraphPad,
  type GraphValue,
  type GstValue,
  type Part,
  type Props,
} from './pipelines/graph/graph'
export { doctor, type CodecFinding, type DoctorOptions, type DoctorReport } from './live/codec/doctor'
export { refusePrivateAddresses, type PrivateAddressOptions } from './engine/refuse-private-addresses'
export { run } from './engine/run/run'
export type { PipelineStats, RunningPipeline, RunOptions, RunReconnectOptions } from './engine/run/run-types'
export type { FramesOptions, SinkStats } from './engine/sinks/sink-stream'
export type { Device } from './pipelines/candidates'
export type { RenderNode } from './pipelines/verdict'
export { Capture } from './live/capture/capture'
export { RTMPCapture } from './live/capture/rtmp-capture'
export type { HlsVariant } from './core/addresses/hls'
export type { HlsStats } from './core/addresses/hls-stats'
export type { SrtStats } from './core/addresses/srt-stats'
export type { CaptureStats } from './live/capture/ingest-stats'
export { Output } from './live/output/output'
export { RTMPOutput } from './live/output/rtmp-output'
export type { OutputGroupStats, OutputStats, OutputTargetStats, OutputTargetView } from './live/output/stats'
export type { RecordTargetOptions, Target, TargetAddress } from './live/output/target-url'
export { record, type RecordTarget } from './live/record/record'
export { flv, type FlvChunk } from './live/record/live-flv'
export type { RecordedSegment, Recording, RecordingStats, RecordOptions } from './live/record/types'
export { writeTo } from './live/output/write-to'
export type { RelayOptions } from './live/relay/options'
export type { RelayAddress, RelayDestination, RelaySource, RelayTargetOptions } from './live/relay/places'
export { Relay } from './live/relay/relay'
export type { RelayInfo, RelayInputStats, RelayInputView, RelayStats } from './live/relay/stats'
export type { RelaySlate } from './live/relay/slate-options'
export type { Alert, ClearedBy } from './monitor/alert'
export type { MetricSample } from './monitor/watched-stream'
export { DEFAULT_RULES } from './monitor/default-rules'
export type { FlappingOptions } from './monitor/flap-guard'
export type { MonitoredStream } from './monitor/observation'
export type { AlertCondition, AlertRule, Comparison } from './monitor/rule'
export { verifyWebhook, type VerifyOptions } from './monitor/signature'
export { StreamMonitor, type AttachOptions, type StreamMonitorOptions } from './monitor/stream-monitor'
export { webhook, type WebhookBody, type WebhookSender, type WebhookStats } from './monitor/webhook'
export type { WebhookOptions } from './monitor/webhook-options'
