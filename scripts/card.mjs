// The measurements of docs/hardware.md, for a machine with an NVIDIA card. Takes two minutes; prints figures.
//
//   node scripts/card.mjs                     all of it
//   node scripts/card.mjs doctor exact age    some of: doctor exact age streams cycles reconnects quiet
//
// Needs a built project and ffmpeg; nvidia-smi for the card's own memory. Without a card it measures software beside
// software.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RTMPCapture, doctor } from '../dist/src/index.js'
import { psnr } from '../dist/test/support/media/picture.js'
import { makeClip } from '../bench/lib/media.mjs'
import { ownProcessorSeconds, startHelper } from '../bench/lib/processes.mjs'

const PARTS = { doctor: examine, exact, age, streams, cycles, reconnects, quiet }
/** For the part that reads a process's own stderr. */
const QUIET_CHILD = 'quiet-child'

const median = values => [...values].sort((a, b) => a - b)[values.length >> 1]
const after = ms => new Promise(resolve => setTimeout(resolve, ms))
const say = text => console.log(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${text}`)
const logger = { debug() {}, info() {}, warn: text => say(`warn: ${text}`), error: text => say(`error: ${text}`) }

function card() {
  const query = ['--query-gpu=name,memory.used,utilization.decoder', '--format=csv,noheader']
  for (const program of ['nvidia-smi', '/usr/local/nvidia/bin/nvidia-smi']) {
    try {
      return execFileSync(program, query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    } catch {
      // Not there.
    }
  }
  return 'no nvidia-smi'
}

function state() {
  const count = folder => readdirSync(`/proc/self/${folder}`).length
  const rss = (process.memoryUsage.rss() / 1e6).toFixed(0)
  return `descriptors ${count('fd')}, threads ${count('task')}, RSS ${rss} MB, card: ${card()}`
}

async function serve(clip, behaviour) {
  const server = await startHelper('./rtmp-server.mjs')
  const port = await server.ask('start', { kind: 'serve-file', file: await makeClip(clip), ...behaviour })
  return { url: `rtmp://127.0.0.1:${port}/live/clip`, stop: () => server.stop() }
}

async function begin(url, options = {}) {
  const from = performance.now()
  const capture = new RTMPCapture(url, { logger, reconnect: false, ...options })
  const first = new Promise(resolve =>
    capture.frames$.subscribe({
      next: frame => (frame.close(), resolve(performance.now() - from)),
      error: () => resolve(NaN),
    }),
  )
  await capture.start()
  return { capture, first: await first, decoder: capture.info.video.decoder }
}

async function examine() {
  const { gstreamer, nvidia, decoders, encoders } = await doctor({ fresh: true })
  say(`GStreamer ${gstreamer}, driver ${nvidia}`)
  for (const { element, works, reason, latency, psnr: quality } of [...decoders, ...encoders])
    say(`  ${element.padEnd(13)} ${works ? `works, ${latency} ms, ${quality} dB` : reason}`)
}

async function taken(url, gpuAcceleration) {
  const capture = new RTMPCapture(url, {
    dropPolicy: 'block',
    reconnect: false,
    gpuAcceleration,
    format: 'I420',
    logger: { ...logger, error() {} },
  })
  const pictures = []
  const done = new Promise(resolve =>
    capture.frames$.subscribe({
      next: frame => (pictures.push(Uint8Array.from(frame.data)), frame.close()),
      error: resolve,
      complete: resolve,
    }),
  )
  await Promise.all([capture.start(), done])
  const { decoder } = capture.info.video
  await capture.stop()
  return { decoder, pictures }
}

async function exact() {
  for (const zerolatency of [true, false]) {
    const server = await serve(
      { width: 1280, height: 720, fps: 30, seconds: 4, bitrate: '4M', zerolatency },
      { pace: 'full' },
    )
    const [one, other] = [await taken(server.url, true), await taken(server.url, false)]
    const worst = Math.min(
      ...one.pictures.map((picture, i) => (other.pictures[i] ? psnr(picture, other.pictures[i]) : 0)),
    )
    const counts = [one, other].map(({ decoder, pictures }) => `${decoder} ${pictures.length}`)
    say(`${zerolatency ? 'no B-frames' : 'B-frames'}: ${counts} pictures of 120`)
    say(`  the worst ${worst.toFixed(1)} dB beside the other's`)
    await server.stop()
  }
}

