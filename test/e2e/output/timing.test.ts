// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPOutputOptions } from '../../../src/index'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { readClock } from '../../support/media/picture-clock'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { codeOf } from '../lib/served'
import { pattern } from '../lib/pattern'
import { assertConstantRate, breathe, sent, type Sent } from '../lib/sent'

// When each written picture leaves.
const test = suite('output: timing', { timeout: 60_000 })

const [width, height] = [320, 180]
const SMALL = { width, height, bitrate: '1M' }

/**
 * Writes pictures that are numbered 0, 1, 2 …, each with its timestamp where there is one. Where a clock repeats
 * pictures all are written at once: a writer that the machine holds up would have some repeated. `numbers` is of the
 * written pictures: before the first such a clock may show black, and behind the last it repeats that until the end.
 */
async function numbered(
  options: Partial<RTMPOutputOptions>,
  timestamps: (number | undefined)[],
): Promise<Sent & { numbers: (number | null)[] }> {
  let stats: unknown
  const paced = options.fill === 'repeat'
  const pictures = timestamps.map((_, i) => pattern(width, height, i))
  const bufferSize = paced ? timestamps.length : 10
  const all = await sent({ ...SMALL, bufferSize, ...options }, async output => {
    const writes: Promise<void>[] = []
    for (const [i, timestamp] of timestamps.entries()) {
      writes.push(output.writeFrame(pictures[i]!, timestamp === undefined ? {} : { timestamp }))
      if (paced) continue
      await writes[i]
      await breathe(output)
    }
    await Promise.all(writes)
    await until(() => output.stats().queued === 0)
    stats = output.stats()
  })
  const numbers = await numbersOf(all)
  assert.is(numbers.length, all.video.length, JSON.stringify(stats))
  if (!paced) return { ...all, numbers }
  const first = numbers.findIndex(number => number !== null)
  return { ...all, numbers: numbers.slice(first, numbers.indexOf(numbers.at(-1)!) + 1) }
}

const numbersOf = async ({ file }: Sent): Promise<(number | null)[]> =>
  (await decodeFrames(file, 'rgb24')).map(({ data }) => readClock(data, width, height))

const slots = ({ video }: Sent, fps: number) => video.map(({ dts }) => Math.round(((dts - video[0]!.dts) * fps) / 1000))
const count = (length: number) => Array.from({ length }, (_, i) => i)

/** Rising numbers, each at least once. */
function assertNoneLost(numbers: (number | null)[], last: number): void {
  assert.equal([...new Set(numbers)], count(last + 1))
  numbers.forEach((number, i) => assert.ok(i === 0 || number! >= numbers[i - 1]!, `${numbers[i - 1]} then ${number}`))
}

test('without timestamps each picture takes the next 1/fps, however its writer is paced', async () => {
  const fps = 25
  const { video, numbers } = await (async () => {
    const all = await sent({ ...SMALL, fps }, async output => {
      for (let i = 0; i < 40; i++) {
        await output.writeFrame(pattern(width, height, i))
        if (i % 10 === 9) await sleep(150)
      }
    })
    return { ...all, numbers: await numbersOf(all) }
  })()
  assert.equal(numbers, count(40))
  assertConstantRate(video, fps)
})

test('explicit timestamps decide, counted from the first', async () => {
  for (const origin of [0, 7_000_000, 123_456_789_012]) {
    const all = await numbered(
      { fps: 25 },
      [0, 1, 2, 5, 6, 10].map(slot => origin + slot * 40_000),
    )
    assert.equal(slots(all, 25), [0, 1, 2, 5, 6, 10], `from ${origin}`)
    assert.equal(all.numbers, count(6))
  }
})

test('timestamps that jitter by less than half a picture lose none and repeat none', async () => {
  const jitter = [0, 9_000, -9_000, 14_000, -12_000, 3_000]
  const all = await numbered(
    { fps: 25 },
    count(60).map(i => 1_000_000 + i * 40_000 + jitter[i % jitter.length]!),
  )
  assert.equal(all.numbers, count(60))
  assert.equal(slots(all, 25), count(60))
})

test('what carries no timestamp follows on what does', async () => {
  const all = await numbered({ fps: 25 }, [0, 40_000, undefined, undefined])
  assert.equal(slots(all, 25), [0, 1, 2, 3])
})

test('a timestamp that goes back is an error, and the next that does not is none', async () => {
  const codes: string[] = []
  const all = await sent({ ...SMALL, fps: 25 }, async output => {
    const picture = pattern(width, height, 0)
    for (const timestamp of [
      80_000,
      40_000,
      79_999,
      -1,
      NaN,
      Infinity,
      '5' as unknown as number,
      80_000,
      120_000,
      160_000,
    ]) {
      codes.push(await codeOf(output.writeFrame(picture, { timestamp })))
    }
    codes.push(await codeOf(output.writeFrameWithAudio(picture, new Float32Array(0), { timestamp: 1 })))
  })
  const bad = 'ERR_TIMESTAMP'
  assert.equal(codes, ['resolved', bad, bad, bad, bad, bad, bad, 'resolved', 'resolved', 'resolved', bad])
  assert.equal(slots(all, 25), [0, 1, 2])
})

