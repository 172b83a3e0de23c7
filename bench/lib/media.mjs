import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exec } from '../../dist/test/support/child.js'

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
  const args = ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', source(clip)]
  args.push('-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`)
  args.push('-vf', 'format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p')
  args.push('-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv')
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
