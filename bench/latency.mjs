// How old a picture is when JS gets it: written into an encoder, over nginx on loopback, out of a decoder. A clock
// burnt into every picture tells; all processes read the same clock.
//
//   node bench/latency.mjs [--quick] [--seconds 20] [--warmup 4] [--rounds 2] [--json]
import { RTMPOutput } from '../dist/src/index.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { sleep } from '../dist/test/support/until.js'
import { readAges, stamp } from './lib/ages.mjs'
import { calm } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makePictures } from './lib/media.mjs'
import { spawnTimed, startHelper } from './lib/processes.mjs'
import { monotonic, outputRows, watchStages } from './lib/stages.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { percentile, round } from './lib/statistics.mjs'

const WIDTH = 1280
const HEIGHT = 720
const FPS = 30
const RATE = 44_100
/** ms, at the median. */
const GOAL = 10
const GOAL_RELAY = 40
const GOAL_RELAY_SOUND = 50
const GOAL_RATIO = 0.15
/** ms: how long a picture is shown. Its way to JS, all of it at 99 %, and a relay's part of it twice. */
const FRAME = 1000 / FPS

const options = readOptions({ seconds: [20, 5], warmup: [4, 3], rounds: [2, 1] })
const machine = describeMachine()
const nginx = await startNginx()
const pictures = await makePictures({ width: WIDTH, height: HEIGHT, fps: FPS, count: FPS })

/**
 * Hands a picture with the present time to `write`, at every 1/fps of a clock that does not drift. A turn that was
 * missed is over, as with a camera: a burst of them would be a backlog, which an output gives up within some seconds.
 */
function publish(write, written = () => {}) {
  let on = true
  const done = (async () => {
    const from = performance.now()
    for (let n = 0; on; n = Math.max(n + 1, Math.floor(((performance.now() - from) * FPS) / 1000))) {
      await new Promise(resolve => setTimeout(resolve, Math.max(0, from + (n * 1000) / FPS - performance.now())))
      const picture = pictures[n % pictures.length]
      const number = stamp(picture, WIDTH, HEIGHT)
      written(number)
      await write(picture)
    }
  })()
  return async () => {
    on = false
    await done
  }
}

async function ourEncoder(url, sound = null, written = undefined) {
  const output = new RTMPOutput(url, {
    width: WIDTH,
    height: HEIGHT,
    fps: FPS,
    bitrate: '4M',
    keyframeInterval: 1,
    audioSampleRate: RATE,
  })
  await output.start()
  const stop = publish(
    picture => (sound ? output.writeFrameWithAudio(picture, sound) : output.writeFrame(picture)),
    written,
  )
  return async () => {
    await stop()
    await output.stop()
  }
}

/** With the sound of each picture's time, as a program that relays both. */
function ourEncoderWithAudio(url) {
  return ourEncoder(
    url,
    Float32Array.from({ length: (RATE / FPS) * 2 }, (_, i) => Math.sin((i >> 1) / 16) / 4),
  )
}

