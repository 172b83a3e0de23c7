import { exec } from '../child'

export interface ProbeStream {
  index: number
  codec_type: 'video' | 'audio' | 'data'
  codec_name: string
  profile?: string
  width?: number
  height?: number
  r_frame_rate?: string
  avg_frame_rate?: string
  has_b_frames?: number
  pix_fmt?: string
  color_space?: string
  color_range?: string
  sample_rate?: string
  channels?: number
  [key: string]: unknown
}

export interface ProbePacket {
  codec_type: 'video' | 'audio'
  stream_index: number
  pts_time: string
  dts_time: string
  duration_time?: string
  size: string
  /** 'K_' for a keyframe. */
  flags: string
}

export interface ProbeFrame {
  media_type: 'video' | 'audio'
  key_frame: 0 | 1
  pts_time: string
  pict_type?: 'I' | 'P' | 'B'
  nb_samples?: number
  [key: string]: unknown
}

export interface Probe {
  streams: ProbeStream[]
  packets: ProbePacket[]
  frames: ProbeFrame[]
  video: ProbeStream | undefined
  audio: ProbeStream | undefined
}

export interface ProbeOptions {
  seconds?: number
  show?: 'packets' | 'frames'
  /** Seconds to look for streams. RTMP does not say what is to come: where one is missing ffprobe takes all 5. */
  analyze?: number
  /** ms. Default 60000. */
  timeout?: number
}

/** ffprobe's findings on a file or live stream: its streams, and with `seconds` the packets or frames of that time. */
export async function probe(target: string, options: ProbeOptions = {}): Promise<Probe> {
  const { seconds, show = 'packets', analyze, timeout = 60_000 } = options
  const args = ['-v', 'error', '-print_format', 'json', '-show_streams']
  if (analyze !== undefined) args.push('-analyzeduration', String(analyze * 1e6))
  if (seconds !== undefined) args.push(`-show_${show}`, '-read_intervals', `%+${seconds}`)
  const { stdout } = await exec('ffprobe', [...args, target], { timeout })
  const { streams = [], packets = [], frames = [] } = JSON.parse(stdout.toString()) as Partial<Probe>
  const first = (type: string) => streams.find(stream => stream.codec_type === type)
  return { streams, packets, frames, video: first('video'), audio: first('audio') }
}

export interface DecodedFrame {
  data: Buffer
  width: number
  height: number
  /** Seconds, as the stream says. */
  pts: number
}

/** Raw pictures of a file or a live stream, decoded by ffmpeg, to compare those of rxgst with. */
export async function decodeFrames(
  target: string,
  pixFmt: 'rgb24' | 'rgba' | 'bgra' | 'gray' | 'yuv420p' | 'nv12' | 'yuv420p10le' | 'p010le',
  { frames, timeout = 60_000 }: { frames?: number; timeout?: number } = {},
): Promise<DecodedFrame[]> {
  const count = frames === undefined ? [] : ['-frames:v', String(frames)]
  // showinfo behind the conversion, so that it tells each picture that comes out; passthrough: none made up, none lost.
  const args = ['-hide_banner', '-nostdin', '-loglevel', 'info', '-copyts', '-i', target, '-map', '0:v:0', ...count]
  args.push('-vf', `format=${pixFmt},showinfo=checksum=0`, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1')
  const { stdout, stderr } = await exec('ffmpeg', args, { timeout })
  const bytesPerPixel = { rgb24: 3, rgba: 4, bgra: 4, gray: 1, yuv420p: 1.5, nv12: 1.5, yuv420p10le: 3, p010le: 3 }[
    pixFmt
  ]
  let offset = 0
  const found: DecodedFrame[] = []
  for (const [, pts, width, height] of stderr.matchAll(/pts_time:\s*([-\d.]+).*? s:(\d+)x(\d+)/g)) {
    const size = Number(width) * Number(height) * bytesPerPixel
    // The filter may have seen a picture more than were asked for.
    if (offset + size > stdout.length) break
    const data = stdout.subarray(offset, offset + size)
    found.push({ data, width: Number(width), height: Number(height), pts: Number(pts) })
    offset += size
  }
  if (offset !== stdout.length) throw new Error(`${stdout.length} bytes of pictures, ${offset} of them understood`)
  return found
}

/** Interleaved samples, resampled and mixed by ffmpeg if need be. */
export async function decodeAudio(
  target: string,
  rate: number,
  channels: number,
  { seconds, timeout = 60_000 }: { seconds?: number; timeout?: number } = {},
): Promise<Float32Array> {
  const limit = seconds === undefined ? [] : ['-t', String(seconds)]
  const args = ['-v', 'error', '-nostdin', '-i', target, '-map', '0:a:0', ...limit]
  args.push('-ac', String(channels), '-ar', String(rate), '-f', 'f32le', 'pipe:1')
  const { stdout } = await exec('ffmpeg', args, { timeout })
  // A copy, since a Buffer's bytes need not start at a multiple of four.
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)))
}
