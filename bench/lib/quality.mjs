// The quality of a recording: how constant its bitrate is, and how close its pictures are to the originals.
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { exec } from '../../dist/test/support/child.js'
import { drawClock, readClock } from '../../dist/test/support/media/picture-clock.js'

const FOLDER = join(tmpdir(), 'rxgst-bench')
/** Smallest size of a picture in which its number can be read. */
const SMALL = { width: 320, height: 180 }

/**
 * A scene for encoders, as raw I420 in one file, made once per machine: a fractal that is zoomed into (detail, motion
 * in all directions), moving text and shapes beside it, the noise of a camera over all. In each picture stands its
 * number.
 */
export async function makeScene({ width, height, fps, seconds }) {
  const file = join(FOLDER, `scene2-${width}x${height}-${fps}-${seconds}s.yuv`)
  if (existsSync(file)) return file
  await mkdir(FOLDER, { recursive: true })
  const half = `${width / 2}x${height}`
  const source =
    `testsrc2=size=${half}:rate=${fps}[a];` +
    `mandelbrot=size=${half}:rate=${fps}:end_scale=0.05:end_pts=${seconds * fps}:maxiter=200[b];` +
    `[a][b]hstack,noise=alls=3:allf=t,format=rgb24`
  const from = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-nostdin',
      '-filter_complex',
      source,
      '-t',
      String(seconds),
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      'pipe:1',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const raw = ['-f', 'rawvideo', '-video_size', `${width}x${height}`, '-framerate', String(fps)]
  const into = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      ...raw,
      '-pix_fmt',
      'rgb24',
      '-i',
      'pipe:0',
      '-vf',
      'format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p',
      '-f',
      'rawvideo',
      'pipe:1',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const fresh = `${file}.${process.pid}.part`
  const stored = into.stdout.pipe(createWriteStream(fresh))
  let number = 0
  for await (const picture of pictures(from.stdout, width * height * 3)) {
    drawClock(picture, width, height, number++)
    if (!into.stdin.write(picture)) await once(into.stdin, 'drain')
  }
  into.stdin.end()
  await once(stored, 'close')
  renameSync(fresh, file)
  return file
}

/** A stream of bytes as pictures, each in memory of its own. */
async function* pictures(stream, size) {
  let picture = Buffer.allocUnsafeSlow(size)
  let filled = 0
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.copy(picture, filled, at, Math.min(chunk.length, at + size - filled))
      at += part
      filled += part
      if (filled < size) continue
      yield picture
      picture = Buffer.allocUnsafeSlow(size)
      filled = 0
    }
  }
}

/** The numbers in a recording's pictures; null where none can be read. */
export async function numbersOf(file) {
  const child = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-nostdin',
      '-i',
      file,
      '-map',
      '0:v:0',
      '-fps_mode',
      'passthrough',
      '-vf',
      `scale=${SMALL.width}:${SMALL.height}`,
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      'pipe:1',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const numbers = []
  for await (const picture of pictures(child.stdout, SMALL.width * SMALL.height * 3))
    numbers.push(readClock(picture, SMALL.width, SMALL.height))
  return numbers
}

/** The longest part in which every picture is the next of the scene: its start in both, and its length. */
export function longestRun(numbers) {
  let best = { from: 0, scene: 0, length: 0 }
  for (let from = 0; from < numbers.length; ) {
    let length = 1
    while (
      from + length < numbers.length &&
      numbers[from] !== null &&
      numbers[from + length] === numbers[from] + length
    )
      length++
    if (numbers[from] !== null && length > best.length) best = { from, scene: numbers[from], length }
    from += length
  }
  return best
}

/** ffmpeg's SSIM of that part against the scene, over all planes: 0 … 1. */
export async function ssim(file, scene, { width, height, fps }, { from, scene: first, length }) {
  const cut = (name, start, out) =>
    `[${name}]trim=start_frame=${start}:end_frame=${start + length},setpts=N/${fps}/TB[${out}]`
  const graph = `${cut('0:v', from, 'a')};${cut('1:v', first, 'b')};[a][b]ssim`
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    '-video_size',
    `${width}x${height}`,
    '-framerate',
    String(fps),
    '-i',
    scene,
  ]
  const { stderr } = await exec(
    'ffmpeg',
    ['-v', 'info', '-nostdin', '-i', file, ...raw, '-filter_complex', graph, '-f', 'null', '-'],
    { timeout: 300_000 },
  )
  return Number(/All:([\d.]+)/.exec(stderr.toString())?.[1])
}

/**
 * Of the encoded pictures, kbit/s: the mean, and the most and the least of any whole second, looked at from every
 * picture on, since a second that begins with a keyframe is no worse than the network's.
 */
export async function bitrateOf(file, fps) {
  const { stdout } = await exec(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=size', '-of', 'csv=p=0', file],
    { timeout: 60_000 },
  )
  const sizes = stdout
    .toString()
    .trim()
    .split('\n')
    .map(line => Number.parseInt(line, 10))
  const sum = list => list.reduce((all, size) => all + size, 0)
  const windows = sizes.slice(0, sizes.length - fps + 1).map((_, i) => (sum(sizes.slice(i, i + fps)) * 8) / 1000)
  return {
    packets: sizes.length,
    mean: (sum(sizes) * 8 * fps) / sizes.length / 1000,
    most: Math.max(...windows),
    least: Math.min(...windows),
  }
}
