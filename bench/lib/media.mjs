import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gst, run } from '../../dist/src/index.js'
import { configuration, videoTags } from '../../dist/test/rtmp/elements/enhanced.js'
import { exec } from '../../dist/test/support/child.js'
import { writeFlv } from '../../dist/test/support/peers/rtmp-server.js'

const FOLDER = join(tmpdir(), 'rxgst-bench')

/**
 * Moving shapes with noise over them: neither a still that costs nothing nor pure noise that no encoder is made for.
 */
const source = ({ width, height, fps, seconds }) =>
  `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds},noise=alls=6:allf=t`

/**
 * An FLV file of H.264 and AAC, made once per machine. Tagged BT.709, since programs differ about untagged pictures.
 * @param clip width, height, fps, seconds, bitrate ('5M'), zerolatency (no B-frames, slices for threads)
 */
export async function makeClip(clip) {
  const { width, height, fps, seconds, bitrate, zerolatency } = clip
  mkdirSync(FOLDER, { recursive: true })
  const file = join(
    FOLDER,
    `${width}x${height}-${fps}-${seconds}s-${bitrate}-${zerolatency ? 'zerolatency' : 'veryfast'}.flv`,
  )
  if (existsSync(file)) return file
  const fresh = `${file}.${process.pid}.part`
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`]
  const args = [...drawn(clip), ...sound, ...BT709]
  args.push('-c:v', 'libx264', '-preset', 'veryfast', ...(zerolatency ? ['-tune', 'zerolatency'] : []))
  args.push(
    '-b:v',
    bitrate,
    '-maxrate',
    bitrate,
    '-bufsize',
    bitrate,
    '-g',
    String(fps * 2),
    '-keyint_min',
    String(fps * 2),
  )
  args.push('-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-f', 'flv', '-flvflags', 'no_duration_filesize', fresh)
  await exec('ffmpeg', args, { timeout: 600_000 })
  renameSync(fresh, file)
  return file
}

const drawn = clip => ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', source(clip)]

/** Converts to BT.709 and says so. */
const BT709 = [
  ...['-vf', 'format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p'],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
]

/** HEVC with B-frames, made once per machine: a Matroska file for ffmpeg, and the same packets as Enhanced RTMP. */
export async function makeHevcClip(clip) {
  const { width, height, fps, seconds, bitrate } = clip
  mkdirSync(FOLDER, { recursive: true })
  const name = join(FOLDER, `${width}x${height}-${fps}-${seconds}s-${bitrate}-hevc`)
  const made = { flv: `${name}.flv`, mkv: `${name}.mkv` }
  if (existsSync(made.flv)) return made
  const args = [...drawn(clip), ...BT709, '-c:v', 'libx265', '-preset', 'veryfast', '-b:v', bitrate]
  args.push('-x265-params', `keyint=${fps * 2}:min-keyint=${fps * 2}:log-level=error`, made.mkv)
  await exec('ffmpeg', args, { timeout: 600_000 })
  const reader = run(gst`filesrc location=${made.mkv} ! matroskademux ! h265parse !
    video/x-h265,stream-format=hvc1,alignment=au ! appsink name=out sync=false`)
  const packets = []
  const over = new Promise((resolve, reject) => {
    reader.packets$('out').subscribe({ next: packet => packets.push(packet), complete: resolve, error: reject })
  })
  await reader.start()
  await over
  await reader.stop()
  const fresh = `${made.flv}.${process.pid}.part`
  writeFileSync(fresh, writeFlv(videoTags('hvc1', configuration(packets[0].caps), packets, true)))
  renameSync(fresh, made.flv)
  return made
}

/** `count` RGB pictures in turn, as a program would draw them. */
export async function makePictures({ width, height, fps, count }) {
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-f',
    'lavfi',
    '-i',
    source({ width, height, fps, seconds: Math.ceil(count / fps) }),
  ]
  args.push('-frames:v', String(count), '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1')
  const { stdout } = await exec('ffmpeg', args, { timeout: 120_000 })
  const size = width * height * 3
  // Memory of their own, each: subarrays of one huge buffer would be cached differently from a program's pictures.
  return Array.from({ length: count }, (_, i) => Uint8Array.from(stdout.subarray(i * size, (i + 1) * size)))
}
