import { readFileSync } from 'node:fs'
import {
  RTMPCapture,
  RxGstError,
  type CaptureInfo,
  type PixelFormat,
  type RTMPCaptureOptions,
  type VideoFrame,
} from '../../../src/index'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { parseFlv, startRtmpServer, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'

/** A picture that outlives its handle. */
export interface Seen {
  data: Uint8Array
  width: number
  height: number
  format: PixelFormat
  timestamp: number
  duration: number
  sequence: number
  droppedBefore: number
  discontinuity: boolean
}

export function keep(frame: VideoFrame): Seen {
  const { width, height, format, timestamp, duration, sequence, droppedBefore, discontinuity } = frame
  const data = frame.data.slice()
  frame.close()
  return { data, width, height, format, timestamp, duration, sequence, droppedBefore, discontinuity }
}

/**
 * Options with which nothing is lost at any speed: a full queue holds the server up, and the file's end is the end. A
 * machine that stands still for some seconds is no stalled server.
 */
export const LOSSLESS = { dropPolicy: 'block', reconnect: false, connectTimeout: 20_000, stallTimeout: 20_000 } as const

/** Serves a file to one capture, as fast as it reads, and stops the capture afterwards. */
export async function capturing<T>(
  file: string,
  options: RTMPCaptureOptions,
  use: (capture: RTMPCapture) => Promise<T>,
  serving: Partial<ServeFile> = {},
): Promise<T> {
  await using server = await startRtmpServer(serveWhole(file, serving))
  await using capture = new RTMPCapture(server.url(), { ...LOSSLESS, ...options })
  return await use(capture)
}

/**
 * A server of a file, at full speed. rtmp2src loses the last messages before the end of a connection, so meaningless
 * messages come last.
 */
export function serveWhole(file: string, { edit = tag => [tag], ...serving }: Partial<ServeFile> = {}): ServeFile {
  const last = parseFlv(readFileSync(file)).length - 1
  const padding = (timestamp: number): FlvTag[] =>
    Array.from({ length: 8 }, () => ({ type: 'script', timestamp, data: encodeAmf('onPadding', null) }))
  const padded = (tag: FlvTag, index: number) => {
    const tags = edit(tag, index)
    return index === last ? [...tags, ...padding(tag.timestamp)] : tags
  }
  return { kind: 'serve-file', file, pace: 'full', ...serving, edit: padded }
}

/** Every picture of a file, in order, up to its end or to `count`. */
export function pictures(
  file: string,
  options: RTMPCaptureOptions = {},
  { count = Infinity, ...serving }: Partial<ServeFile> & { count?: number } = {},
): Promise<{ frames: Seen[]; info: CaptureInfo }> {
  return capturing(
    file,
    options,
    async capture => {
      await capture.start()
      const { info } = capture
      const frames: Seen[] = []
      await toTheEnd(async () => {
        for await (const frame of capture.aiterFrames()) if (frames.push(keep(frame)) >= count) break
      })
      return { frames, info: info! }
    },
    serving,
  )
}

/** Runs until the stream is over; any other error fails. */
export async function toTheEnd(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isEnd(error)) throw error
  }
}

/** When a server closes the connection, the stream has ended or the connection is lost: both are right. */
export function isEnd(error: unknown): boolean {
  return error instanceof RxGstError && ['ERR_STREAM_ENDED', 'ERR_CONNECTION_LOST'].includes(error.code)
}

/** The code that a promise rejects with; 'resolved' when it does not, and any other error as its text. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof RxGstError ? error.code : String(error)),
  )
}

export function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
