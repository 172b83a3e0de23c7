// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { decodeAudio, decodeFrames } from '../../support/peers/ffmpeg'
import { meanColor, solid } from '../../support/media/picture'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { rms } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { fromRgb, pattern } from '../lib/pattern'
import { assertConstantRate, assertGapless, pictures, received, tagsOf, type Sent } from '../lib/sent'

// What goes out when nobody writes.
const test = suite('output: fill', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const SMALL = { width, height, fps, bitrate: '1M', connectTimeout: 20_000 }

/** Runs an output while a test looks at what its server has got so far. */
async function watched(
  options: Partial<RTMPOutputOptions>,
  use: (output: RTMPOutput, connection: Connection) => Promise<void>,
): Promise<Sent> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...SMALL, ...options })
  await output.start()
  const connection = await server.connection(0)
  await use(output, connection)
  await output.stop()
  await server.connection(0, ({ open }) => !open)
  const all = received(connection)
  assertSeamless(all)
  return all
}

/** Constant rate from the first to the last, whatever happened; the sound without a gap beside it. */
function assertSeamless({ video, audio }: Sent): void {
  assertConstantRate(video, fps)
  assertGapless(audio, 44100)
  const [pictures, sound] = [video.at(-1)!.dts, audio.at(-1)!.dts]
  assert.ok(Math.abs(pictures - sound) < 500, `pictures to ${pictures}, sound to ${sound}`)
}

/** Of the written pictures. Black, which has none, may come before the first where a machine stands still. */
async function numbersOf({ file }: Sent): Promise<(number | null)[]> {
  const numbers = (await decodeFrames(file, 'rgb24')).map(({ data }) => readClock(data, width, height))
  return numbers.slice(numbers.findIndex(number => number !== null))
}

/** Runs of equal values: [value, how many]. */
function runs<T>(values: readonly T[]): [T, number][] {
  const found: [T, number][] = []
  for (const value of values) {
    const last = found.at(-1)
    if (last && last[0] === value) last[1]++
    else found.push([value, 1])
  }
  return found
}

async function writeNumbers(output: RTMPOutput, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await output.writeFrame(pattern(width, height, i))
}

test('repeat: the last picture goes on, silence goes on, and the next written ones are back', async () => {
  const all = await watched({}, async (output, connection) => {
    await writeNumbers(output, 0, 20)
    await until(() => output.stats().queued === 0)
    const { repeated } = output.stats()
    await until(() => output.stats().repeated >= repeated + 36)
    await pictures(connection, 56)
    await writeNumbers(output, 20, 40)
    await pictures(connection, 90)
  })
  const shown = runs(await numbersOf(all))
  assert.equal(
    shown.map(([number]) => number),
    Array.from({ length: 40 }, (_, i) => i),
  )
  assert.ok(shown[19]![1] >= 35, `the last one ${shown[19]![1]} times`)
  assert.ok(rms(await decodeAudio(all.file, 44100, 1)) < 0.0001)
})

test('nobody writes at all: black and silence begin by themselves', async () => {
  const all = await watched({}, async (_, connection) => void (await pictures(connection, 40)))
  for (const { data } of await decodeFrames(all.file, 'rgb24')) {
    assert.ok(Math.max(...meanColor(data, width, height)) < 3)
  }
})

test('nobody writes at all, with a slate: it begins with that', async () => {
  const slate = solid(width, height, [200, 30, 30])
  const all = await watched({ fill: 'slate', slate }, async (_, connection) => void (await pictures(connection, 30)))
  for (const { data } of await decodeFrames(all.file, 'rgb24')) assert.ok(meanColor(data, width, height)[0] > 180)
})

