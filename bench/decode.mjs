// Pictures per second from H.264 or HEVC on the network to RGB in the program's memory: RTMPCapture beside its peers.
//
//   node bench/decode.mjs [--quick] [--rounds 5] [--seconds 20] [--json]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RTMPCapture } from '../dist/src/index.js'
import { psnr } from '../dist/test/support/media/picture.js'
import { disturbance, undisturbed } from './lib/calm.mjs'
import { readPictures } from './lib/ffmpeg-pipe.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makeClip, makeHevcClip } from './lib/media.mjs'
import { ownProcessorSeconds, processorSeconds, spawnTimed, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { median, round, spread } from './lib/statistics.mjs'

const WIDTH = 1920
const HEIGHT = 1080
const FPS = 30
const CLIP = { width: WIDTH, height: HEIGHT, fps: FPS, bitrate: '5M' }
/** Pictures that are not timed: until then queues fill and code is compiled. */
const WARM_UP = 30
/** Rates as multiples of a peer's: DESIGN's and the user's reasons to change. */
const GOALS = [
  { peer: 'PyAV', least: 1.1 },
  { peer: 'node-av', least: 1.5 },
  { peer: 'ffmpeg pipe', least: 1.8 },
]
/** dB. Two converters of the same decoded picture differ by rounding … */
const SAME_PICTURE = 40
/**
 * … and one that takes the wrong matrix (BT.601 for a stream that says BT.709) by this: the same picture, other
 * colours.
 */
const OTHER_MATRIX = 24

/**
 * HEVC over RTMP is Enhanced RTMP, which the ffmpeg of the distribution does not read. So the peers read the same
 * packets from a Matroska file, which costs them less than a network.
 */
const KINDS = [
  { kind: 'B-frames', clip: () => clipOf(false), goals: GOALS },
  { kind: 'zerolatency', clip: () => clipOf(true), goals: GOALS },
  { kind: 'HEVC', clip: hevcClip, fromFile: true, goals: [{ peer: 'ffmpeg pipe', least: 1.8 }] },
]

const options = readOptions({ rounds: [5, 2], seconds: [20, 10] })
const machine = describeMachine()
const cores = cpus().length

// Frame threads, as many as cores; a conversion that takes no more care than libyuv's; one buffer for all pictures.
const TUNED = {
  before: ['-threads', String(cores), '-thread_type', 'frame'],
  after: ['-sws_flags', 'fast_bilinear'],
  reuse: true,
}

const here = path => fileURLToPath(new URL(path, import.meta.url))
/** Debian's, whose modules are Debian's too. */
const PYTHON = '/usr/bin/python3'
const absent = []

/**
 * Each is given where the stream is and a function for every picture; resolves with processor seconds of both sides.
 */
const WAYS = [
  { name: 'RTMPCapture, frames$', ours: true, run: ({ url }, take) => ours(url, take, throughFrames) },
  { name: 'RTMPCapture, aiterFrames()', ours: true, run: ({ url }, take) => ours(url, take, throughIterator) },
  { name: 'ffmpeg pipe', run: ({ input }, take) => theirs({ input }, take) },
  { name: 'ffmpeg pipe, tuned', run: ({ input }, take) => theirs({ input, ...TUNED }, take) },
  {
    name: 'node-av',
    run: (source, take) => peer(process.execPath, ['node-av.mjs'], source, take),
    needs: 'node_modules/node-av',
    matrix: false,
  },
  {
    name: 'gstreamer-superficial',
    run: (source, take) => peer(process.execPath, ['gstreamer-superficial.mjs'], source, take),
    needs: 'node_modules/gstreamer-superficial',
    onlyRtmp: true,
  },
  {
    name: 'PyAV',
    run: (source, take) => peer(PYTHON, ['frames.py', 'pyav'], source, take),
    module: 'av',
    matrix: false,
  },
  {
    name: 'OpenCV',
    run: (source, take) => peer(PYTHON, ['frames.py', 'opencv'], source, take),
    module: 'cv2',
    matrix: false,
  },
].filter(isThere)

/** A peer that is not installed is left out, and said so. */
function isThere({ name, needs, module }) {
  const there = needs ? existsSync(here(needs)) : !module || spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
  if (!there) absent.push(name)
  return there
}

async function clipOf(zerolatency) {
  return { file: await makeClip({ ...CLIP, seconds: options.seconds, zerolatency }) }
}

async function hevcClip() {
  const { flv, mkv } = await makeHevcClip({ ...CLIP, seconds: options.seconds })
  return { file: flv, input: mkv }
}

async function ours(url, take, read) {
  const before = ownProcessorSeconds()
  const capture = new RTMPCapture(url, { dropPolicy: 'block', reconnect: false })
  const frames = read(capture, frame => {
    take(frame.data)
    frame.close()
  })
  await Promise.all([capture.start(), frames])
  const seconds = ownProcessorSeconds() - before
  await capture.stop()
  return { seconds }
}

// The server closes the connection behind its file; whether all of it came is counted.
const isEnd = error => ['ERR_STREAM_ENDED', 'ERR_CONNECTION_LOST'].includes(error?.code)

/** Subscribed before start(), so that no picture passes by. */
function throughFrames(capture, take) {
  return new Promise((resolve, reject) => {
    capture.frames$.subscribe({
      next: take,
      complete: resolve,
      error: error => (isEnd(error) ? resolve() : reject(error)),
    })
  })
}

async function throughIterator(capture, take) {
  // Until start() is called there is nothing to iterate.
  await null
  try {
    for await (const frame of capture.aiterFrames()) take(frame)
  } catch (error) {
    if (!isEnd(error)) throw error
  }
}

async function theirs(how, take) {
  const before = ownProcessorSeconds()
  const { code, errors, seconds } = await readPictures({ ...how, width: WIDTH, height: HEIGHT }, take).done
  if (code !== 0) throw new Error(`ffmpeg: ${errors}`)
  return { seconds: ownProcessorSeconds() - before + seconds }
}

/**
 * A peer in a process of its own, so that its FFmpeg is not ours: it notes when each picture was there, and writes down
 * those that are compared. Its start is not counted: the times are differences of one clock.
 */
async function peer(command, [script, ...rest], { input, wanted = [] }, take) {
  const folder = mkdtempSync(join(tmpdir(), 'rxgst-bench-'))
  try {
    const program = spawnTimed(command, [here(`peers/${script}`), ...rest, input, folder, wanted.join(',')])
    let text = ''
    program.child.stdout.setEncoding('utf8').on('data', chunk => (text += chunk))
    const from = performance.now()
    const { code, errors, seconds } = await program.done
    if (code !== 0) throw new Error(`${script}: ${errors}`)
    const { times } = JSON.parse(text.trim().split('\n').at(-1))
    const kept = new Map(readdirSync(folder).map(name => [Number(parse(name).name), readFileSync(join(folder, name))]))
    // Laid onto our clock by its last picture, which came right before its end.
    const shift = performance.now() - times.at(-1)
    times.forEach((time, index) => take(kept.get(index) ?? null, Math.max(from, time + shift)))
    return { seconds }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The decoder alone: the least cost of any program in any language. */
async function decoderAlone({ url, input, fromFile }) {
  const rest = ['fakesink', 'sync=false']
  if (fromFile)
    return launch(['filesrc', `location=${input}`, '!', 'matroskademux', '!', ...HEVC_DECODER, '!', ...rest])
  const { hostname, port, pathname } = new URL(url)
  const [, application, stream] = pathname.split('/')
  const source = ['rtmp2src', `host=${hostname}`, `port=${port}`, `application=${application}`, `stream=${stream}`]
  const demuxed = [...source, '!', 'flvdemux', 'name=d', 'd.video', '!', ...H264_DECODER, '!', ...rest]
  return launch([...demuxed, 'd.audio', '!', 'queue', '!', ...rest, 'async=false'])
}

const H264_DECODER = ['h264parse', '!', 'avdec_h264', 'thread-type=frame']
const HEVC_DECODER = ['h265parse', '!', 'avdec_h265', 'thread-type=frame']

async function launch(args) {
  const { code, errors, seconds } = await spawnTimed('gst-launch-1.0', ['-q', ...args]).done
  if (code !== 0) throw new Error(`gst-launch-1.0: ${errors}`)
  return seconds
}

async function measure(way, source, server) {
  const times = []
  const serverBefore = processorSeconds(server.pid)
  const from = performance.now()
  const { seconds } = await way.run(source, (_, at = performance.now()) => times.push(at))
  const whole = (performance.now() - from) / 1000
  const timed = times.length - WARM_UP
  const serverSpent = processorSeconds(server.pid) - serverBefore
  return {
    seconds: seconds + serverSpent,
    pictures: times.length,
    rate: (timed - 1) / ((times.at(-1) - times[WARM_UP]) / 1000),
    first: times[0] - from,
    perPicture: (seconds * 1000) / times.length,
    server: serverSpent / whole,
  }
}

/** Some pictures of each way, beside the first way's. */
async function compare(source, ways) {
  const wanted = [0, 1, Math.floor((options.seconds * FPS) / 2), options.seconds * FPS - 1]
  let reference = null
  const found = []
  for (const way of ways) {
    const kept = new Map()
    let count = 0
    await way.run({ ...source, wanted }, data => {
      if (wanted.includes(count)) kept.set(count, Uint8Array.from(data))
      count++
    })
    reference ??= kept
    const least = Math.min(
      ...wanted.map(index =>
        kept.has(index) && reference.has(index) ? psnr(kept.get(index), reference.get(index)) : 0,
      ),
    )
    found.push({ way, count, least })
  }
  return found
}

const rows = []
const goals = []
const checks = []
for (const { kind, clip, fromFile = false, goals: wantedGoals } of KINDS) {
  const { file, input } = await clip()
  const server = await startHelper('./rtmp-server.mjs')
  const port = await server.ask('start', { kind: 'serve-file', file, pace: 'full' })
  const url = `rtmp://127.0.0.1:${port}/live/clip`
  const source = { url, input: input ?? url, fromFile }
  const ways = WAYS.filter(({ onlyRtmp }) => !(fromFile && onlyRtmp))

  tell(`${kind}: comparing pictures`)
  const compared = await compare(source, ways)
  const wanted = options.seconds * FPS
  checks.push({
    check: `${kind}: every way gives ${wanted} pictures (${compared.map(({ count }) => count).join(', ')})`,
    well: compared.every(({ count }) => count === wanted),
  })
  checks.push({
    check: `${kind}: the same ones (${compared
      .slice(1)
      .map(({ way, least }) => `${way.name} ${round(least) ?? '∞'}`)
      .join(', ')} dB at least)`,
    well: compared.every(({ least, way }) => least >= (way.matrix === false ? OTHER_MATRIX : SAME_PICTURE)),
  })

  const results = new Map(ways.map(way => [way, []]))
  const alone = []
  for (let turn = 0; turn < options.rounds; turn++) {
    // Alternating, and each time from another one on, so that no way always runs behind the same one.
    for (let i = 0; i < ways.length; i++) {
      const way = ways[(i + turn) % ways.length]
      const result = await undisturbed(() => measure(way, source, server))
      results.get(way).push(result)
      tell(`${kind}, round ${turn + 1}: ${way.name}: ${round(result.rate)} pictures/s`)
    }
    const { seconds } = await undisturbed(async () => ({ seconds: await decoderAlone(source) }))
    alone.push((seconds * 1000) / wanted)
  }
  await server.stop()

  const rate = way => median(results.get(way).map(result => result.rate))
  const pipe = ways.find(({ name }) => name === 'ffmpeg pipe, tuned')
  for (const way of ways) {
    const of = key => results.get(way).map(result => result[key])
    rows.push({
      input: kind,
      way: way.name,
      'pictures/s': round(median(of('rate'))),
      'spread %': round(spread(of('rate')) * 100, 0),
      '× ffmpeg pipe, tuned': round(rate(way) / rate(pipe), 2),
      'ms of processor per picture': round(median(of('perPicture')), 2),
      'first picture, ms': round(median(of('first')), 0),
      'server, cores': round(median(of('server')), 2),
    })
  }
  const best = Math.max(...ways.filter(({ ours }) => ours).map(rate))
  for (const { peer: name, least } of wantedGoals) {
    const way = ways.find(other => other.name === name)
    if (way)
      goals.push({
        goal: `${kind}: RTMPCapture ≥ ${least} × ${name}`,
        value: `${round(best / rate(way), 2)} ×`,
        met: best >= least * rate(way),
      })
  }
  const spent = median(results.get(ways[0]).map(result => result.perPicture))
  goals.push({
    goal: `${kind}: processor per picture ≤ 1.2 × gst-launch decoding to fakesink (${round(median(alone), 2)} ms)`,
    value: `${round(spent / median(alone), 2)} ×`,
    met: spent <= 1.2 * median(alone),
  })
}

report('decode', options, {
  title:
    `1080p H.264 and HEVC over RTMP → RGB in JS, ${options.seconds} s of 5 Mbit/s, ${options.rounds} alternating ` +
    'rounds, medians',
  rows,
  goals,
  checks,
  machine,
  notes: [
    'processor per picture: of this process and of ffmpeg, without the server. The server is in a ' +
      'process of its own, and sends as fast as it is read.',
    'The peers read HEVC from a file, since the ffmpeg of Debian 12 does not read it over RTMP.',
    disturbance(),
    ...(absent.length > 0 ? [`not installed, so not measured: ${absent.join(', ')}`] : []),
  ],
})
