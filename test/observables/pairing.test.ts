import * as assert from 'uvu/assert'
import type { FrameWithAudio } from '../../src/core/types'
import { Pairing } from '../../src/observables/pairing'
import type { PairingHooks } from '../../src/observables/pairing-segment'
import { suite } from '../support/suite'
import { Pictures, ramp, audio } from './fake-media'

const test = suite('pairing')

const FORMAT = { rate: 1000, channels: 1 }
/** Samples per picture: 25 pictures and 1000 samples a second. */
const STEP = 40

/** Of pictures that come one by one, some time apart. */
function pairingOf(
  capacity: number,
  format: { readonly rate: number | null; readonly channels: number | null },
  hooks: Partial<PairingHooks> = {},
): Pairing {
  let time = 0
  return new Pairing(capacity, format, { now: () => (time += 1000), ...hooks })
}

function all(pairing: Pairing): FrameWithAudio[] {
  const found: FrameWithAudio[] = []
  for (let item = pairing.take(); item; item = pairing.take()) found.push(item)
  return found
}

const shape = ({ frame, audio }: FrameWithAudio) => [
  frame.timestamp,
  audio.timestamp,
  audio.samples[0],
  audio.samples.length,
]

/** The chunks are the whole sound, end to end. */
function assertWhole(items: FrameWithAudio[], from: number): void {
  const samples = items.flatMap(({ audio }) => [...audio.samples])
  assert.equal(samples, [...ramp(from, samples.length)])
}

test('each picture gets the sound up to the next one', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  for (let i = 0; i < 4; i++) pairing.addPicture(pictures.make(i))
  pairing.addAudio(audio(0, 4 * STEP), FORMAT)
  const items = all(pairing)
  assert.equal(items.map(shape), [
    [0, 0, 0, STEP],
    [40_000, 40_000, STEP, STEP],
    [80_000, 80_000, 2 * STEP, STEP],
  ])
  assertWhole(items, 0)
  assert.is(pairing.waiting, 1, 'the last one waits for its end')
  for (const { frame } of items) frame.close()
  pairing.clear()
  assert.is(pictures.open, 0)
})

test('a picture waits for its sound, and for the next picture', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  assert.is(pairing.take(), null)
  pairing.addAudio(audio(0, 100), FORMAT)
  pairing.addPicture(pictures.make(0))
  assert.is(pairing.take(), null, 'nobody knows yet where its sound ends')
  pairing.addPicture(pictures.make(1))
  assert.equal(shape(pairing.take()!), [0, 0, 0, STEP])
  pairing.addPicture(pictures.make(2))
  assert.equal(shape(pairing.take()!), [40_000, 40_000, STEP, STEP])
  pairing.addPicture(pictures.make(3))
  assert.is(pairing.take(), null, 'its sound ends at 100')
  pairing.addAudio(audio(100, 19), FORMAT)
  assert.is(pairing.take(), null)
  pairing.addAudio(audio(119, 1), FORMAT)
  assert.equal(shape(pairing.take()!), [80_000, 80_000, 2 * STEP, STEP])
})

test('sound that is late by less than 0.7 s is waited for', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(100, FORMAT)
  for (let i = 0; i < 17; i++) pairing.addPicture(pictures.make(i))
  assert.is(pairing.take(), null)
  pairing.addAudio(audio(0, 17 * STEP), FORMAT)
  const items = all(pairing)
  assert.is(items.length, 16)
  assertWhole(items, 0)
})

test('sound that does not come is silence, and pictures go on', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(100, FORMAT)
  const items: FrameWithAudio[] = []
  for (let i = 0; i < 50; i++) {
    pairing.addPicture(pictures.make(i))
    items.push(...all(pairing))
  }
  assert.is(items.length, 49)
  for (const { audio } of items) assert.equal([...audio.samples], Array(STEP).fill(0))
  assert.equal([items[0]!.audio.sampleRate, items[0]!.audio.channels], [1000, 1])
})

test('sound that is being decoded beside pictures that come all at once is waited for', () => {
  const pictures = new Pictures()
  let now = 1000
  const pairing = pairingOf(100, FORMAT, { now: () => now })
  for (let i = 0; i < 50; i++) pairing.addPicture(pictures.make(i))
  assert.is(pairing.take(), null, 'a moment after the first picture')
  now += 199
  pairing.addAudio(audio(0, 10 * STEP), FORMAT)
  const items = all(pairing)
  assert.is(items.length, 10)
  now += 199
  assert.is(pairing.take(), null, 'a moment after the last sound')
  pairing.addAudio(audio(10 * STEP, 10 * STEP), FORMAT)
  items.push(...all(pairing))
  assert.is(items.length, 20)
  assertWhole(items, 0)
  now += 201
  items.push(...all(pairing))
  assert.is(items.length, 49, 'it does not come')
  for (const { audio } of items.slice(20)) assert.equal([...audio.samples], Array(STEP).fill(0))
})

