import * as assert from 'uvu/assert'
import type { AudioChunk, RTMPOutput, RTMPOutputOptions } from '../../src/index'
import { decodeAudio, decodeFrames } from '../support/ffmpeg'
import { solid } from '../support/picture'
import { sine, onsets } from '../support/sound'
import { suite } from '../support/suite'
import { sleep } from '../support/until'
import { OwnFrames } from './own-frames'
import { assertGapless, breathe, sent, type Sent } from './sent'

// A flash and a beep that are written together leave together.
const test = suite('output: sync', { timeout: 90_000 })

const [width, height] = [320, 180]
const WHITE = solid(width, height, [235, 235, 235])
const BLACK = solid(width, height, [16, 16, 16])
/** ms. */
const CLOSE = 10

/** The sound that belongs to picture number `i`: the samples from its time to the next one's, a beep where it flashes. */
function soundOf(i: number, fps: number, rate: number, channels: number, beep: boolean): Float32Array {
  const [from, to] = [Math.round((i * rate) / fps), Math.round(((i + 1) * rate) / fps)]
  return sine({ frequency: 1000, rate, from, count: to - from, channels, amplitude: beep ? 0.8 : 0 })
}

const exact = (fps: number) => (fps === 29.97 ? 30000 / 1001 : fps)

function chunk(samples: Float32Array, sampleRate: number, channels: number): AudioChunk {
  return { samples, sampleRate, channels, timestamp: 0, duration: 0, discontinuity: false }
}

/** For every flash by how many ms its beep comes later; also that each has one. */
async function offsets({ file, audio }: Sent, rate: number, channels: number): Promise<number[]> {
  const decoded = await decodeFrames(file, 'gray', { timeout: 90_000 })
  const bright = decoded.map(({ data, pts }) => ({ pts, white: data[(height / 2) * width + width / 2]! > 128 }))
  const flashes = bright.filter(({ white }, i) => white && !bright[i - 1]?.white).map(({ pts }) => pts * 1000)
  const samples = await decodeAudio(file, rate, 1)
  const beeps = onsets(samples, 0.15, rate / 5).map(at => audio[0]!.dts + (at * 1000) / rate)
  assert.is(
    beeps.length,
    flashes.length,
    `flashes at ${flashes.map(Math.round).join()}; beeps at ${beeps.map(Math.round).join()}`,
  )
  assertGapless(audio, rate)
  assert.ok(channels > 0)
  return flashes.map((flash, i) => beeps[i]! - flash)
}

function assertClose(found: number[], least: number): void {
  assert.ok(found.length >= least, `${found.length} flashes`)
  found.forEach((offset, i) =>
    assert.ok(Math.abs(offset) <= CLOSE, `flash ${i}: beep ${offset.toFixed(1)} ms later; all: ${found.map(Math.round).join()}`),
  )
}

const RUNS: [fps: number, rate: number, channels: 1 | 2, length: number][] = [
  [30, 44100, 2, 60],
  [29.97, 48000, 2, 60],
  [25, 48000, 1, 8],
  [60, 44100, 2, 8],
  [12.5, 22050, 1, 8],
]
for (const [fps, rate, channels, length] of RUNS) {
  test(`${fps} fps, ${rate} Hz, ${channels} channels: at once and after ${length} s`, async () => {
    const options = { width, height, fps, audioSampleRate: rate, audioChannels: channels, bitrate: '300k' }
    const all = await sent(options, async output => {
      for (let i = 0; i < fps * length; i++) {
        const flash = i % Math.round(fps) === 5
        await output.writeFrameWithAudio(flash ? WHITE : BLACK, soundOf(i, exact(fps), rate, channels, flash))
        await breathe(output)
      }
    })
    assertClose(await offsets(all, rate, channels), length - 1)
  })
}

/** Real time: 25 pictures a second for `length` seconds, flash and beep in every second. */
async function inRealTime(
  options: Partial<RTMPOutputOptions>,
  length: number,
  write: (output: RTMPOutput, i: number, flash: boolean) => Promise<void>,
): Promise<Sent> {
  return sent({ width, height, fps: 25, bitrate: '300k', fill: 'repeat', ...options }, async output => {
    const from = performance.now()
    for (let i = 0; i < 25 * length; i++) {
      await sleep(from + i * 40 - performance.now())
      await write(output, i, i % 25 === 5)
    }
  })
}

test('in real time, with the clock running', async () => {
  const all = await inRealTime({}, 6, (output, i, flash) =>
    output.writeFrameWithAudio(flash ? WHITE : BLACK, soundOf(i, 25, 44100, 2, flash)),
  )
  assertClose(await offsets(all, 44100, 2), 6)
})

test('with timestamps of the source', async () => {
  const all = await inRealTime({}, 5, (output, i, flash) =>
    output.writeFrameWithAudio(flash ? WHITE : BLACK, soundOf(i, 25, 44100, 2, flash), { timestamp: 5_000_000 + i * 40_000 }),
  )
  assertClose(await offsets(all, 44100, 2), 5)
})

