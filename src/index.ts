/// <reference lib="esnext.disposable" preserve="true" />
/** rxgst: live RTMP in and out on GStreamer. The public surface; re-exports only. */
export { RxGstError, type ErrorCode } from './core/errors'
export type {
  AudioChunk,
  CaptureInfo,
  FrameWithAudio,
  OutputInfo,
  PixelFormat,
  ReconnectOptions,
  RTMPCaptureOptions,
  RTMPOutputOptions,
  StreamPhase,
  StreamState,
  VideoFrame,
  WriteOptions,
} from './core/types'
export { RTMPCapture } from './rtmp/capture'
export { RTMPOutput } from './rtmp/output'
export { writeTo } from './rtmp/write-to'