test('sound that keeps coming and lies further and further behind holds no picture for more than five seconds', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(1000, FORMAT, { now: () => 1 })
  const items: FrameWithAudio[] = []
  for (let i = 0; i < 500; i++) {
    pairing.addPicture(pictures.make(i))
    if (i % 10 === 0) pairing.addAudio(audio(i, 10), FORMAT)
    items.push(...all(pairing))
    assert.ok(pairing.waiting <= 5 * 25 + 2, `${pairing.waiting}`)
  }
  assert.ok(items.length > 300, `${items.length}`)
})

test('a stream without sound, and no format asked for: silence as most have it', () => {
  const pairing = pairingOf(100, { rate: null, channels: null })
  const pictures = new Pictures()
  for (let i = 0; i < 30; i++) pairing.addPicture(pictures.make(i))
  const { audio } = pairing.take()!
  assert.equal([audio.sampleRate, audio.channels, audio.samples.length], [44100, 2, (44100 / 25) * 2])
})

test('sound that begins late: silence first, then itself in its place', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(100, FORMAT)
  const items: FrameWithAudio[] = []
  for (let i = 0; i < 60; i++) {
    pairing.addPicture(pictures.make(i))
    if (i >= 30) pairing.addAudio(audio(i * STEP, STEP), FORMAT)
    items.push(...all(pairing))
  }
  const heard = items.filter(({ audio }) => audio.samples.some(Boolean))
  for (const { frame, audio } of heard) {
    const first = (frame.timestamp / 1_000_000) * 1000
    assert.ok(
      [...audio.samples].every((sample, i) => sample === 0 || sample === first + i),
      `at ${frame.timestamp}`,
    )
  }
  assert.ok(heard.length >= 28, `${heard.length}`)
})

test('pictures that are dropped keep the sound whole: the one before them lasts longer', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(4, FORMAT)
  pairing.addAudio(audio(0, 100 * STEP), FORMAT)
  for (let i = 0; i < 50; i++) {
    pairing.addPicture(pictures.make(i))
    pairing.trim()
  }
  assert.is(pairing.waiting, 4)
  assert.is(pictures.open, 4)
  const items = all(pairing)
  assert.equal(items[0]!.frame.timestamp, 0)
  assert.is(items[0]!.audio.samples.length, 47 * STEP)
  assert.equal(
    items.map(({ frame }) => frame.sequence),
    [0, 47, 48],
  )
  assert.is(items[1]!.frame.droppedBefore, 46)
  assertWhole(items, 0)
})

test('what waits for its sound is not dropped when that comes; what comes then is', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(2, FORMAT)
  for (let i = 0; i < 10; i++) pairing.addPicture(pictures.make(i))
  assert.is(pairing.waiting, 10)
  assert.ok(pairing.room >= 1, 'it must be able to see that no sound comes')
  pairing.addAudio(audio(0, 10 * STEP), FORMAT)
  assert.is(pairing.room, 0)
  pairing.addPicture(pictures.make(10))
  pairing.trim()
  assert.is(pairing.waiting, 10)
  for (let i = 0; i < 8; i++) pairing.take()!.frame.close()
  pairing.addPicture(pictures.make(11))
  pairing.trim()
  assert.is(pairing.waiting, 2)
})

test('the end gives what is there: the last picture with its own length of sound', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  for (let i = 0; i < 3; i++) pairing.addPicture(pictures.make(i))
  pairing.addAudio(audio(0, 2 * STEP + 10), FORMAT)
  assert.is(all(pairing).length, 2)
  pairing.end()
  const [last] = all(pairing)
  assert.equal(shape(last!), [80_000, 80_000, 2 * STEP, STEP])
  assert.equal([...last!.audio.samples.subarray(10)], Array(STEP - 10).fill(0))
  assert.is(pairing.take(), null)
})

test('chunks join without overlap where rate and frame rate do not divide', () => {
  const format = { rate: 44100, channels: 1 }
  const pairing = pairingOf(100, format)
  const pictures = new Pictures()
  const timestamps = Array.from({ length: 90 }, (_, i) => Math.round((i * 1_001_000) / 30))
  timestamps.forEach((timestamp, i) => pairing.addPicture(pictures.make(i, timestamp, 33_367)))
  pairing.addAudio(audio(0, 44100 * 4), format)
  const items = all(pairing)
  assert.is(items.length, 89)
  assertWhole(items, 0)
  for (let i = 1; i < items.length; i++) {
    const before = items[i - 1]!.audio
    assert.is(before.timestamp + before.duration, items[i]!.audio.timestamp)
    assert.ok(Math.abs(items[i]!.audio.timestamp - items[i]!.frame.timestamp) <= 12, 'half a sample')
  }
})

test('one who comes late starts clean, and says so', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  pairing.addAudio(audio(1000, 500), FORMAT)
  pairing.addPicture(pictures.make(30))
  pairing.addPicture(pictures.make(31))
  pairing.addPicture(pictures.make(32))
  const [first, second] = all(pairing)
  assert.equal(shape(first!), [1_200_000, 1_200_000, 1200, STEP])
  assert.equal([first!.audio.discontinuity, second!.audio.discontinuity], [true, false])
})

