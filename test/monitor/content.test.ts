// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../src/index'
import { meterOf, type MetricName, type Reading } from '../../src/monitor/observation'
import { exec } from '../support/child'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { sleep, until } from '../support/until'
import type { Interval } from '../../src/addon/meter'
import { reference, type Reference } from './reference'

const test = suite('content health', { timeout: 120_000 })

const CONTENT: readonly MetricName[] = ['freeze', 'black', 'silence', 'loudness', 'truePeak', 'fps']

/** Serves a file as fast as it is taken; returns what was measured when all of its pictures had passed. */
async function measured(file: string, frames: number): Promise<{ last: Reading; after: Reading }> {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', then: 'silence' })
  // Nobody takes its pictures or its sound.
  await using capture = new RTMPCapture(server.url(), { stallTimeout: 60_000 })
  const meter = meterOf(capture, CONTENT)
  await capture.start()
  const all: Interval[] = []
  const read = (): Reading => {
    const reading = meter.read()
    all.push(...reading.intervals)
    return reading
  }
  const what = (): string =>
    `${frames} pictures; ${read().totals.frames.video} have come, ${capture.stats().decoded} out`
  // A decoder may keep the last pictures to itself.
  const through = (): boolean => read().totals.frames.video >= frames && capture.stats().decoded >= frames - 20
  await until(through, { timeout: 60_000, what })
  // The last ones pass the decoders a moment later.
  let last = read()
  for (let quiet = 0; quiet < 5; quiet++) {
    await sleep(60)
    const now = read()
    if (
      now.totals.frames.video !== last.totals.frames.video ||
      now.details.loudnessMomentary !== last.details.loudnessMomentary
    )
      quiet = 0
    last = now
  }
  await capture.stop()
  const after = read()
  meter.close()
  return { last: { ...last, intervals: all }, after }
}

