// Pictures per second from RGB in JS to H.264 on the network: RTMPOutput beside Node writing into ffmpeg's stdin.
//
//   node bench/encode.mjs [--quick] [--rounds 5] [--pictures 600] [--json]
import { RTMPOutput } from '../dist/src/index.js'
import { undisturbed, disturbance } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makePictures } from './lib/media.mjs'
import { ownProcessorSeconds, processorSeconds, spawnTimed, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { median, round, spread } from './lib/statistics.mjs'

const WIDTH = 1920
const HEIGHT = 1080
const FPS = 30
const BITRATE = '5M'
/** Half a second of it. */
const VBV = '2500k'
/** Pictures that are not timed: until then queues fill and encoders start their threads. */
const WARM_UP = 30
const GOAL = 2

const options = readOptions({ rounds: [5, 2], pictures: [600, 240] })
const machine = describeMachine()
const pictures = await makePictures({ width: WIDTH, height: HEIGHT, fps: FPS, count: FPS })

/** What RTMPOutput tells x264, in ffmpeg's words. */
const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-tune',
  'zerolatency',
  '-b:v',
  BITRATE,
  '-maxrate',
  BITRATE,
  '-bufsize',
  VBV,
]
X264.push('-g', String(FPS * 2), '-bf', '0', '-sc_threshold', '0', '-pix_fmt', 'yuv420p')
const RAW = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${WIDTH}x${HEIGHT}`, '-framerate', String(FPS)]
const FLV = ['-f', 'flv', '-flvflags', 'no_duration_filesize']

const WAYS = [
  { name: 'RTMPOutput', ours: true, run: ours },
  { name: 'ffmpeg pipe', run: url => theirs(url, []) },
  // A quicker conversion than bicubic, which ffmpeg takes even where it only converts.
  { name: 'ffmpeg pipe, tuned', run: url => theirs(url, ['-sws_flags', 'fast_bilinear']) },
]

async function ours(url) {
  const before = ownProcessorSeconds()
  const output = new RTMPOutput(url, { width: WIDTH, height: HEIGHT, fps: FPS, bitrate: BITRATE, fill: 'none' })
  await output.start()
  for (let n = 0; n < options.pictures; n++) await output.writeFrame(pictures[n % pictures.length])
  await output.stop()
  return ownProcessorSeconds() - before
}

async function theirs(url, conversion) {
  const before = ownProcessorSeconds()
  const program = spawnTimed('ffmpeg', ['-v', 'error', ...RAW, '-i', 'pipe:0', ...conversion, ...X264, ...FLV, url], {
    stdin: 'pipe',
  })
  program.child.stdin.on('error', () => {})
  for (let n = 0; n < options.pictures; n++) {
    await new Promise(resolve => program.child.stdin.write(pictures[n % pictures.length], resolve))
  }
  program.child.stdin.end()
  const { code, errors, seconds } = await program.done
  if (code !== 0) throw new Error(`ffmpeg: ${errors}`)
  return ownProcessorSeconds() - before + seconds
}

async function measure(way, url, server) {
  const serverBefore = processorSeconds(server.pid)
  const spent = await way.run(url)
  // Timed where they arrive: the same clock for all ways, and nothing that is still in a queue counts.
  const arrivals = await server.ask('pictures', -1)
  const bytes = await server.ask('bytes', -1)
  await server.ask('forget')
  const serverSpent = processorSeconds(server.pid) - serverBefore
  return {
    seconds: spent + serverSpent,
    pictures: arrivals.length,
    rate: (arrivals.length - WARM_UP - 1) / ((arrivals.at(-1) - arrivals[WARM_UP]) / 1000),
    perPicture: (spent * 1000) / options.pictures,
    server: serverSpent,
    mbit: (bytes * 8) / (options.pictures / FPS) / 1e6,
  }
}

const server = await startHelper('./rtmp-server.mjs')
const url = `rtmp://127.0.0.1:${await server.ask('start', { kind: 'accept-publish' })}/live/encoded`
const results = new Map(WAYS.map(way => [way, []]))
for (let turn = 0; turn < options.rounds; turn++) {
  for (let i = 0; i < WAYS.length; i++) {
    const way = WAYS[(i + turn) % WAYS.length]
    const result = await undisturbed(() => measure(way, url, server))
    results.get(way).push(result)
    tell(`round ${turn + 1}: ${way.name}: ${round(result.rate)} pictures/s, ${result.pictures} arrived`)
  }
}
await server.stop()

const of = (way, key) => results.get(way).map(result => result[key])
const rate = way => median(of(way, 'rate'))
const peer = WAYS.filter(way => !way.ours).reduce((best, way) => (rate(way) > rate(best) ? way : best))
const rows = WAYS.map(way => ({
  way: way.name,
  'pictures/s': round(rate(way)),
  'spread %': round(spread(of(way, 'rate')) * 100, 0),
  '× best pipe': round(rate(way) / rate(peer), 2),
  'ms of processor per picture': round(median(of(way, 'perPicture')), 2),
  'Mbit/s': round(median(of(way, 'mbit')), 2),
}))
const ratio = rate(WAYS[0]) / rate(peer)
report('encode', options, {
  title:
    `1080p RGB in JS → x264 ultrafast → FLV over RTMP, ${options.pictures} pictures, ${options.rounds} ` +
    'alternating rounds, medians',
  rows,
  goals: [
    {
      goal: `RTMPOutput ≥ ${GOAL} × the better of the ffmpeg pipes`,
      value: `${round(ratio, 2)} ×`,
      met: ratio >= GOAL,
    },
  ],
  checks: WAYS.map(way => ({
    check: `${way.name}: all pictures arrive (${of(way, 'pictures').join(', ')} of ${options.pictures})`,
    well: of(way, 'pictures').every(count => count === options.pictures),
  })),
  machine,
  notes: [disturbance()],
})
