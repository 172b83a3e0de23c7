// What a preset costs and gives: how an encoder holds its bitrate, how near its pictures stay to the scene, and its
// processor time, for 720p30 through RTMPOutput and nginx into a recording.
//
//   node bench/presets.mjs [--quick] [--seconds 20] [--json]
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RTMPOutput } from '../dist/src/index.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { tempDir } from '../dist/test/support/temp.js'
import { sleep } from '../dist/test/support/until.js'
import { describeMachine } from './lib/machine.mjs'
import { bitrateOf, longestRun, makeScene, numbersOf, ssim } from './lib/quality.mjs'
import { ownProcessorSeconds } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { round } from './lib/statistics.mjs'

const SIZE = { width: 1280, height: 720, fps: 30 }
const KBPS = 3000
/** Most bits of a second, as a multiple of the target. */
const GOAL_SECOND = 1.3
/** Largest deviation of the mean from the target, as a share of it. */
const GOAL_MEAN = 0.1

const options = readOptions({ seconds: [20, 10] })
const machine = describeMachine()
const WAYS = [
  ...['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'].map(preset => ({
    name: `libx264 ${preset}`,
    vcodec: 'libx264',
    preset,
  })),
  // It has one speed.
  { name: 'libopenh264 any', vcodec: 'libopenh264', preset: 'ultrafast' },
]

const scene = await makeScene({ ...SIZE, seconds: options.seconds })
// In memory, so that the time of reading it does not count.
const whole = readFileSync(scene)
const bytes = (SIZE.width * SIZE.height * 3) / 2
const count = whole.length / bytes
const folder = tempDir()
const nginx = await startNginx()

async function encode({ name, vcodec, preset }, index) {
  const stream = `preset${index}`
  const file = join(folder, `${stream}.flv`)
  const output = new RTMPOutput(nginx.url(stream), {
    ...SIZE,
    vcodec,
    preset,
    bitrate: KBPS * 1000,
    pixelFormat: 'I420',
    fill: 'none',
  })
  await output.start()
  // The recorder is there before the first picture, and gets it from its keyframe on.
  const recorder = spawn(
    'ffmpeg',
    [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-rw_timeout',
      '2000000',
      '-i',
      nginx.url(stream),
      '-map',
      '0:v',
      '-c',
      'copy',
      '-f',
      'flv',
      file,
    ],
    { stdio: 'ignore' },
  )
  const recorded = new Promise(resolve => recorder.once('exit', resolve))
  await sleep(500)
  const [before, from] = [ownProcessorSeconds(), performance.now()]
  for (let n = 0; n < count; n++) await output.writeFrame(whole.subarray(n * bytes, (n + 1) * bytes))
  await output.stop()
  const seconds = ownProcessorSeconds() - before
  const took = (performance.now() - from) / 1000
  // nginx keeps its players when their publisher has gone: the recorder ends when nothing came for two seconds.
  const timer = setTimeout(() => recorder.kill('SIGKILL'), 10_000)
  await recorded
  clearTimeout(timer)
  const run = longestRun(await numbersOf(file))
  const rate = await bitrateOf(file, SIZE.fps)
  const similarity = await ssim(file, scene, SIZE, run)
  rmSync(file)
  tell(
    `${name}: ${round(rate.mean, 0)} kbit/s, ${round(rate.most / KBPS, 2)} × in the fullest second, ` +
      `SSIM ${round(similarity, 4)}, ${round((seconds * 1000) / count, 2)} ms a picture`,
  )
  return { name, ...rate, ssim: similarity, cost: (seconds * 1000) / count, rate: count / took, compared: run.length }
}

const results = []
for (const [index, way] of WAYS.entries()) results.push(await encode(way, index))
await nginx.stop()

const off = result => Math.abs(result.mean / KBPS - 1)
const worst = of => results.reduce((a, b) => (of(b) > of(a) ? b : a))
const fullest = worst(({ most }) => most)
const furthest = worst(off)
report('presets', options, {
  title:
    `720p30 at ${KBPS / 1000} Mbit/s, a moving scene with noise, ${options.seconds} s, through ` +
    'RTMPOutput and nginx',
  rows: results.map(one => ({
    encoder: one.name,
    'mean ÷ target': round(one.mean / KBPS, 3),
    'fullest second ÷ target': round(one.most / KBPS, 2),
    'emptiest second ÷ target': round(one.least / KBPS, 2),
    SSIM: round(one.ssim, 4),
    'ms of processor per picture': round(one.cost, 2),
    'pictures/s': round(one.rate, 0),
  })),
  goals: [
    {
      goal: `every encoder's mean within ${GOAL_MEAN * 100} % of the target`,
      value: `${furthest.name}: ${round(off(furthest) * 100)} % off`,
      met: off(furthest) <= GOAL_MEAN,
    },
    {
      goal: `no second holds more than ${GOAL_SECOND} × the target`,
      value: `${fullest.name}: ${round(fullest.most / KBPS, 2)} ×`,
      met: fullest.most <= GOAL_SECOND * KBPS,
    },
  ],
  checks: results.map(({ name, compared, packets }) => ({
    check: `${name}: ${packets} pictures of ${count} came, ${compared} in a row were compared`,
    well: packets >= count * 0.95 && compared >= count * 0.9,
  })),
  machine,
  notes: [
    "The target is the picture's alone. A second is any that begins with a picture. SSIM: ffmpeg's, " +
      'of all planes, against the pictures that were written. Processor time: of the whole process, ' +
      'writing and network included.',
  ],
})