test('a picture that leaps days ahead: the one before it gets its own sound; the leap makes no silence', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, { rate: 48_000, channels: 2 })
  const leap = 2 ** 32 * 1000
  pairing.addPicture(pictures.make(0))
  pairing.addPicture(pictures.make(1, leap))
  pairing.addPicture(pictures.make(2, leap + 40_000))
  pairing.end()
  const items = all(pairing)
  assert.equal(
    items.map(({ frame, audio }) => [frame.timestamp, audio.timestamp, audio.samples.length / 2]),
    [
      [0, 0, 1920],
      [leap, leap, 1920],
      [leap + 40_000, leap + 40_000, 1920],
    ],
  )
  assert.is(items[1]!.audio.discontinuity, true, 'a part was not made')
})

test('a change of format while sound waits: each picture keeps the sound, and the format, of its time', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  const other = { rate: 500, channels: 2 }
  pairing.addAudio({ ...audio(0, 80), ...FORMAT }, FORMAT)
  pairing.addAudio({ ...audio(40, 60, 2), ...other }, other)
  for (let i = 0; i < 5; i++) pairing.addPicture(pictures.make(i))
  const items = all(pairing)
  assert.equal(
    items.slice(0, 4).map(({ audio }) => [audio.sampleRate, audio.channels, audio.samples[0], audio.samples.length]),
    [
      [1000, 1, 0, 40],
      [1000, 1, 40, 40],
      [500, 2, 40, 40],
      [500, 2, 60, 40],
    ],
  )
})

test('clear gives all pictures back', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  for (let i = 0; i < 5; i++) pairing.addPicture(pictures.make(i))
  pairing.clear()
  assert.is(pictures.open, 0)
  assert.is(pairing.waiting, 0)
})

test('a seam: the last picture goes at once, with the sound of its own time; the next begins anew', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(10, FORMAT)
  for (let i = 0; i < 2; i++) pairing.addPicture(pictures.make(i))
  pairing.addAudio(audio(0, 70), FORMAT)
  assert.equal(all(pairing).map(shape), [[0, 0, 0, STEP]])
  pairing.discontinuity()
  const [last] = all(pairing)
  assert.equal(shape(last!), [40_000, 40_000, STEP, STEP])
  assert.equal([...last!.audio.samples.slice(30)], Array(10).fill(0), 'what had not come is silence')
  // An hour later, with another rate.
  const hour = 3_600_000_000
  for (const i of [2, 3]) pairing.addPicture(pictures.make(i, hour + i * 40_000))
  pairing.addAudio({ ...audio(2 * 3_600_000 + 160, 200), rate: 2000 }, { rate: 2000, channels: 1 })
  const [first] = all(pairing)
  assert.equal(
    [first!.frame.timestamp, first!.audio.timestamp, first!.audio.samples.length],
    [hour + 80_000, hour + 80_000, 80],
  )
  assert.equal([last!.audio.discontinuity, first!.audio.discontinuity, first!.frame.droppedBefore], [true, true, 0])
  pairing.clear()
})

test('discontinuities before a reader that is slow: everything in order, and bounded', () => {
  const pictures = new Pictures()
  const pairing = pairingOf(4, FORMAT)
  for (let connection = 0; connection < 50; connection++) {
    for (let i = 0; i < 3; i++) {
      pairing.addPicture(pictures.make(connection * 3 + i))
      pairing.trim()
    }
    pairing.addAudio(audio(connection * 120, 120), FORMAT)
    pairing.discontinuity()
    assert.ok(pairing.waiting <= 4, String(pairing.waiting))
  }
  const seen = all(pairing).map(({ frame }) => (frame.close(), frame.sequence))
  assert.is(seen.at(-1), 149)
  assert.equal(
    seen,
    [...seen].sort((a, b) => a - b),
  )
  assert.is(pictures.open, 0)
})

test('a picture that lacks more than five seconds of sound lasts for its own time', () => {
  for (const [hole, samples] of [
    [5000, 5000],
    [5100, 40],
  ] as const) {
    const pictures = new Pictures()
    const pairing = pairingOf(10, FORMAT)
    pairing.addPicture(pictures.make(0))
    for (const i of [1, 2]) pairing.addPicture(pictures.make(i, (hole + (i - 1) * 40) * 1000))
    pairing.addAudio(audio(hole, 80), FORMAT)
    const [first, second] = all(pairing)
    assert.is(first!.audio.samples.length, samples)
    assert.equal([second!.audio.timestamp, second!.audio.discontinuity], [hole * 1000, hole > 5000])
    // Sound that is there is whole, however long.
    const whole = pairingOf(10, FORMAT)
    whole.addPicture(pictures.make(0))
    for (const i of [1, 2]) whole.addPicture(pictures.make(i, (hole + (i - 1) * 40) * 1000))
    whole.addAudio(audio(0, hole + 80), FORMAT)
    assert.is(all(whole)[0]!.audio.samples.length, hole)
  }
})

test.run()