/** ffmpeg fed through a pipe, with the same settings: its ages hold the pipe's milliseconds too. */
async function foreignEncoder(url) {
  const args = [
    '-v',
    'error',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-video_size',
    `${WIDTH}x${HEIGHT}`,
    '-framerate',
    String(FPS),
  ]
  // Without these it waits for more pictures than the first before it writes one.
  args.push('-probesize', '32', '-analyzeduration', '0', '-i', 'pipe:0', '-pix_fmt', 'yuv420p')
  args.push(
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-b:v',
    '4M',
    '-maxrate',
    '4M',
    '-bufsize',
    '2M',
    '-g',
    String(FPS),
  )
  args.push('-f', 'flv', '-flvflags', 'no_duration_filesize', '-flush_packets', '1', url)
  const program = spawnTimed('ffmpeg', args, { stdin: 'pipe' })
  program.child.stdin.on('error', () => {})
  const stop = publish(picture => new Promise(resolve => program.child.stdin.write(picture, resolve)))
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
  { name: 'RTMPOutput with sound', start: ourEncoderWithAudio, readers: [READERS[0]], relayed: true },
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
  tell(
    `${name}: ${round(percentile(result.ages, 0.5))} ms, 99 %: ` +
      `${round(percentile(result.ages, 0.99))} ms, ${result.ages.length} pictures`,
  )
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
      await relay.ask('relay', {
        from: nginx.url(stream),
        to: nginx.url(`${stream}-relayed`),
        width: WIDTH,
        height: HEIGHT,
        fps: FPS,
        sound: start === ourEncoderWithAudio,
      })
      await measure(`${name} → RTMPCapture → RTMPOutput → RTMPCapture`, READERS[0], nginx.url(`${stream}-relayed`))
      await relay.stop()
    }
    await stop()
  }
}
/** The stages of a picture: probes on the pads of an output here, and of a relay in a process of its own. */
async function stages() {
  await calm()
  const watch = watchStages()
  const written = []
  const stop = await ourEncoder(nginx.url('stages'), null, number => written.push({ at: monotonic(), number }))
  await nginx.published('stages')
  const relay = await startHelper('./age-process.mjs')
  await relay.ask('relay', {
    from: nginx.url('stages'),
    to: nginx.url('stages-relayed'),
    width: WIDTH,
    height: HEIGHT,
    fps: FPS,
    stages: true,
  })
  await sleep(options.warmup * 1000)
  await relay.ask('forget')
  await sleep(options.seconds * 1000)
  const { capture, output, lost } = await relay.ask('stages')
  const found = watch.take()
  watch.close()
  await relay.stop()
  await stop()
  const [published, relayed] = [outputRows(found, written), output].map(
    rows => new Map(rows.map(row => [row.number, row])),
  )
  return {
    pictures: capture.map(row => ({ ...row, out: published.get(row.number), relay: relayed.get(row.number) })),
    lost: lost + found.lost,
  }
}

const way = await stages()
await nginx.stop()

/** Name, from where to where. The first three are the publisher's, the last four the relay's. */
const STAGES = [
  ['written → accepted', ({ out }) => [out?.written, out?.accepted]],
  ['accepted → converted to I420, its turn comes, into the encoder', ({ out }) => [out?.accepted, out?.encoder]],
  ['encode', ({ out }) => [out?.encoder, out?.encoded]],
  ['FLV tag → network sink', ({ out }) => [out?.encoded, out?.sink]],
  ['network: sink, nginx, source', ({ out, bytes }) => [out?.sink, bytes]],
  ['demux', ({ bytes, demuxed }) => [bytes, demuxed]],
  ['parse', ({ demuxed, parsed }) => [demuxed, parsed]],
  ['decode', ({ parsed, decoded }) => [parsed, decoded]],
  ['convert to RGB, into the queue', ({ decoded, converted }) => [decoded, converted]],
  ['hand-over to JS', ({ converted, js }) => [converted, js]],
  ['relay: JS → write accepted', ({ js, relay }) => [js, relay?.accepted]],
  ['relay: to I420, its turn comes, into the encoder', ({ relay }) => [relay?.accepted, relay?.encoder]],
  ['relay: encode', ({ relay }) => [relay?.encoder, relay?.encoded]],
  ['relay: FLV tag → network sink', ({ relay }) => [relay?.encoded, relay?.sink]],
]
const SUMS = [
  ['all of it: written → JS', ({ out, js }) => [out?.written, js]],
  ['bytes arrive → JS', ({ bytes, js }) => [bytes, js]],
  ['all of a relay: bytes arrive → network sink', ({ bytes, relay }) => [bytes, relay?.sink]],
]
const lasted = ends =>
  way.pictures
    .map(ends)
    .map(([from, to]) => to - from)
    .filter(Number.isFinite)