test('an unknown option of a write is named', async () => {
  await sent(SMALL, async output => {
    const picture = pattern(width, height, 0)
    const error = await output.writeFrame(picture, { timestmp: 5 } as object).then(
      () => null,
      (reason: Error) => reason,
    )
    assert.match(String(error?.message), 'timestamp')
    assert.is(await codeOf(output.writeFrame(picture, null as unknown as object)), 'ERR_OPTION')
    await output.writeFrame(picture)
  })
})

test('25 pictures a second into 30: some twice, none lost, a constant rate', async () => {
  const all = await numbered(
    { fps: 30, fill: 'repeat' },
    count(75).map(i => i * 40_000),
  )
  assertConstantRate(all.video, 30)
  assertNoneLost(all.numbers, 74)
  // The last second is as full as the first.
  const shown = all.numbers.filter(number => number! < 70).length
  assert.ok(Math.abs(shown - 84) <= 1, `${shown} pictures for 70 of 25 a second`)
})

test('24000/1001 pictures a second into 25', async () => {
  const all = await numbered(
    { fps: 25, fill: 'repeat' },
    count(72).map(i => Math.round((i * 1_001_000_000) / 24_000)),
  )
  assertConstantRate(all.video, 25)
  assertNoneLost(all.numbers, 71)
})

test('60 pictures a second into 30: every second one, evenly', async () => {
  for (const fill of ['repeat', 'none'] as const) {
    const all = await numbered(
      { fps: 30, fill },
      count(120).map(i => Math.round((i * 1_000_000) / 60)),
    )
    assertConstantRate(all.video, 30)
    assert.ok(Math.abs(all.numbers.length - 60) <= 1, `${all.numbers.length} pictures`)
    all.numbers.forEach((number, i) => assert.ok(Math.abs(number! - 2 * i) <= 1, `${number} in slot ${i}, ${fill}`))
  }
})

test('a gap in the timestamps, for which time has passed, is filled with the last picture', async () => {
  const slots = [0, 1, 2, 27, 28, 29]
  let late = 0
  const attempt = () =>
    sent({ ...SMALL, fps: 25, fill: 'repeat' }, async output => {
      const from = performance.now()
      late = 0
      for (const [i, slot] of slots.entries()) {
        const due = from + slot * 40
        await sleep(due - performance.now())
        late = Math.max(late, performance.now() - due)
        await output.writeFrame(pattern(width, height, i), { timestamp: slot * 40_000 })
      }
      await until(() => output.stats().queued === 0)
    })
  let all = await attempt()
  // For a writer that the machine holds up the clock fills more slots, of which its pictures know nothing.
  for (let more = 0; more < 5 && late > 80; more++) all = await attempt()
  assertConstantRate(all.video, 25)
  const numbers = await numbersOf(all)
  assertNoneLost(numbers, 5)
  const gap = numbers.filter(number => number === 2).length
  assert.ok(gap >= 20 && gap <= 32, `${gap} times: ${numbers.join()}`)
})

test('a gap for which no time has passed is another source: it delays nothing', async () => {
  const all = await numbered(
    { fps: 25, fill: 'repeat' },
    [0, 1, 2, 77, 78, 79].map(slot => slot * 40_000),
  )
  assertConstantRate(all.video, 25)
  assert.ok(all.numbers.length < 30, `${all.numbers.length} pictures`)
  assertNoneLost(all.numbers, 5)
})

/** Whether the writer was held up once only, by its own stall: the clock goes forward by a second, and no more. */
async function leaves(): Promise<boolean> {
  let disturbed = false
  await sent({ ...SMALL, fps: 25, fill: 'repeat' }, async output => {
    const from = performance.now()
    let calm = 0
    for (let i = 0; calm < 25 && !disturbed; i++) {
      assert.ok(performance.now() - from < 40_000, `${output.stats().queued} pictures still wait`)
      // All pictures of the stall come at its end.
      const due = from + (i >= 50 && i < 60 ? 60 * 40 : i * 40)
      const begun = Math.max(due, performance.now())
      await sleep(due - performance.now())
      calm = i > 100 && output.stats().queued <= 1 ? calm + 1 : 0
      await output.writeFrame(pattern(width, height, i))
      disturbed = performance.now() - begun > 250
    }
  })
  return !disturbed
}

test(
  'what waits since a stall of the program leaves soon',
  async () => {
    for (let more = 8; !(await leaves()); more--) assert.ok(more > 0, 'the machine stands still again and again')
  },
  { timeout: 200_000 },
)

test('without fill a gap in the timestamps is a gap', async () => {
  const all = await numbered(
    { fps: 25 },
    [0, 1, 2, 27, 28, 29].map(slot => slot * 40_000),
  )
  assert.equal(slots(all, 25), [0, 1, 2, 27, 28, 29])
  assert.equal(all.numbers, count(6))
})

test.run()
