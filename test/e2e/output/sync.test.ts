// suite: deep
import * as assert from 'uvu/assert'
import type { AudioChunk, RTMPOutput, RTMPOutputOptions } from '../../../src/index'
import { decodeAudio, decodeFrames } from '../../support/peers/ffmpeg'
import { solid } from '../../support/media/picture'
import { sine, onsets, rms } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { sleep } from '../../support/until'
import { OwnFrames } from '../lib/own-frames'
import { codeOf } from '../lib/served'
import { assertGapless, breathe, sent, type Sent } from '../lib/sent'

// A flash and a beep that are written together leave together.
const test = suite('output: sync', { timeout: 90_000 })

const [width, height] = [320, 180]
const WHITE = solid(width, height, [235, 235, 235])
const BLACK = solid(width, height, [16, 16, 16])
/** ms. */
const CLOSE = 10

/**
 * The sound that belongs to picture number `i`: the samples from its time to the next one's, a beep where it flashes.
 */
function audioOf(i: number, fps: number, rate: number, channels: number, beep: boolean): Float32Array {
  const [from, to] = [Math.round((i * rate) / fps), Math.round(((i + 1) * rate) / fps)]
  return sine({ frequency: 1000, rate, from, count: to - from, channels, amplitude: beep ? 0.8 : 0 })
}

const exact = (fps: number) => (fps === 29.97 ? 30000 / 1001 : fps)

function chunk(samples: Float32Array, sampleRate: number, channels: number): AudioChunk {
  return { samples, sampleRate, channels, timestamp: 0, duration: 0, discontinuity: false }
}

/** When pictures flash and when beeps begin, ms. */
async function signals({ file, audio }: Sent, rate: number): Promise<{ flashes: number[]; beeps: number[] }> {
  const decoded = await decodeFrames(file, 'gray', { timeout: 90_000 })
  const bright = decoded.map(({ data, pts }) => ({ pts, white: data[(height / 2) * width + width / 2]! > 128 }))
  const flashes = bright.filter(({ white }, i) => white && !bright[i - 1]?.white).map(({ pts }) => pts * 1000)
  const samples = await decodeAudio(file, rate, 1)
  const beeps = onsets(samples, 0.15, rate / 5).map(at => audio[0]!.dts + (at * 1000) / rate)
  assertGapless(audio, rate)
  return { flashes, beeps }
}

const list = (times: readonly number[]) => times.map(Math.round).join()

/** For every flash by how many ms its beep comes later; also that each has one. */
async function offsets(all: Sent, rate: number): Promise<number[]> {
  const { flashes, beeps } = await signals(all, rate)
  assert.is(beeps.length, flashes.length, `flashes at ${list(flashes)}; beeps at ${list(beeps)}`)
  return flashes.map((flash, i) => beeps[i]! - flash)
}

function assertClose(found: number[], least: number): void {
  assert.ok(found.length >= least, `${found.length} flashes`)
  found.forEach((offset, i) =>
    assert.ok(
      Math.abs(offset) <= CLOSE,
      `flash ${i}: beep ${offset.toFixed(1)} ms later; all: ${found.map(Math.round).join()}`,
    ),
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
        await output.writeFrameWithAudio(flash ? WHITE : BLACK, audioOf(i, exact(fps), rate, channels, flash))
        await breathe(output)
      }
    })
    assertClose(await offsets(all, rate), length - 1)
  })
}

/**
 * Which flashes the clock had no part in. Where the machine holds the writer up, the clock fills slots and lays silence
 * ahead, and that cuts the beginning of the sound that comes next, as docs/architecture.md says: its beep may be gone.
 */
class Steady {
  readonly #flashes: number[] = []
  readonly #filled: number[] = []
  #repeated = 0
  #written = -1

