// What work on pictures costs: overlays beside a loop in JavaScript, stills, and captures that leave a kind undecoded.
// The processor time of the whole process, threads included: of one picture, and of one second of a stream.
//
//   node scripts/picture-cost.mjs [--quick] [--rounds 200] [--seconds 15]
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { firstValueFrom } from 'rxjs'
import { calm } from '../bench/lib/calm.mjs'
import { describeMachine, machineLine } from '../bench/lib/machine.mjs'
import { makeClip } from '../bench/lib/media.mjs'
import { startHelper } from '../bench/lib/processes.mjs'
import { readOptions, table, tell } from '../bench/lib/report.mjs'
import { median, round } from '../bench/lib/statistics.mjs'

const dist = process.env.RXGST_DIST ?? fileURLToPath(new URL('../dist', import.meta.url))
const { gst, RTMPCapture, run, StreamMonitor } = await import(`${dist}/src/index.js`)

if (process.argv[2] === 'capture') await capture(process.argv[3], JSON.parse(process.argv[4]), Number(process.argv[5]))
else await main()

/** One capture in this process: prints its milliseconds of processor time for a second of stream. */
async function capture(url, options, seconds) {
  const one = new RTMPCapture(url, options)
  await one.start()
  const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
  if (options.video !== false && options.decode !== false) one.frames$.subscribe(frame => frame.close())
  if (options.audio !== false && options.decode !== false) one.audio$.subscribe(() => {})
  if (options.analyse !== undefined) new StreamMonitor(['black', 'freeze', 'silence'], { rules: [] }).attachStream(one)
  await sleep(2000)
  const [before, from] = [process.cpuUsage(), performance.now()]
  await sleep(seconds * 1000)
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify((user + system) / (performance.now() - from)))
  await one.stop()
}

/** A 1080p frame of a test picture. */
async function frameOf(format) {
  const size = `width=1920,height=1080,framerate=25/1`
  const line = `videotestsrc num-buffers=1 ! video/x-raw,format=${format},${size} ! appsink name=out`
  const graph = run(gst([line]))
  const first = firstValueFrom(graph.frames$('out'))
  await graph.start()
  const frame = await first
  await graph.stop()
  return frame
}

/** A soft disc of alpha. */
function disc(width, height) {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const far = Math.hypot(x / width - 0.5, y / height - 0.5) * 2
      data.set([200, 90, 30, 255 * Math.max(0, Math.min(1, 1.5 - far))], i)
    }
  }
  return { data, width, height }
}

/** The loop that a program would write. */
function loop(rgb, width, image, left, top) {
  for (let y = 0; y < image.height; y++) {
    let to = ((top + y) * width + left) * 3
    let from = y * image.width * 4
    for (let x = 0; x < image.width; x++, to += 3, from += 4) {
      const alpha = image.data[from + 3]
      const kept = 255 - alpha
      rgb[to] = (rgb[to] * kept + image.data[from] * alpha) / 255
      rgb[to + 1] = (rgb[to + 1] * kept + image.data[from + 1] * alpha) / 255
      rgb[to + 2] = (rgb[to + 2] * kept + image.data[from + 2] * alpha) / 255
    }
  }
}

/** Median milliseconds of processor time of one call. */
async function cost(rounds, work) {
  for (let i = 0; i < 5; i++) await work()
  const batch = Math.max(1, Math.round(rounds / 10))
  const all = []
  for (let i = 0; i < 10; i++) {
    const before = process.cpuUsage()
    for (let n = 0; n < batch; n++) await work()
    const { user, system } = process.cpuUsage(before)
    all.push((user + system) / 1000 / batch)
  }
  return round(median(all), 3)
}

async function main() {
  const { rounds, seconds } = readOptions({ rounds: [200, 50], seconds: [15, 5] })
  const machine = describeMachine()
  const { drawOver, loadOverlay } = await import(`${dist}/src/observables/stills/overlay-picture.js`)
  const { resolveOverlay } = await import(`${dist}/src/core/pictures/overlay-options.js`)
  const [rgb, i420] = [await frameOf('RGB'), await frameOf('I420')]

  const overlays = []
  for (const [what, width, height] of [
    ['a watermark of 320 × 180', 320, 180],
    ['the whole frame', 1920, 1080],
  ]) {
    await calm()
    const image = disc(width, height)
    const over = await loadOverlay(resolveOverlay(image))
    const copied = async frame => {
      const held = frame.clone()
      ;(await drawOver(held, over)).close()
      held.close()
    }
    overlays.push({
      overlay: what,
      'loop in JavaScript, RGB': await cost(rounds, () => loop(rgb.data, 1920, image, 0, 0)),
      'operator, RGB': await cost(rounds, () => drawOver(rgb, over)),
      'operator, RGB, copied': await cost(rounds, () => copied(rgb)),
      'operator, I420': await cost(rounds, () => drawOver(i420, over)),
      'output (I420, copied)': await cost(rounds, () => copied(i420)),
    })
    tell(what)
  }

  await calm()
  const stills = []
  for (const [what, make] of [
    ['JPEG of RGB', () => rgb.toJPEG()],
    ['JPEG of I420', () => i420.toJPEG()],
    ['JPEG of I420, 320 wide', () => i420.toJPEG({ width: 320 })],
    ['PNG of RGB', () => rgb.toPNG()],
  ])
    stills.push({ still: what, ms: await cost(rounds / 4, make), KB: round((await make()).length / 1000) })
  rgb.close()
  i420.close()

  const clip = await makeClip({ width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '2500k', zerolatency: true })
  const server = await startHelper('./rtmp-server.mjs')
  const port = await server.ask('start', { kind: 'serve-file', file: clip, pace: 'real', loop: true })
  const captures = []
  for (const options of [
    {},
    { audio: false },
    { video: false },
    { decode: false },
    { decode: false, analyse: 'keyframes' },
    { decode: false, analyse: 'all' },
  ]) {
    await calm()
    const args = [process.argv[1], 'capture', `rtmp://127.0.0.1:${port}/live/clip`, JSON.stringify(options), seconds]
    const { stdout } = await promisify(execFile)(process.execPath, args.map(String), { timeout: 120_000 })
    captures.push({ capture: JSON.stringify(options), '% of a core': round(Number(stdout) / 10, 2) })
    tell(JSON.stringify(options))
  }
  await server.stop()

  console.log(`
${machineLine(machine)}
Milliseconds of processor time for a picture of 1920 × 1080:

${table(overlays)}
${table(stills)}
A capture of 720p30 at 2.5 Mbit/s with sound:

${table(captures)}`)
}