async function age() {
  const server = await serve(
    { width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '3M', zerolatency: true },
    { pace: 'real', loop: true },
  )
  for (const gpuAcceleration of [true, false, true, false]) {
    const capture = new RTMPCapture(server.url, { gpuAcceleration, logger })
    const ages = []
    capture.frames$.subscribe({
      next: frame => (ages.push(performance.now() - frame.arrivalTime), frame.close()),
      error() {},
    })
    await capture.start()
    await after(3000)
    const found = `${median(ages.slice(30)).toFixed(2)} ms, the median of ${ages.length - 30}`
    say(`720p30 by ${capture.info.video.decoder}: off the network to JavaScript ${found}`)
    await capture.stop()
  }
  await server.stop()
}

async function streams() {
  const server = await serve(
    { width: 1920, height: 1080, fps: 30, seconds: 10, bitrate: '5M', zerolatency: true },
    { pace: 'real', loop: true },
  )
  say(`none: ${state()}`)
  for (const [count, gpuAcceleration] of [
    [1, true],
    [4, true],
    [16, true],
    [16, false],
  ]) {
    const all = await Promise.all(Array.from({ length: count }, () => begin(server.url, { gpuAcceleration })))
    await after(1000)
    const [from, cost] = [performance.now(), ownProcessorSeconds()]
    await after(4000)
    const share = (((ownProcessorSeconds() - cost) / (performance.now() - from)) * 1e5) / count
    const dropped = all.reduce((sum, { capture }) => sum + capture.stats().dropped, 0)
    const first = median(all.map(one => one.first)).toFixed(0)
    const decoders = [...new Set(all.map(({ decoder }) => decoder))]
    say(`${count} × 1080p30 by ${decoders}: ${share.toFixed(1)} % of a core each, ${dropped} dropped`)
    say(`  first picture after ${first} ms, ${state()}`)
    await Promise.all(all.map(({ capture }) => capture.stop()))
    await after(1000)
    say(`  stopped: ${state()}`)
  }
  await server.stop()
}

async function cycles() {
  const server = await serve(
    { width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '3M', zerolatency: true },
    { pace: 'real', loop: true },
  )
  const once = async () => {
    const { capture, decoder } = await begin(server.url)
    await capture.stop()
    return decoder
  }
  for (let i = 0; i < 5; i++) await once()
  say(`after 5 starts and stops: ${state()}`)
  const from = performance.now()
  let decoder
  for (let i = 0; i < 40; i++) decoder = await once()
  say(`40 more of ${decoder}, ${((performance.now() - from) / 40).toFixed(0)} ms each: ${state()}`)
  await server.stop()
}

/** A source that ends every two seconds: a night of them in miniature. */
async function reconnects() {
  const server = await serve(
    { width: 1280, height: 720, fps: 30, seconds: 2, bitrate: '3M', zerolatency: true },
    { pace: 'full' },
  )
  const capture = new RTMPCapture(server.url, {
    logger: { ...logger, warn() {}, error() {} },
    reconnect: { initialDelay: 20, maxDelay: 20 },
  })
  let [pictures, connections] = [0, 0]
  capture.state$.subscribe(({ phase }) => void (phase === 'live' && connections++))
  capture.frames$.subscribe({ next: frame => (pictures++, frame.close()), error() {} })
  await capture.start()
  await after(3000)
  say(`${connections} connections, ${pictures} pictures: ${state()}`)
  await after(15_000)
  say(`${connections} connections, ${pictures} pictures by ${capture.info.video.decoder}: ${state()}`)
  await capture.stop()
  await server.stop()
}

async function quiet() {
  const { status, stderr, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), QUIET_CHILD], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  say(`a process with one stream by ${stdout.trim()}: status ${status}, ${stderr.length} bytes on its stderr`)
  if (stderr) say(stderr.slice(0, 500))
}

async function quietChild() {
  const server = await serve(
    { width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '3M', zerolatency: true },
    { pace: 'real', loop: true },
  )
  const { capture, decoder } = await begin(server.url)
  await capture.stop()
  await server.stop()
  console.log(decoder)
}

const asked = process.argv.slice(2)
if (asked[0] === QUIET_CHILD) await quietChild()
else {
  const unknown = asked.find(name => !(name in PARTS))
  if (unknown !== undefined) {
    console.error(`${unknown} is none of ${Object.keys(PARTS).join(', ')}`)
    process.exit(2)
  }
  for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
    say(name)
    await PARTS[name]()
  }
}
process.exit(0)
