// Content metrics of a capture that gives no frames: `analyse` decodes for its meters alone.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture, StreamMonitor, type CaptureOptions, type MetricSample } from '../../../src/index'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('analyse', { timeout: 60_000 })

const METRICS = ['black', 'freeze', 'silence', 'truePeak'] as const
const FPS = 25
/** Seconds between keyframes. */
const KEYFRAMES = 0.6
/** Black and silent for so long, in s. Neither begins nor ends at a keyframe. */
const [FROM, TO] = [1, 3]

/** Five seconds that move and sound, but for a part that is black and silent. With B-frames. */
async function makeStream(): Promise<string> {
  const file = join(tempDir(), 'black.flv')
  const during = `between(t,${FROM},${TO - 0.001})`
  const picture = `testsrc2=size=320x180:rate=${FPS},drawbox=color=black:thickness=fill:enable='${during}'`
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    picture,
    '-f',
    'lavfi',
    '-i',
    `aevalsrc=exprs='0.1*sin(2*PI*440*t)*not(${during})':s=44100`,
  ]
  const pictures = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', String(KEYFRAMES * FPS)]
  const args = ['-y', '-v', 'error', ...inputs, ...pictures, '-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
  await exec('ffmpeg', [...args, '-t', '5', '-f', 'flv', file], { timeout: 60_000 })
  return file
}

/** The last sample of a file that was played to its end, and all periods that ended meanwhile. */
async function watched(file: string, options: CaptureOptions) {
  using monitor = new StreamMonitor([...METRICS], { rules: [], interval: 50, grace: 0 })
  await using capture = new Capture(`file:${file}`, { decode: false, connectTimeout: 20_000, ...options })
  const samples: MetricSample[] = []
  monitor.metrics$.subscribe(sample => void samples.push(sample))
  monitor.attachStream(capture, 'file')
  let code = ''
  capture.frames$.subscribe({ error: (error: { code: string }) => (code = error.code) })
  const ended = new Promise<void>(resolve => capture.data$.subscribe({ complete: resolve, error: () => resolve() }))
  await capture.start()
  await ended
  // What has ended by then is told at the next ticks.
  const told = samples.length
  await until(() => samples.length >= told + 2)
  const periods = samples.flatMap(({ intervals }) => intervals)
  const black = periods.find(({ kind }) => kind === 'black')
  const silence = periods.find(({ kind }) => kind === 'silence')
  const seen = samples.filter(({ values }) => values.black !== null)
  return { black, silence, seen, code, decoded: capture.stats().decoded, info: capture.info, samples }
}

let file: string
test.before(async () => {
  file = await makeStream()
})

test('black is known from keyframe to keyframe, or to within a picture; silence is heard', async () => {
  const [keyframes, all] = await Promise.all([
    watched(file, { analyse: 'keyframes' }),
    watched(file, { analyse: 'all' }),
  ])
  for (const { silence, code, decoded, info, samples } of [keyframes, all]) {
    assert.is(code, 'ERR_NOT_DECODED')
    assert.is(decoded, 0)
    assert.equal([info?.video?.width, info?.video?.codec, info?.audio?.codec], [320, 'h264', 'aac'])
    assert.ok(silence && Math.abs(silence.end - silence.start - (TO - FROM)) < 0.15, JSON.stringify(silence))
    assert.ok(samples.some(({ values }) => (values.truePeak ?? -99) > -30))
  }
  assert.ok(all.black && Math.abs(all.black.end - all.black.start - (TO - FROM)) < 0.06, JSON.stringify(all.black))
  // Keyframes at 1.2, 1.8 and 2.4 s are black; that at 3.0 s is not.
  const { black } = keyframes
  assert.ok(black && Math.abs(black.end - black.start - 1.8) < 0.1, JSON.stringify(keyframes))
})

test('without it, content has no values', async () => {
  const { black, silence, seen } = await watched(file, { pace: 'none' })
  assert.equal([black, silence, seen.length], [undefined, undefined, 0])
})

test('it is for decode: false alone', () => {
  assert.throws(() => new Capture(`file:${file}`, { analyse: 'all' }), /ERR_OPTION|analyse is for decode: false/)
  const wrong = { decode: false, analyse: 'some' } as unknown as CaptureOptions
  assert.throws(() => new Capture(`file:${file}`, wrong), /'keyframes', 'all'/)
})

test.run()