const stageRows = [...STAGES, ...SUMS].map(([stage, ends]) => {
  const times = lasted(ends)
  return {
    stage,
    'p50 ms': round(percentile(times, 0.5), 2),
    'p95 ms': round(percentile(times, 0.95), 2),
    'p99 ms': round(percentile(times, 0.99), 2),
    pictures: times.length,
  }
})
const [toJs, added] = [SUMS[1], SUMS[2]].map(([, ends]) => lasted(ends))

const rows = [...results].map(([way, { ages, parts, unreadable, medians }]) => ({
  way,
  'p50 ms': round(percentile(ages, 0.5)),
  'p95 ms': round(percentile(ages, 0.95)),
  'p99 ms': round(percentile(ages, 0.99)),
  'of it since arrival, p50 ms': round(percentile(parts, 0.5)),
  'p99 ms of that': round(percentile(parts, 0.99)),
  'p50 of each round': medians.map(value => round(value)).join(' '),
  pictures: ages.length,
  unreadable,
}))
const age = name => percentile(results.get(name).ages, 0.5)
const oldest = percentile(results.get('RTMPOutput → RTMPCapture').ages, 0.99)
const [ours, tuned, relayed, relayedWithSound] = [
  'RTMPOutput → RTMPCapture',
  'RTMPOutput → ffmpeg pipe, tuned',
  'RTMPOutput → RTMPCapture → RTMPOutput → RTMPCapture',
  'RTMPOutput with sound → RTMPCapture → RTMPOutput → RTMPCapture',
].map(age)
const goals = [
  { goal: `RTMPOutput → RTMPCapture, p50 ≤ ${GOAL} ms`, value: `${round(ours)} ms`, met: ours <= GOAL },
  {
    goal: `RTMPOutput → RTMPCapture, p99 ≤ ${round(FRAME)} ms, one frame time`,
    value: `${round(oldest)} ms`,
    met: oldest <= FRAME,
  },
  {
    goal: `RTMPOutput → RTMPCapture, p50 ≤ ${GOAL_RATIO} × the tuned ffmpeg pipe`,
    value: `${round(ours / tuned, 2)} ×`,
    met: ours <= GOAL_RATIO * tuned,
  },
  {
    goal: `capture → JS → output → second capture, p50 ≤ ${GOAL_RELAY} ms`,
    value: `${round(relayed)} ms`,
    met: relayed <= GOAL_RELAY,
  },
  {
    goal: `the same with sound, merge(frames$, audio$), p50 ≤ ${GOAL_RELAY_SOUND} ms`,
    value: `${round(relayedWithSound)} ms`,
    met: relayedWithSound <= GOAL_RELAY_SOUND,
  },
  {
    goal: `bytes arrive → JS, p99 ≤ ${round(FRAME)} ms, one frame time`,
    value: `${round(percentile(toJs, 0.99))} ms`,
    met: percentile(toJs, 0.99) <= FRAME,
  },
  {
    goal: `a relay adds p50 ≤ ${round(2 * FRAME)} ms, two frame times`,
    value: `${round(percentile(added, 0.5))} ms`,
    met: percentile(added, 0.5) <= 2 * FRAME,
  },
]
const checks = [...results].map(([way, { ages, unreadable }]) => ({
  check: `${way}: ${ages.length} clocks read, ${unreadable} not`,
  well: ages.length > 0 && unreadable <= ages.length / 100,
}))
checks.push({
  check: `stages: ${toJs.length} pictures followed into JS, ${added.length} through the relay, ${way.lost} notes lost`,
  well: toJs.length > 0 && added.length >= toJs.length * 0.9 && way.lost === 0,
})
report('latency', options, {
  title:
    `Age of a 720p30 picture in JS after it entered its encoder, over nginx, ${options.rounds} × ` +
    `${options.seconds} s each after ${options.warmup} s`,
  rows,
  tables: [
    {
      name: 'stages',
      title: `Stages of one way: RTMPOutput → nginx → RTMPCapture → JS → RTMPOutput, ${options.seconds} s`,
      rows: stageRows,
    },
  ],
  goals,
  checks,
  machine,
})
