// How old a picture is when JS gets it: written into an encoder, over nginx on loopback, out of a decoder. A clock burnt into
// every picture tells; all processes read the same clock.
//
//   node bench/latency.mjs [--quick] [--seconds 20] [--warmup 4] [--rounds 2] [--json]
import { RTMPOutput } from '../dist/src/index.js'
import { startNginx } from '../dist/test/support/nginx.js'
import { readAges, stamp } from './lib/ages.mjs'
import { calm } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makePictures } from './lib/media.mjs'
import { spawnTimed, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { percentile, round } from './lib/statistics.mjs'

const WIDTH = 1280
const HEIGHT = 720
const FPS = 30
const RATE = 44_100
/** ms, at the median. */
const GOAL = 15
const GOAL_RELAY = 40
const GOAL_RATIO = 0.15

const options = readOptions({ seconds: [20, 5], warmup: [4, 3], rounds: [2, 1] })
const machine = describeMachine()
const nginx = await startNginx()
const pictures = await makePictures({ width: WIDTH, height: HEIGHT, fps: FPS, count: FPS })

/** Hands a picture with the present time to `write`, at every 1/fps of a clock that does not drift. */
function publish(write) {
  let on = true
  const done = (async () => {
    const from = performance.now()
    for (let n = 0; on; n++) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + (n * 1000) / FPS - performance.now())))
      const picture = pictures[n % pictures.length]
      stamp(picture, WIDTH, HEIGHT)
      await write(picture)
    }
  })()
  return async () => {
    on = false
    await done
  }
}

async function ourEncoder(url, sound = null) {
  const output = new RTMPOutput(url, { width: WIDTH, height: HEIGHT, fps: FPS, bitrate: '4M', keyframeInterval: 1, audioSampleRate: RATE })
  await output.start()
  const stop = publish((picture) => (sound ? output.writeFrameWithAudio(picture, sound) : output.writeFrame(picture)))
  return async () => {
    await stop()
    await output.stop()
  }
}

/** With the sound of each picture's time, as a program that relays both. */
function ourEncoderWithSound(url) {
  return ourEncoder(url, Float32Array.from({ length: (RATE / FPS) * 2 }, (_, i) => Math.sin((i >> 1) / 16) / 4))
}

/** ffmpeg fed through a pipe, with the same settings: its ages hold the pipe's milliseconds too. */
async function foreignEncoder(url) {
  const args = ['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${WIDTH}x${HEIGHT}`, '-framerate', String(FPS)]
  // Without these it waits for more pictures than the first before it writes one.
  args.push('-probesize', '32', '-analyzeduration', '0', '-i', 'pipe:0', '-pix_fmt', 'yuv420p')
  args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-b:v', '4M', '-maxrate', '4M', '-bufsize', '4M', '-g', String(FPS))
  args.push('-f', 'flv', '-flvflags', 'no_duration_filesize', '-flush_packets', '1', url)
  const program = spawnTimed('ffmpeg', args, { stdin: 'pipe' })
  program.child.stdin.on('error', () => {})
  const stop = publish((picture) => new Promise((resolve) => program.child.stdin.write(picture, resolve)))
  return async () => {
    await stop()
    program.child.stdin.end()
    await program.done
  }
}

const READERS = [
  { name: 'RTMPCapture', reader: 'capture' },
  { name: 'RTMPCapture in the process of the encoder', reader: 'capture', here: true },
  { name: 'ffmpeg pipe', reader: 'plain' },
  { name: 'ffmpeg pipe, tuned', reader: 'tuned' },
]
const ENCODERS = [
  { name: 'RTMPOutput', start: ourEncoder, readers: READERS, relayed: true },
  { name: 'RTMPOutput with sound', start: ourEncoderWithSound, readers: [READERS[0]] },
  { name: 'ffmpeg fed by a pipe', start: foreignEncoder, readers: READERS.filter(({ here }) => !here) },
]

async function read({ reader, here }, url) {
  const order = { reader, url, width: WIDTH, height: HEIGHT, seconds: options.seconds, warmUp: options.warmup }
  if (here) return readAges(order)
  const process_ = await startHelper('./age-process.mjs')
  try {
    return await process_.ask('read', order)
  } finally {
    await process_.stop()
  }
}

const results = new Map()
async function measure(name, one, url) {
  const result = await read(one, url)
  const all = results.get(name) ?? { ages: [], parts: [], unreadable: 0, medians: [] }
  all.ages.push(...result.ages)
  all.parts.push(...result.parts)
  all.unreadable += result.unreadable
  all.medians.push(percentile(result.ages, 0.5))
  results.set(name, all)
  tell(`${name}: ${round(percentile(result.ages, 0.5))} ms, 99 %: ${round(percentile(result.ages, 0.99))} ms, ${result.ages.length} pictures`)
}

for (const { name, start, readers, relayed } of ENCODERS) {
  for (let turn = 0; turn < options.rounds; turn++) {
    const stream = `${start.name}${turn}`
    await calm()
    const stop = await start(nginx.url(stream))
    await nginx.published(stream)
    // One reader at a time, since they would share two cores.
    for (const one of readers) await measure(`${name} → ${one.name}`, one, nginx.url(stream))
    if (relayed) {
      const relay = await startHelper('./age-process.mjs')
      await relay.ask('relay', { from: nginx.url(stream), to: nginx.url(`${stream}-relayed`), width: WIDTH, height: HEIGHT, fps: FPS })
      await measure(`${name} → RTMPCapture → RTMPOutput → RTMPCapture`, READERS[0], nginx.url(`${stream}-relayed`))
      await relay.stop()
    }
    await stop()
  }
}
await nginx.stop()

const rows = [...results].map(([way, { ages, parts, unreadable, medians }]) => ({
  way,
  'p50 ms': round(percentile(ages, 0.5)),
  'p95 ms': round(percentile(ages, 0.95)),
  'p99 ms': round(percentile(ages, 0.99)),
  'of it since arrival, p50 ms': round(percentile(parts, 0.5)),
  'p99 ms of that': round(percentile(parts, 0.99)),
  'p50 of each round': medians.map((value) => round(value)).join(' '),
  pictures: ages.length,
  unreadable,
}))
const age = (name) => percentile(results.get(name).ages, 0.5)
const [ours, tuned, relayed] = ['RTMPOutput → RTMPCapture', 'RTMPOutput → ffmpeg pipe, tuned', 'RTMPOutput → RTMPCapture → RTMPOutput → RTMPCapture'].map(age)
const goals = [
  { goal: `RTMPOutput → RTMPCapture, p50 ≤ ${GOAL} ms`, value: `${round(ours)} ms`, met: ours <= GOAL },
  { goal: `≤ ${GOAL_RATIO} × the tuned ffmpeg pipe`, value: `${round(ours / tuned, 2)} ×`, met: ours <= GOAL_RATIO * tuned },
  { goal: `capture → JS → output → second capture, p50 ≤ ${GOAL_RELAY} ms`, value: `${round(relayed)} ms`, met: relayed <= GOAL_RELAY },
]
const checks = [...results].map(([way, { ages, unreadable }]) => ({ check: `${way}: ${ages.length} clocks read, ${unreadable} not`, well: ages.length > 0 && unreadable <= ages.length / 100 }))
report('latency', options, {
  title: `Age of a 720p30 picture in JS after it entered its encoder, over nginx, ${options.rounds} × ${options.seconds} s each after ${options.warmup} s`,
  rows,
  goals,
  checks,
  machine,
})
