// suite: deep
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { exec } from './child'
import { decodeAudio, decodeFrames, makeFile } from './peers/ffmpeg'
import { maxDifference, meanColor, meanLuma, psnr, solid } from './media/picture'
import { drawClock, readClock } from './media/picture-clock'
import { channelOf, onset, onsets, rms, sine, toneLevel } from './media/audio'
import { continuity } from './media/audio-continuity'
import { suite } from './suite'
import { tempFile } from './temp'

const test = suite('signals')

/** Through H.264 or AAC in ffmpeg and back. */
async function compressed(args: string[], raw: Uint8Array, name: string): Promise<string> {
  const file = tempFile(name)
  writeFileSync(`${file}.raw`, raw)
  const input = args.indexOf('INPUT')
  await exec('ffmpeg', ['-v', 'error', ...args.slice(0, input), '-i', `${file}.raw`, ...args.slice(input + 1), file])
  return file
}

test('psnr, differences and means', () => {
  const grey = solid(8, 4, [100, 100, 100])
  const near = solid(8, 4, [101, 100, 99])
  assert.is(psnr(grey, grey), Infinity)
  assert.ok(Math.abs(psnr(grey, near) - 49.9) < 0.1)
  assert.is(maxDifference(grey, near), 1)
  assert.equal(meanColor(near, 8, 4, { x: 1, y: 1, width: 2, height: 2 }), [101, 100, 99])
  assert.ok(Math.abs(meanLuma(grey, 8, 4) - 100) < 1e-9)
})

test('a picture without a number reads as none', () => {
  for (const level of [0, 128, 255]) assert.is(readClock(solid(640, 360, [level, level, level]), 640, 360), null)
})

for (const [width, height] of [
  [320, 180],
  [640, 360],
  [1280, 720],
  [854, 480],
  [720, 576],
] as const) {
  test(`numbers survive H.264 at ${width}×${height} and at half that size`, async () => {
    const values = [0, 1, 0xffffffff, 0xaaaaaaaa, 123456789, 25]
    const raw = Buffer.concat(
      values.map((value, i) => {
        const rgb = solid(width, height, [(i * 40) & 255, 90, 200])
        drawClock(rgb, width, height, value)
        return rgb
      }),
    )
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', '25', 'INPUT']
    // A quantiser at which a real picture is hardly recognisable.
    const worst = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '40', '-pix_fmt', 'yuv420p']
    const file = await compressed([...input, ...worst], raw, 'clock.flv')
    const frames = await decodeFrames(file, 'rgb24')
    assert.equal(
      frames.map(frame => readClock(frame.data, width, height)),
      values,
    )

    const scale = ['-vf', `scale=${(width >> 2) << 1}:${(height >> 2) << 1}`]
    const half = await compressed([...input, ...scale, ...worst], raw, 'half.flv')
    const small = await decodeFrames(half, 'rgb24')
    assert.equal(
      small.map(frame => readClock(frame.data, frame.width, frame.height)),
      values,
    )
  })
}

test('levels and onsets', () => {
  const tone = sine({ frequency: 1000, rate: 48000, count: 4800, amplitude: 0.25 })
  assert.ok(Math.abs(toneLevel(tone, 48000, 1000) - 0.25) < 0.001)
  assert.ok(toneLevel(tone, 48000, 1500) < 0.001)
  assert.ok(Math.abs(rms(tone) - 0.25 / Math.SQRT2) < 0.001)
  const late = new Float32Array(10_000)
  late.set(tone.subarray(0, 1000), 3000)
  late.set(tone.subarray(0, 1000), 8000)
  assert.is(onset(late, 0.01), 3001)
  assert.equal(onsets(late, 0.01, 500), [3001, 8001])
  assert.is(onset(new Float32Array(10)), -1)
})

test('interleaving', () => {
  const stereo = sine({ frequency: 100, rate: 8000, count: 4, channels: 2 })
  assert.equal(channelOf(stereo, 2, 1), sine({ frequency: 100, rate: 8000, count: 4 }))
  assert.equal(sine({ frequency: 100, rate: 8000, from: 2, count: 2 }), channelOf(stereo, 2).slice(2))
})