  /** Before each write. */
  note(output: RTMPOutput, flash: boolean): void {
    this.#written++
    const { repeated } = output.stats()
    if (repeated > this.#repeated) this.#filled.push(this.#written)
    this.#repeated = repeated
    if (flash) this.#flashes.push(this.#written)
  }

  /** For each flash in turn. A slot that is filled between look and write is seen at the next look. */
  get each(): boolean[] {
    return this.#flashes.map(at => !this.#filled.some(filled => filled > at - 4 && filled <= at + 1))
  }
}

/**
 * 25 pictures a second as time passes, of which one a second flashes and beeps: that flash and beep leave together
 * wherever the writer was in time. A machine that gives a trial no time for that gets another one.
 */
async function inRealTime(
  options: Partial<RTMPOutputOptions>,
  length: number,
  write: (output: RTMPOutput, i: number, flash: boolean) => Promise<unknown>,
  { least = length - 1, close = CLOSE, beeps: beepsFrom = 0, held = () => 0 }: Trial = {},
): Promise<void> {
  let enough = 0
  for (let trial = 1; ; trial++) {
    const steady = new Steady()
    const all = await sent({ width, height, fps: 25, bitrate: '300k', fill: 'repeat', ...options }, async output => {
      const from = performance.now()
      for (let i = 0; i < 25 * length; i++) {
        await sleep(from + held(i) + i * 40 - performance.now())
        const flash = i % 25 === 5 && i >= beepsFrom
        steady.note(output, flash)
        await write(output, i, flash)
      }
    })
    const { flashes, beeps } = await signals(all, 44100)
    const undisturbed = steady.each
    const calm = undisturbed.every(Boolean)
    const told = `flashes at ${list(flashes)}; beeps at ${list(beeps)}; undisturbed ${undisturbed.map(Number).join('')}`
    const known = flashes.length === undisturbed.length
    if (calm) assert.ok(known && beeps.length === flashes.length, told)
    const judged = flashes.filter((_, i) => known && undisturbed[i])
    for (const flash of judged)
      assert.ok(
        beeps.some(beep => Math.abs(beep - flash) <= close),
        told,
      )
    enough += judged.length
    if (enough >= least) return
    assert.ok(trial < TRIALS, `the machine disturbed ${TRIALS} trials; ${told}`)
  }
}

interface Trial {
  /** Flashes that must be judged, in all trials together. */
  least?: number
  /** ms. */
  close?: number
  /** The first picture that may flash. */
  beeps?: number
  /** By how many ms the source is late at a picture. */
  held?: (i: number) => number
}

/** Of 6 to 11 s each. */
const TRIALS = 5

test('in real time, with the clock running', () =>
  inRealTime({}, 6, (output, i, flash) =>
    output.writeFrameWithAudio(flash ? WHITE : BLACK, audioOf(i, 25, 44100, 2, flash)),
  ))

test('with timestamps of the source', () =>
  inRealTime({}, 5, (output, i, flash) =>
    output.writeFrameWithAudio(flash ? WHITE : BLACK, audioOf(i, 25, 44100, 2, flash), {
      timestamp: 5_000_000 + i * 40_000,
    }),
  ))

for (const [from, fps] of [
  [25, 30],
  [50, 25],
] as const) {
  test(`a source of ${from} pictures a second into ${fps}`, async () => {
    const sounds = Array.from({ length: from * 5 }, (_, i) => audioOf(i, from, 44100, 2, i % from < 4))
    const options = { width, height, fps, bitrate: '300k', fill: 'repeat', bufferSize: sounds.length } as const
    // All at once: for a writer that the machine holds up the clock fills slots, and lays silence.
    const all = await sent(options, async output => {
      const write = (sound: Float32Array, i: number): Promise<void> =>
        output.writeFrameWithAudio(i % from < 4 ? WHITE : BLACK, sound, { timestamp: (i * 1_000_000) / from })
      await Promise.all(sounds.map(write))
    })
    // A picture stands in the slot nearest to its time.
    const found = await offsets(all, 44100)
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
        await output.writeFrameWithAudio(
          flash ? WHITE : BLACK,
          chunk(audioOf(i, 30, fromRate, from, flash), fromRate, from),
        )
        await breathe(output)
      }
    })
    assertClose(await offsets(all, toRate), 20)
  })
}

test('sound that begins late, and sound that pauses, is in its place', async () => {
  const heard = (i: number) => (i >= 90 && i < 240) || i >= 330
  const all = await sent({ width, height, fps: 30, bitrate: '300k' }, async output => {
    for (let i = 0; i < 480; i++) {
      const flash = heard(i) && i % 30 === 15
      const picture = flash ? WHITE : BLACK
      if (heard(i)) await output.writeFrameWithAudio(picture, audioOf(i, 30, 44100, 2, flash))
      else await output.writeFrame(picture)
      await breathe(output)
    }
  })
  assertClose(await offsets(all, 44100), 10)
})

test('in real time too', () =>
  inRealTime(
    {},
    7,
    async (output, i, flash) => {
      const picture = flash ? WHITE : BLACK
      if (i >= 50) await output.writeFrameWithAudio(picture, audioOf(i, 25, 44100, 2, flash))
      else await output.writeFrame(picture)
    },
    { least: 4, beeps: 50 },
  ))

test('a source that was held up, and brings the sound of all that time with one picture', async () => {
  const frames = new OwnFrames(width, height)
  const quiet = new Float32Array(3 * 44100 * 2)
  // The 3 s without a picture end with one of their beginning; then it goes on in real time.
  const write = (output: RTMPOutput, i: number, flash: boolean) => {
    const audio = i === 50 ? quiet : audioOf(i, 25, 44100, 2, flash)
    const timestamp = i * 40_000 + (i > 50 ? 3_000_000 - 40_000 : 0)
    return output.writeAndClose({ frame: frames.make(flash ? WHITE : BLACK, timestamp), audio: chunk(audio, 44100, 2) })
  }
  // A picture stands in the slot nearest to its time.
  await inRealTime({}, 8, write, { least: 6, close: CLOSE + 20, held: i => (i < 50 ? 0 : 3000) })
  assert.is(frames.open, 0)
})