for (const [from, fps] of [
  [25, 30],
  [50, 25],
] as const) {
  test(`a source of ${from} pictures a second into ${fps}`, async () => {
    const all = await sent({ width, height, fps, bitrate: '300k', fill: 'repeat' }, async output => {
      for (let i = 0; i < from * 5; i++) {
        const flash = i % from < 4
        await output.writeFrameWithAudio(flash ? WHITE : BLACK, soundOf(i, from, 44100, 2, flash), {
          timestamp: (i * 1_000_000) / from,
        })
      }
    })
    // A picture stands in the slot nearest to its time.
    const found = await offsets(all, 44100, 2)
    assert.is(found.length, 5)
    found.forEach(offset => assert.ok(Math.abs(offset) <= CLOSE + 500 / fps, found.map(Math.round).join()))
  })
}

const CONVERSIONS: [fromRate: number, from: 1 | 2, toRate: number, to: 1 | 2][] = [
  [48000, 1, 44100, 2],
  [48000, 2, 44100, 2],
  [22050, 2, 48000, 1],
  [44100, 1, 48000, 2],
]
for (const [fromRate, from, toRate, to] of CONVERSIONS) {
  test(`sound of ${fromRate} Hz and ${from} channels into ${toRate} Hz and ${to}`, async () => {
    const options = { width, height, fps: 30, audioSampleRate: toRate, audioChannels: to, bitrate: '300k' }
    const all = await sent(options, async output => {
      for (let i = 0; i < 30 * 20; i++) {
        const flash = i % 30 === 5
        await output.writeFrameWithAudio(flash ? WHITE : BLACK, chunk(soundOf(i, 30, fromRate, from, flash), fromRate, from))
        await breathe(output)
      }
    })
    assertClose(await offsets(all, toRate, to), 20)
  })
}

test('sound that begins late, and sound that pauses, is in its place', async () => {
  const heard = (i: number) => (i >= 90 && i < 240) || i >= 330
  const all = await sent({ width, height, fps: 30, bitrate: '300k' }, async output => {
    for (let i = 0; i < 480; i++) {
      const flash = heard(i) && i % 30 === 15
      const picture = flash ? WHITE : BLACK
      if (heard(i)) await output.writeFrameWithAudio(picture, soundOf(i, 30, 44100, 2, flash))
      else await output.writeFrame(picture)
      await breathe(output)
    }
  })
  assertClose(await offsets(all, 44100, 2), 10)
})

test('in real time too', async () => {
  const all = await inRealTime({}, 7, async (output, i, flash) => {
    const heard = i >= 50
    const picture = heard && flash ? WHITE : BLACK
    if (heard) await output.writeFrameWithAudio(picture, soundOf(i, 25, 44100, 2, flash))
    else await output.writeFrame(picture)
  })
  assertClose(await offsets(all, 44100, 2), 5)
})

test('a source that was held up, and brings the sound of all that time with one picture', async () => {
  const frames = new OwnFrames(width, height)
  const quiet = new Float32Array(3 * 44100 * 2)
  const all = await sent({ width, height, fps: 25, bitrate: '300k', fill: 'repeat' }, async output => {
    // The 3 s without a picture end with one of their beginning; then it goes on in real time.
    let held = 0
    const from = performance.now()
    for (let i = 0; i < 25 * 8; i++) {
      if (i === 50) held = 3000
      await sleep(from + held + i * 40 - performance.now())
      const [audio, flash] = i === 50 ? [quiet, false] : [soundOf(i, 25, 44100, 2, i % 25 === 5), i % 25 === 5]
      const timestamp = i * 40_000 + (i > 50 ? 3_000_000 - 40_000 : 0)
      await output.writeAndClose({ frame: frames.make(flash ? WHITE : BLACK, timestamp), audio: chunk(audio, 44100, 2) })
    }
  })
  const found = await offsets(all, 44100, 2)
  // A picture stands in the slot nearest to its time.
  assert.ok(found.length >= 7 && found.every(offset => Math.abs(offset) <= CLOSE + 20), found.map(Math.round).join())
  assert.is(frames.open, 0)
})

test('sound by itself, written before or after its picture', async () => {
  for (const first of [true, false]) {
    const all = await sent({ width, height, fps: 30, bitrate: '300k' }, async output => {
      for (let i = 0; i < 300; i++) {
        const flash = i % 30 === 5
        const audio = soundOf(i, 30, 44100, 2, flash)
        if (first) await output.writeAudio(audio)
        await output.writeFrame(flash ? WHITE : BLACK)
        if (!first) await output.writeAudio(audio)
        await breathe(output)
      }
    })
    assertClose(await offsets(all, 44100, 2), 10)
  }
})

test.run()