const SLATES = [
  ['a picture of its own', { slate: solid(width, height, [30, 180, 30]) }, 180],
  [
    'one in another pixel format',
    { slate: fromRgb(solid(width, height, [30, 180, 30]), width, height, 'BGRA'), pixelFormat: 'BGRA' },
    180,
  ],
  ['black by default', {}, 0],
] as const
for (const [name, options, green] of SLATES) {
  test(`slate: ${name}, after slateAfter, and the next written picture is back`, async () => {
    const { pixelFormat = 'RGB' } = options as { pixelFormat?: 'BGRA' }
    const grey = fromRgb(solid(width, height, [90, 90, 90]), width, height, pixelFormat)
    const write = async (output: RTMPOutput) => {
      for (let i = 0; i < 10; i++) await output.writeFrame(grey)
    }
    const attempt = async () => {
      const all = await watched({ fill: 'slate', slateAfter: 800, ...options }, async (output, connection) => {
        await write(output)
        await pictures(connection, 60)
        await write(output)
        await pictures(connection, 75)
      })
      const frames = await decodeFrames(all.file, 'rgb24')
      const kindOf = (data: Uint8Array) => (Math.abs(meanColor(data, width, height)[1] - 90) < 15 ? 'written' : 'slate')
      return { frames, kinds: runs(frames.map(({ data }) => kindOf(data))) }
    }
    let { frames, kinds } = await attempt()
    // A machine that stands still for a moment repeats fewer pictures in that time.
    for (let more = 0; more < 3 && kinds[0]![1] < 10 + 0.4 * fps; more++) ({ frames, kinds } = await attempt())
    assert.equal(
      kinds.slice(0, 3).map(([kind]) => kind),
      ['written', 'slate', 'written'],
    )
    // 10 written, then repeated for 0.8 s of the clock: written pictures leave a little early, repeated ones a little
    // late.
    assert.ok(kinds[0]![1] >= 10 + 0.4 * fps && kinds[0]![1] <= 10 + 1.4 * fps, `${kinds[0]![1]} before the slate`)
    const slate = frames[kinds[0]![1] + 5]!
    assert.ok(Math.abs(meanColor(slate.data, width, height)[1] - green) < 15)
  })
}

test('a slate that its caller draws into later stays as it was', async () => {
  const slate = solid(width, height, [30, 180, 30])
  const all = await watched({ fill: 'slate', slateAfter: 0, slate }, async (output, connection) => {
    slate.fill(255)
    await output.writeFrame(solid(width, height, [90, 90, 90]))
    await pictures(connection, 30)
  })
  const { data } = (await decodeFrames(all.file, 'rgb24')).at(-1)!
  assert.ok(meanColor(data, width, height)[0] < 60, meanColor(data, width, height).join())
})

test('none: nothing goes out that was not written, and it goes on where it was', async () => {
  const all = await watched({ fill: 'none' }, async (output, connection) => {
    await sleep(1200)
    assert.is(tagsOf(connection).video.length, 0)
    await writeNumbers(output, 0, 20)
    await pictures(connection, 18)
    // The last of them may still be on their way.
    let before: number
    do {
      before = connection.tags.length
      await sleep(1200)
    } while (before < connection.tags.length && tagsOf(connection).video.length <= 20)
    assert.is(connection.tags.length, before)
    await writeNumbers(output, 20, 40)
  })
  assert.equal(
    await numbersOf(all),
    Array.from({ length: 40 }, (_, i) => i),
  )
})

test('pauses of any length, again and again, leave no seam', async () => {
  let written = 0
  const all = await watched({}, async output => {
    for (const pause of [0, 60, 130, 200, 350, 40, 900, 150]) {
      await writeNumbers(output, written, (written += 6))
      await sleep(pause)
    }
  })
  assert.equal(
    runs(await numbersOf(all)).map(([number]) => number),
    Array.from({ length: written }, (_, i) => i),
  )
})

test('it keeps the time of the clock: about as many pictures as have passed', async () => {
  await watched({}, async (output, connection) => {
    await writeNumbers(output, 0, 1)
    const video = await pictures(connection, 25)
    const from = performance.now()
    await sleep(3000)
    // Pictures of a moment in which the machine stood still come behind it, one after the other.
    const more = () => tagsOf(connection).video.length - video.length
    const passed = () => (performance.now() - from) / 1000
    const what = () => `the time of the clock: ${more()} pictures in ${passed()} s`
    await until(() => Math.abs(more() - passed() * fps) <= 15, { what })
  })
})

test('a writer that is faster than the clock is held to it; one that is a little slower loses nothing', async () => {
  const all = await watched({ bufferSize: 3 }, async output => {
    const from = performance.now()
    await writeNumbers(output, 0, 75)
    assert.ok(performance.now() - from > 2000, 'three seconds of pictures')
  })
  assert.equal(
    runs(await numbersOf(all)).map(([number]) => number),
    Array.from({ length: 75 }, (_, i) => i),
  )
})

test.run()