for (const [when, later] of [
  ['600 ms after', 15],
  ['120 ms after', 3],
  ['with', 0],
  ['80 ms before', -2],
] as const) {
  test(`a source whose sound comes by itself, ${when} its pictures`, async () => {
    const frames = new OwnFrames(width, height)
    let sound = 0
    // Where sound is that late, silence is laid at first.
    const beeps = later > 10 ? 50 : 0
    const write = async (output: RTMPOutput, i: number, flash: boolean): Promise<void> => {
      // Each trial begins anew.
      if (i === 0) sound = 0
      const written = [output.writeAndClose(frames.make(flash ? WHITE : BLACK, 7_000_000 + i * 40_000))]
      for (; sound <= i - later; sound++) {
        const samples = audioOf(sound, 25, 44100, 2, sound % 25 === 5 && sound >= beeps)
        const timestamp = 7_000_000 + sound * 40_000
        written.push(output.writeAndClose({ ...chunk(samples, 44100, 2), timestamp }))
      }
      const results = await Promise.all(written)
      assert.ok(results.every(({ dropped }) => !dropped))
    }
    await inRealTime({}, 6, write, { beeps, least: beeps > 0 ? 3 : 5 })
    assert.is(frames.open, 0)
  })
}

test('sound that comes by itself after a pause belongs to the pictures before it', async () => {
  const frames = new OwnFrames(width, height)
  const all = await sent({ width, height, fps: 25, bitrate: '300k', fill: 'repeat' }, async output => {
    const from = performance.now()
    for (let i = 0; i < 200; i++) {
      // Each pause begins behind a flash, whose beep comes with the pictures after it: 120 ms are 3 pictures.
      const pauses = Math.floor((i + 19) / 50)
      await sleep(from + i * 40 + pauses * 800 - performance.now())
      await output.writeAndClose(frames.make(i % 25 === 5 ? WHITE : BLACK, i * 40_000))
      if (i < 3) continue
      const samples = audioOf(i - 3, 25, 44100, 2, (i - 3) % 25 === 5)
      await output.writeAndClose({ ...chunk(samples, 44100, 2), timestamp: (i - 3) * 40_000 })
    }
  })
  const { flashes, beeps } = await signals(all, 44100)
  const told = `flashes at ${list(flashes)}; beeps at ${list(beeps)}`
  assert.ok(flashes.length >= 7 && beeps.length >= 4, told)
  // A beep whose time has passed is cut, and no beep is heard at another's.
  for (const beep of beeps)
    assert.ok(
      flashes.some(flash => beep - flash > -CLOSE - 20 && beep - flash < 60),
      told,
    )
})

test('sound of another time than its pictures, and without any', async () => {
  const frames = new OwnFrames(width, height)
  const tone = (i: number) => sine({ frequency: 1000, rate: 44100, from: i * 1764, count: 1764, channels: 2 })
  let late = 0
  const write = async (output: RTMPOutput): Promise<void> => {
    const from = performance.now()
    late = 0
    for (let i = 0; i < 150; i++) {
      await sleep(from + i * 40 - performance.now())
      late = Math.max(late, performance.now() - from - i * 40)
      // For 3 s pictures, with sound of another hour beside them; then the sound alone.
      if (i < 75) await output.writeAndClose(frames.make(BLACK, i * 40_000))
      await output.writeAndClose({ ...chunk(tone(i), 44100, 2), timestamp: 3_600_000_000 + i * 40_000 })
    }
    for (const timestamp of [NaN, Infinity, undefined as unknown as number])
      assert.is(await codeOf(output.writeAndClose({ ...chunk(tone(0), 44100, 2), timestamp })), 'ERR_TIMESTAMP')
  }
  const attempt = () => sent({ width, height, fps: 25, bitrate: '300k', fill: 'repeat' }, write)
  let all = await attempt()
  // A writer that the machine holds up brings no sound for so long.
  for (let more = 0; more < 5 && late > 300; more++) all = await attempt()
  const samples = await decodeAudio(all.file, 44100, 1)
  const loud = (at: number) => rms(samples.subarray(at * 44100, (at + 0.5) * 44100)) > 0.05
  const seconds = Math.floor(samples.length / 44100)
  assert.ok(seconds >= 4, `${seconds} s of sound`)
  const heard = Array.from({ length: 2 * seconds }, (_, i) => loud(i / 2))
  // It waits half a second for pictures that fit.
  assert.ok(heard.filter(Boolean).length >= 2 * seconds - 3, heard.map(Number).join(''))
})

test('sound by itself, written before or after its picture', async () => {
  for (const first of [true, false]) {
    const all = await sent({ width, height, fps: 30, bitrate: '300k' }, async output => {
      for (let i = 0; i < 300; i++) {
        const flash = i % 30 === 5
        const audio = audioOf(i, 30, 44100, 2, flash)
        if (first) await output.writeAudio(audio)
        await output.writeFrame(flash ? WHITE : BLACK)
        if (!first) await output.writeAudio(audio)
        await breathe(output)
      }
    })
    assertClose(await offsets(all, 44100), 10)
  }
})

test.run()