async function make(inputs: readonly string[], args: readonly string[], name: string): Promise<string> {
  const file = tempFile(name)
  const lavfi = inputs.flatMap(input => ['-f', 'lavfi', '-i', input])
  const codecs = [
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-c:a',
    'aac',
    '-b:a',
    '128k',
    '-f',
    'flv',
    file,
  ]
  await exec('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...lavfi, ...args, ...codecs], { timeout: 120_000 })
  return file
}

/** Ours, of at least two seconds, beside FFmpeg's: each with one of its own, each end within 200 ms. */
function assertAgree(intervals: readonly Interval[], kind: Interval['kind'], expected: Reference['black']): void {
  const ours = intervals.filter(one => one.kind === kind && one.end - one.start >= 2)
  const shown = `${JSON.stringify(ours)} beside ${JSON.stringify(expected)}`
  assert.is(ours.length, expected.length, `${kind}: ${shown}`)
  expected.forEach(({ start, end }, i) => {
    assert.ok(Math.abs(ours[i]!.start - start) <= 0.2, `${kind} begins: ${shown}`)
    if (end !== Infinity) assert.ok(Math.abs(ours[i]!.end - end) <= 0.2, `${kind} ends: ${shown}`)
  })
}

let file = ''
let expected: Reference
let seen: Awaited<ReturnType<typeof measured>>

test.before(async () => {
  const [fps, size] = [25, '320x180']
  const source = (name: string, seconds: number): string => `${name}=size=${size}:rate=${fps}:duration=${seconds}`
  const left = '0.25*sin(2*PI*440*t)*(1-between(t,5,8.5))*(1+0.9*between(t,14,20))'
  const right = '0.2*sin(2*PI*660*t)*(1-between(t,5,11))'
  const pictures = [
    source('testsrc2', 4),
    source('color=black', 3).replace('=size', ':size'),
    source('testsrc2', 3),
    `mandelbrot=size=${size}:rate=${fps}`,
    source('testsrc2', 6),
  ]
  const graph = `[3:v]trim=end_frame=1,loop=99:1,setpts=N/${fps}/TB[still];[0:v][1:v][2:v][still][4:v]concat=n=5:v=1[v]`
  file = await make(
    [...pictures, `aevalsrc='${left}|${right}':s=44100:d=20`],
    ['-filter_complex', graph, '-map', '[v]', '-map', '5:a', '-t', '20', '-g', '50', '-b:v', '1M'],
    'programme.flv',
  )
  ;[expected, seen] = [await reference(file), await measured(file, 490)]
})

test('the file has what it should have', () => {
  assert.is(expected.black.length, 1)
  assert.is(expected.silence.length, 1)
  assert.is(expected.freeze.length, 2, 'the black and the still picture')
})

for (const kind of ['freeze', 'black', 'silence'] as const) {
  test(`${kind} begins and ends with FFmpeg's ${kind}detect`, () =>
    assertAgree(seen.last.intervals, kind, expected[kind]))
}

test('what is not so is 0; of both channels each has its own silence', () => {
  const { values, details } = seen.last
  assert.equal([values.freeze, values.black, values.silence], [0, 0, 0])
  assert.equal([details['silence.1'], details['silence.2']], [0, 0])
})

test("loudness agrees with FFmpeg's ebur128 within 0.2 LU, the true peak within 0.3 dB", () => {
  const { values, details } = seen.last
  const near = (name: string, value: number | null | undefined, is: number, by: number): void =>
    assert.ok(typeof value === 'number' && Math.abs(value - is) <= by, `${name}: ${value} beside ${is}`)
  near('short-term', values.loudness, expected.shortTerm, 0.2)
  near('momentary', details.loudnessMomentary, expected.momentary, 0.2)
  near('integrated', details.loudnessIntegrated, expected.integrated, 0.2)
  near('true peak', values.truePeak, expected.truePeak, 0.3)
})

test('after the stream there is no value any more', () => {
  const { freeze, black, silence, loudness, truePeak } = seen.after.values
  assert.equal([freeze, black, silence, loudness, truePeak], [null, null, null, null, null])
})

test('ten minutes of difficult material raise no alarm', async () => {
  // Noise in the dark, a fade that takes half a minute, titles that stand for 1.8 s, bars with a little noise, quiet
  // music.
  const [fps, size, part] = [10, '128x72', 150]
  const noise = (strength: number): string => `noise=alls=${strength}:allf=t+u`
  const inputs = [
    `color=0x202020:size=${size}:rate=${fps}:duration=${part},${noise(12)}`,
    `color=0x909090:size=${size}:rate=${fps}:duration=${part},` +
      `fade=in:st=0:d=40:color=0x404040,fade=out:st=110:d=40:color=0x404040,${noise(3)}`,
    `testsrc=size=${size}:rate=${fps}:duration=${part},select='1',setpts=N/${fps}/TB,fps=10/18,fps=${fps}`,
    `smptebars=size=${size}:rate=${fps}:duration=${part},${noise(5)}`,
    `aevalsrc='0.004*sin(2*PI*220*t)*(0.6+0.4*sin(2*PI*0.2*t))` +
      `+0.002*sin(2*PI*330*t)*abs(sin(2*PI*0.7*t))':s=22050:d=${4 * part}`,
  ]
  const mixed = await make(
    inputs,
    [
      '-filter_complex',
      '[0:v][1:v][2:v][3:v]concat=n=4:v=1[v]',
      '-map',
      '[v]',
      '-map',
      '4:a',
      '-g',
      '100',
      '-crf',
      '20',
    ],
    'mixed.flv',
  )
  const [{ last }, theirs] = await Promise.all([measured(mixed, 4 * part * fps - 2 * fps), reference(mixed)])
  assert.equal([...theirs.freeze, ...theirs.black, ...theirs.silence], [], 'the material is what it should be')
  assert.equal(
    last.intervals.filter(({ start, end }) => end - start >= 2),
    [],
  )
})

test.run()