/** A tone through AAC and back, with `edit` done to it before. */
async function throughAac(edit: (tone: Float32Array) => Float32Array): Promise<Float32Array> {
  const tone = edit(sine({ frequency: 100, rate: 44100, count: 5 * 44100 }))
  const bytes = new Uint8Array(tone.buffer, tone.byteOffset, tone.byteLength)
  const args = ['-f', 'f32le', '-ar', '44100', '-ac', '1', 'INPUT', '-c:a', 'aac', '-b:a', '128k']
  const file = await compressed(args, bytes, 'tone.flv')
  return decodeAudio(file, 44100, 1)
}

const without = (tone: Float32Array, from: number, count: number) =>
  Float32Array.from([...tone.subarray(0, from), ...tone.subarray(from + count)])

test('a tone through AAC has neither jumps nor gaps', async () => {
  const { jumps, gaps, drift } = continuity(await throughAac(tone => tone), 44100, 100)
  assert.equal({ jumps, gaps }, { jumps: [], gaps: [] })
  assert.ok(Math.abs(drift) < 0.5, String(drift))
})

for (const lost of [5, 37, 150, 1024]) {
  test(`${lost} lost samples are found after AAC`, async () => {
    const { jumps, gaps } = continuity(await throughAac(tone => without(tone, 100_000, lost)), 44100, 100)
    assert.is(gaps.length, 0)
    assert.is(jumps.length, 1, JSON.stringify(jumps))
    const expected = lost - 441 * Math.round(lost / 441)
    assert.ok(Math.abs(jumps[0]!.samples - expected) <= 2, JSON.stringify(jumps))
    assert.ok(Math.abs(jumps[0]!.at - 101_000) < 3000, JSON.stringify(jumps))
  })
}

test('doubled samples are negative', async () => {
  const doubled = (tone: Float32Array) => Float32Array.from([...tone.subarray(0, 80_000), ...tone.subarray(79_900)])
  const { jumps } = continuity(await throughAac(doubled), 44100, 100)
  assert.is(jumps.length, 1)
  assert.ok(Math.abs(jumps[0]!.samples + 100) <= 2, JSON.stringify(jumps))
})

test('silence in place of sound is a gap that loses nothing', async () => {
  const { jumps, gaps } = continuity(await throughAac(tone => tone.fill(0, 100_000, 120_000)), 44100, 100)
  assert.is(jumps.length, 0, JSON.stringify(jumps))
  assert.is(gaps.length, 1)
  const { from, to, samples } = gaps[0]!
  assert.ok(Math.abs(from - 101_000) < 1500 && Math.abs(to - 121_000) < 1500, JSON.stringify(gaps))
  assert.ok(Math.abs(samples) <= 2)
})

test('a tone of another frequency drifts', () => {
  const { drift } = continuity(sine({ frequency: 100.01, rate: 44100, count: 200_000 }), 44100, 100)
  assert.ok(Math.abs(drift - 4.41) < 0.05, String(drift))
})

test('flash and beep of a test stream begin together', async () => {
  const source = { pattern: 'flash', audio: { beep: true, channels: 1 }, duration: 3.5 }
  const file = await makeFile(tempFile('flash.flv'), source)
  const frames = await decodeFrames(file, 'rgb24')
  const bright = frames.map(({ data, width, height }) => meanLuma(data, width, height) > 128)
  const flashes = frames.filter((_, i) => bright[i] && !bright[i - 1]).map(frame => frame.pts)
  const beeps = onsets(await decodeAudio(file, 44100, 1), 0.1, 20_000).map(at => at / 44100)
  assert.is(flashes.length, 4)
  assert.is(beeps.length, 4)
  beeps.forEach((beep, i) => assert.ok(Math.abs(beep - flashes[i]!) < 0.04, `${beeps} ${flashes}`))
})

for (const colorspace of ['bt601', 'bt709'] as const) {
  test(`a ${colorspace} stream is what its tags say`, async () => {
    const file = await makeFile(tempFile('red.flv'), { pattern: 'color=red', colorspace, audio: null, duration: 0.5 })
    const [frame] = await decodeFrames(file, 'yuv420p', { frames: 1 })
    const middle = frame!.data[frame!.width * 100 + 100]!
    // Luma of pure red in limited range: 81 with BT.601's matrix, 63 with BT.709's.
    assert.ok(Math.abs(middle - { bt601: 81, bt709: 63 }[colorspace]) <= 2, String(middle))
  })
}

test.run()
