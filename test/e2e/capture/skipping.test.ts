// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPCaptureOptions } from '../../../src/index'
import { makeFile, probe } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing, keep, toTheEnd, type Seen } from '../lib/served'

const test = suite('capture: pictures that the wanted rate does without are not decoded', { timeout: 90_000 })

const source = { size: '320x180', fps: 25, duration: 12, gop: 50, bitrate: '500k' } as const

interface Taken {
  frames: Seen[]
  decoded: number
  skipped: number
}

function take(file: string, options: RTMPCaptureOptions): Promise<Taken> {
  return capturing(file, options, async capture => {
    await capture.start()
    const frames: Seen[] = []
    await toTheEnd(async () => {
      for await (const frame of capture.aiterFrames()) frames.push(keep(frame))
    })
    const { decoded, skipped } = capture.stats()
    return { frames, decoded, skipped }
  })
}

/** Which of all pictures stands in each slot, when every one of them is decoded: the first that reaches it. */
function slots(all: readonly Seen[], fps: number): { timestamp: number; data: Uint8Array }[] {
  const slot = Math.floor(1e6 / fps)
  const given: { timestamp: number; data: Uint8Array }[] = []
  for (const { timestamp, duration, data } of all) {
    const due = timestamp + Math.floor(Math.min(slot, duration) / 2)
    for (let at: number; (at = Math.floor((given.length * 1e6) / fps)) <= due; ) given.push({ timestamp: at, data })
  }
  return given
}

function same(taken: Taken, expected: ReturnType<typeof slots>): void {
  assert.equal(
    taken.frames.map(frame => frame.timestamp),
    expected.map(({ timestamp }) => timestamp),
  )
  taken.frames.forEach(({ data }, n) =>
    assert.ok(Buffer.compare(data, expected[n]!.data) === 0, `slot ${n} shows another picture`),
  )
}

/** Pictures that nothing refers to, by their type: x264 refers to no B-picture without a pyramid. */
const streams = [
  { name: 'three B-pictures in a row', make: { bframes: 3, x264: 'b-adapt=0:b-pyramid=none' }, disposable: 3 / 4 },
  { name: 'a pyramid of B-pictures', make: { bframes: 3, x264: 'b-adapt=0:b-pyramid=normal' }, disposable: 2 / 4 },
  {
    name: 'open groups of pictures',
    make: { bframes: 2, x264: 'b-adapt=0:b-pyramid=none:open-gop=1' },
    disposable: 2 / 3,
  },
  { name: 'B-pictures in slices', make: { bframes: 2, x264: 'b-adapt=0:b-pyramid=none:slices=4' }, disposable: 2 / 3 },
] as const

for (const { name, make, disposable } of streams) {
  test(`${name}: the same pictures, fewer of them decoded`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...source, ...make, audio: null })
    const all = await take(file, {})
    assert.equal([all.frames.length, all.decoded, all.skipped], [300, 300, 0])
    for (const fps of [1, 5, 10]) {
      const some = await take(file, { fps })
      same(some, slots(all.frames, fps))
      assert.is(some.decoded + some.skipped, 300, `${fps} a second`)
      // But for those that are shown, those before the first picture was decoded, and those behind each keyframe.
      const least = 300 * disposable * (1 - fps / 25) - 60
      assert.ok(some.skipped >= least, `${fps} a second: ${some.skipped} of 300, not ${least}`)
      assert.ok(some.skipped <= 300 * disposable, `${fps} a second: ${some.skipped} of 300`)
    }
  })
}

test('the rate of the source, and one above it: all are decoded', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, duration: 4, bframes: 3, audio: null })
  const all = await take(file, {})
  for (const fps of [25, 50]) {
    const some = await take(file, { fps })
    same(some, slots(all.frames, fps))
    assert.equal([some.decoded, some.skipped], [100, 0])
  }
})

test('a stream in which every picture is referred to: all are decoded', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, duration: 4, audio: null })
  const { video } = await probe(file)
  assert.is(video?.has_b_frames, 0)
  const all = await take(file, {})
  const some = await take(file, { fps: 5 })
  same(some, slots(all.frames, 5))
  assert.equal([some.decoded, some.skipped], [100, 0])
})

test('slice threads (a policy that drops): the same pictures', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, ...streams[1].make, audio: null })
  const all = await take(file, {})
  const some = await take(file, { fps: 2, dropPolicy: 'newest', bufferSize: 100 })
  same(some, slots(all.frames, 2))
  assert.is(some.decoded + some.skipped, 300)
  assert.ok(some.skipped >= 60, String(some.skipped))
})

test('a publisher that begins anew: the pictures of both', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, ...streams[0].make, audio: null })
  // From the middle on the timestamps begin at zero again, at a keyframe.
  const edit = (tag: { type: string; timestamp: number; data: Buffer }) =>
    tag.timestamp >= 6000 ? [{ ...tag, timestamp: tag.timestamp - 6000 }] : [tag]
  const read = (options: RTMPCaptureOptions) =>
    capturing(
      file,
      options,
      async capture => {
        await capture.start()
        const frames: Seen[] = []
        await toTheEnd(async () => {
          for await (const frame of capture.aiterFrames()) frames.push(keep(frame))
        })
        return { frames, ...capture.stats() }
      },
      { edit: edit as never },
    )
  const all = await read({})
  const some = await read({ fps: 5 })
  assert.is(some.decoded + some.skipped, all.decoded)
  assert.ok(some.skipped >= 80, String(some.skipped))
  // At the jump the timeline goes on by the time that has passed, which a busy machine makes longer.
  const joined = (ms: number): Seen[] => {
    const [last, next] = [all.frames[149]!, all.frames[150]!]
    const shift = last.timestamp + ms * 1000 - next.timestamp
    return all.frames.map((frame, n) => (n < 150 ? frame : { ...frame, timestamp: frame.timestamp + shift }))
  }
  const fits = (ms: number): boolean => {
    const expected = slots(joined(ms), 5)
    return (
      some.frames.length === expected.length &&
      some.frames.every(({ timestamp, data }, n) => {
        const one = expected[n]!
        return timestamp === one.timestamp && Buffer.compare(data, one.data) === 0
      })
    )
  }
  const passed = Array.from({ length: 3000 }, (_, ms) => 20 + ms).find(fits)
  if (passed === undefined) same(some, slots(all.frames, 5))
})

test('sound is whole, and beside its picture', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, ...streams[0].make })
  const { samples, skipped } = await capturing(file, { fps: 5 }, async capture => {
    await capture.start()
    let samples = 0
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        // As long as its slot, and at its time: a sample is 23 µs.
        assert.ok(Math.abs(audio.timestamp - frame.timestamp) <= 30, `${audio.timestamp} beside ${frame.timestamp}`)
        samples += audio.samples.length / audio.channels
        frame.close()
      }
    })
    return { samples, skipped: capture.stats().skipped }
  })
  assert.ok(Math.abs(samples / 44_100 - 12) <= 0.4, `${samples} samples`)
  assert.ok(skipped >= 100, String(skipped))
})

test.run()
