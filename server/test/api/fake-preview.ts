/** A live picture that needs no channel: a short FLV of ffmpeg, played again and again. */
import { Observable } from 'rxjs'
import { exec } from '../../../test/support/child.js'
import type { PreviewFrame } from '../../src/core/server-port.js'

const HEADER_BYTES = 13
const TAG_HEADER_BYTES = 11
const SECONDS = 4

interface Tag {
  readonly bytes: Buffer
  readonly timestampMs: number
  readonly keyframe: boolean
  readonly config: boolean
}

export interface FlvOptions {
  /** Width by height. */
  readonly size?: string
  /** Without it there are pictures alone. */
  readonly tone?: boolean
}

/** H.264 and AAC with a test pattern and a tone; a keyframe a second. */
export async function makeFlv({ size = '640x360', tone = true }: FlvOptions = {}): Promise<Buffer> {
  const { stdout } = await exec('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`],
    ...(tone ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'] : []),
    ...['-t', String(SECONDS)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0', '-pix_fmt', 'yuv420p', '-b:v', '800k'],
    ...['-c:a', 'aac', '-b:a', '64k', '-flvflags', 'no_duration_filesize', '-f', 'flv', '-'],
  ])
  return stdout
}

export async function makeJpeg(): Promise<Buffer> {
  const { stdout } = await exec('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1'],
    ...['-f', 'mjpeg', '-'],
  ])
  return stdout
}

function tagsOf(flv: Buffer): Tag[] {
  const tags: Tag[] = []
  for (let at = HEADER_BYTES; at + TAG_HEADER_BYTES < flv.length; ) {
    const size = flv.readUIntBE(at + 1, 3)
    const end = at + TAG_HEADER_BYTES + size + 4
    const [type, first, second] = [flv[at]!, flv[at + TAG_HEADER_BYTES]!, flv[at + TAG_HEADER_BYTES + 1]!]
    const timestampMs = flv.readUIntBE(at + 4, 3) | (flv[at + 7]! << 24)
    const config = type === 18 || ((type === 9 || type === 8) && second === 0)
    tags.push({ bytes: flv.subarray(at, end), timestampMs, keyframe: type === 9 && first >> 4 === 1, config })
    at = end
  }
  return tags
}

/** The stream in its own time; each subscription begins anew. */
export function playFlv(flv: Buffer): Observable<PreviewFrame> {
  const tags = tagsOf(flv)
  const start = Buffer.concat([flv.subarray(0, HEADER_BYTES), ...tags.filter(tag => tag.config).map(tag => tag.bytes)])
  const media = tags.filter(tag => !tag.config)
  const lengthMs = media.at(-1)!.timestampMs + 40
  return new Observable(viewer => {
    viewer.next({ bytes: start, start: true, keyframe: false })
    const from = performance.now()
    let next = 0
    const timer = setInterval(() => {
      for (;;) {
        const { bytes, timestampMs, keyframe } = media[next % media.length]!
        const at = timestampMs + Math.floor(next / media.length) * lengthMs
        if (at > performance.now() - from) return
        const moved = Buffer.from(bytes)
        moved.writeUIntBE(at & 0xffffff, 4, 3)
        moved[7] = (at >>> 24) & 0xff
        viewer.next({ bytes: moved, start: false, keyframe })
        next++
      }
    }, 10)
    return () => clearInterval(timer)
  })
}
