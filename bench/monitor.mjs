// The cost of watching streams: content metrics beside decoding, and hundreds of streams without decoding.
//
//   node bench/monitor.mjs [--quick] [--rounds 7] [--seconds 10] [--streams 100] [--json]
import { spawn } from 'node:child_process'
import { RTMPCapture } from '../dist/src/index.js'
import { METRIC_NAMES, meterOf } from '../dist/src/monitor/observation.js'
import { publishFile } from '../dist/test/support/peers/ffmpeg.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { sleep, until } from '../dist/test/support/until.js'
import { describeMachine } from './lib/machine.mjs'
import { makeClip } from './lib/media.mjs'
import { ownProcessorSeconds, processorSeconds, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { median, round, spread } from './lib/statistics.mjs'

const FPS = 30
/** Of a core, for the content of one 720p30 stream. */
const GOAL_CONTENT = 0.03
const GOAL_STREAMS = 200
const GOAL_MEMORY = 2
/** Of the last of the pictures that a server sends, rtmp2src may lose some when the connection ends. */
const LAST = 15

const options = readOptions({ rounds: [7, 3], seconds: [10, 6], streams: [100, 60] })
const machine = describeMachine()

const SETS = [
  { name: 'decoding alone', metrics: [] },
  { name: 'freeze and black', metrics: ['freeze', 'black'] },
  { name: 'silence', metrics: ['silence'] },
  { name: 'loudness', metrics: ['loudness'] },
  { name: 'truePeak', metrics: ['truePeak'] },
  { name: 'freeze, black, silence, loudness', metrics: ['freeze', 'black', 'silence', 'loudness'] },
  { name: 'every metric', metrics: METRIC_NAMES },
]

/** Processor seconds of this process for one picture of a clip that is served as fast as it is taken. */
async function perPicture(url, pictures, metrics) {
  const capture = new RTMPCapture(url, { stallTimeout: 60_000 })
  const meter = meterOf(capture, metrics)
  await capture.start()
  const [seconds, before] = [ownProcessorSeconds(), capture.stats().decoded]
  await until(() => capture.stats().decoded >= pictures - LAST, { timeout: 60_000, interval: 10 })
  const result = (ownProcessorSeconds() - seconds) / (capture.stats().decoded - before)
  meter.close()
  await capture.stop()
  return result
}

async function contentCost() {
  const clip = {
    width: 1280,
    height: 720,
    fps: FPS,
    seconds: options.quick ? 10 : 20,
    bitrate: '2500k',
    zerolatency: true,
  }
  const file = await makeClip(clip)
  const server = await startHelper('./rtmp-server.mjs')
  const port = await server.ask('start', { kind: 'serve-file', file, pace: 'full', then: 'silence' })
  const url = `rtmp://127.0.0.1:${port}/live/clip`
  const costs = new Map(SETS.map(({ name }) => [name, []]))
  await perPicture(url, clip.seconds * FPS, []) // code is compiled, memory is there
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const { name, metrics } of SETS) costs.get(name).push(await perPicture(url, clip.seconds * FPS, metrics))
    tell(`round ${turn + 1}: ${[...costs.values()].map(all => round(all.at(-1) * 1e3, 2)).join(' ')} ms a picture`)
  }
  await server.stop()
  const alone = costs.get(SETS[0].name)
  return SETS.map(({ name }) => {
    const shares = costs.get(name).map(cost => cost * FPS)
    // What metrics add is told round by round, from the decoding beside them: the machine's speed drifts.
    const more = shares.map((share, turn) => share - alone[turn] * FPS)
    return {
      name,
      share: median(shares),
      spread: spread(shares),
      more: median(more),
      from: Math.min(...more),
      to: Math.max(...more),
    }
  })
}

/** Cores that `seconds()` says are taken. */
async function coresOf(seconds) {
  const [before, from] = [await seconds(), performance.now()]
  await sleep(options.seconds * 1000)
  return ((await seconds()) - before) / ((performance.now() - from) / 1000)
}

async function watched(url, count, metrics) {
  const watcher = await startHelper('./watch-process.mjs')
  const { memory, threads } = await watcher.ask('watch', { url, count, metrics })
  const cores = await coresOf(() => watcher.ask('seconds'))
  const bitrate = median(await watcher.ask('bitrates'))
  await watcher.stop()
  return { perCore: (count + 1) / cores, memory, threads, bitrate }
}

/** The same pipelines in gst-launch-1.0: the cost of GStreamer alone. */
async function bare(url, count) {
  const branch = parser => ['!', parser, '!', 'fakesink', 'sync=false', 'async=false']
  const args = Array.from({ length: count }, (_, i) => [
    'rtmp2src',
    `location=${url}`,
    '!',
    'flvdemux',
    `name=d${i}`,
    `d${i}.video`,
    ...branch('h264parse'),
    `d${i}.audio`,
    ...branch('aacparse'),
  ]).flat()
  const child = spawn('gst-launch-1.0', ['-q', ...args], { stdio: 'ignore' })
  await sleep(5000)
  const cores = await coresOf(() => processorSeconds(child.pid))
  child.kill('SIGKILL')
  return { perCore: count / cores }
}

async function watching() {
  const file = await makeClip({ width: 1280, height: 720, fps: FPS, seconds: 10, bitrate: '2500k', zerolatency: true })
  const nginx = await startNginx()
  const publisher = await publishFile(nginx.url('watched'), file, { loop: true })
  await nginx.published('watched')
  const url = nginx.url('watched')
  const ways = [
    () => bare(url, options.streams),
    () => watched(url, options.streams, []),
    () => watched(url, options.streams, METRIC_NAMES),
  ]
  const found = ways.map(() => [])
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const [i, way] of ways.entries()) {
      found[i].push(await way())
      tell(`round ${turn + 1}: ${['bare', 'no meter', 'every metric'][i]}: ${round(found[i].at(-1).perCore, 0)}`)
    }
  }
  const [gst, silent, metered] = found
  const each = (runs, key) => runs.map(run => run[key])
  const ratios = (runs, to) => runs.map(({ perCore }, turn) => perCore / to[turn].perCore)
  const row = (name, runs) => {
    const perCore = each(runs, 'perCore')
    return {
      what: name,
      '% of a core': round(100 / median(perCore), 2),
      'spread %': round(spread(perCore) * 100, 0),
      'streams per core': round(median(perCore), 0),
      '× gst-launch': round(median(ratios(runs, gst)), 2),
      'MB each': round(median(each(runs, 'memory').filter(Number.isFinite)), 2),
      'threads each': round(median(each(runs, 'threads').filter(Number.isFinite)), 1),
    }
  }
  await publisher.stop()
  await nginx.stop()
  return {
    rows: [
      row('gst-launch-1.0, the same pipelines', gst),
      row('RTMPCapture, decode: false', silent),
      row('with a meter of every metric', metered),
    ],
    metered: Object.fromEntries(['perCore', 'memory', 'bitrate'].map(key => [key, median(each(metered, key))])),
    ratio: median(ratios(metered, gst)),
  }
}

const content = await contentCost()
const { rows, metered, ratio } = await watching()
const { more: together } = content.find(({ name }) => name === 'freeze, black, silence, loudness')
const percent = share => round(share * 100, 2)
report('monitor', options, {
  title:
    'One stream of 720p30: decoded and converted, without and with content metrics and watched ' +
    `undecoded, ${options.streams} of 2.5 Mbit/s at once; medians of ${options.rounds} alternating ` +
    'rounds',
  rows: [
    ...content.map(({ name, share, spread: wide, more, from, to }, i) => ({
      what: i === 0 ? 'decoded, no meter' : `decoded, ${name}`,
      '% of a core': percent(share),
      'spread %': round(wide * 100, 0),
      'over decoding': i === 0 ? null : `${percent(more)} (${percent(from)} to ${percent(to)})`,
    })),
    ...rows,
  ],
  goals: [
    {
      goal: `freeze, black, silence and loudness ≤ ${GOAL_CONTENT * 100} % of a core`,
      value: `${percent(together)} %`,
      met: together <= GOAL_CONTENT,
    },
    {
      goal: `≥ ${GOAL_STREAMS} streams watched per core`,
      value: `${round(metered.perCore, 0)}, ${round(ratio, 2)} × gst-launch-1.0`,
      met: metered.perCore >= GOAL_STREAMS,
    },
    { goal: `≤ ${GOAL_MEMORY} MB each`, value: `${round(metered.memory, 2)} MB`, met: metered.memory <= GOAL_MEMORY },
  ],
  checks: [
    {
      check: `the streams were measured at ${round((metered.bitrate ?? 0) / 1e6, 2)} Mbit/s`,
      well: (metered.bitrate ?? 0) > 2e6,
    },
  ],
  machine,
})
