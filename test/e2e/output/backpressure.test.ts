// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPOutput, RTMPOutputOptions } from '../../../src/index'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { readClock } from '../../support/media/picture-clock'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { codeOf } from '../lib/served'
import { OwnFrames } from '../lib/own-frames'
import { pattern } from '../lib/pattern'
import { sent, type Sent } from '../lib/sent'

// Who holds what, and how much of it.
const test = suite('output: backpressure', { timeout: 60_000 })

const [width, height] = [320, 180]
const SMALL: RTMPOutputOptions = { width, height, fps: 25, bitrate: '1M' }

/** Of the written pictures. Black, which has none, may come before the first where a machine stands still. */
async function numbersOf({ file }: Sent): Promise<(number | null)[]> {
  const numbers = (await decodeFrames(file, 'rgb24')).map(({ data }) => readClock(data, width, height))
  return numbers.slice(numbers.findIndex(number => number !== null))
}
const count = (length: number) => Array.from({ length }, (_, i) => i)

/** Writes `length` numbered pictures without waiting; how many of the promises are met is counted. */
function flood(output: RTMPOutput, length: number): { met: number; all: Promise<string[]> } {
  const state = { met: 0, all: Promise.resolve<string[]>([]) }
  state.all = Promise.all(
    count(length).map(async i => {
      const code = await codeOf(output.writeFrame(pattern(width, height, i)))
      state.met++
      return code
    }),
  )
  return state
}

test('block: a full queue is a pending promise, and nothing is lost', async () => {
  for (const bufferSize of [1, 4]) {
    let from = 0
    const all = await sent({ ...SMALL, fill: 'repeat', bufferSize }, async output => {
      from = performance.now()
      const writes = flood(output, 50)
      for (let i = 0; i < 8; i++) {
        await sleep(100)
        const due = ((performance.now() - from) / 1000) * 25
        // Those that have left by the clock, those that may leave early, those in the queue and those in the encoder's.
        assert.ok(writes.met <= due + bufferSize + 8, `${writes.met} promises met, ${due} due`)
        assert.ok(output.stats().queued <= bufferSize, `${output.stats().queued} queued`)
      }
      assert.equal(new Set(await writes.all), new Set(['resolved']))
      assert.ok(performance.now() - from > 1200, 'two seconds of pictures take a while')
    })
    const numbers = await numbersOf(all)
    assert.equal([...new Set(numbers)], count(50))
  }
})

test('newest: a full queue drops the write, counts it, and nobody waits', async () => {
  const pictures = count(50).map(i => pattern(width, height, i))
  const all = await sent({ ...SMALL, fill: 'repeat', bufferSize: 4, dropPolicy: 'newest' }, async output => {
    let met = 0
    const writes = pictures.map(picture => output.writeFrame(picture).then(() => met++))
    await new Promise(setImmediate)
    assert.ok(met >= 30, `${met} of 50 did not wait`)
    await Promise.all(writes)
    const { written, dropped } = output.stats()
    assert.is(written + dropped, 50)
    assert.ok(dropped >= 30, `${dropped} dropped`)
  })
  const numbers = [...new Set(await numbersOf(all))]
  assert.equal(numbers.slice(0, 4), count(4), 'the oldest are kept')
})

test('sound is never dropped for a full queue of pictures', async () => {
  const all = await sent({ ...SMALL, fill: 'repeat', bufferSize: 2, dropPolicy: 'newest' }, async output => {
    const codes = await Promise.all(count(20).map(() => codeOf(output.writeAudio(new Float32Array(2 * 441).fill(0.1)))))
    assert.equal(new Set(codes), new Set(['resolved']))
    await until(() => output.stats().packets >= 15)
  })
  assert.ok(all.audio.length > 10)
})

test('writeFrame does not close the frame; closing it at once does no harm', async () => {
  const frames = new OwnFrames(width, height)
  const all = await sent({ ...SMALL, fill: 'none', bufferSize: 20 }, async output => {
    const kept = frames.make(pattern(width, height, 0))
    await output.writeFrame(kept)
    assert.is(kept.data.length, width * height * 3)
    assert.is(frames.open, 1)
    kept.close()
    const writes = count(12).map(i => {
      const frame = frames.make(pattern(width, height, i + 1))
      const written = output.writeFrame(frame)
      // Its memory is overwritten as soon as it is given back.
      frame.close()
      return written
    })
    await Promise.all(writes)
    assert.is(frames.open, 0)
  })
  assert.equal(await numbersOf(all), count(13))
})

test('a caller may draw into its buffer again as soon as the promise is met', async () => {
  for (const fill of ['none', 'repeat'] as const) {
    const buffer = new Uint8Array(width * height * 3)
    const all = await sent({ ...SMALL, fill }, async output => {
      for (let i = 0; i < 40; i++) {
        buffer.set(pattern(width, height, i))
        await output.writeFrame(buffer)
        buffer.fill(0xee)
      }
    })
    assert.equal([...new Set(await numbersOf(all))], count(40), fill)
  }
})

test('a Buffer, and a part of a larger one, are pictures too', async () => {
  const size = width * height * 3
  const all = await sent({ ...SMALL, fill: 'none' }, async output => {
    await output.writeFrame(Buffer.from(pattern(width, height, 0)))
    const large = new Uint8Array(size + 77)
    large.set(pattern(width, height, 1), 33)
    await output.writeFrame(large.subarray(33, 33 + size))
    await output.writeFrameAsync(pattern(width, height, 2))
  })
  assert.equal(await numbersOf(all), [0, 1, 2])
})

test('pictures that the collector could take while they wait are still the right ones', async () => {
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
  const all = await sent({ ...SMALL, fill: 'repeat', bufferSize: 3 }, async output => {
    const writes = count(30).map(i => output.writeFrame(pattern(width, height, i)))
    for (let i = 0; i < 10; i++) {
      collect()
      void new Uint8Array(20_000_000).fill(i)
      await sleep(20)
    }
    await Promise.all(writes)
  })
  assert.equal([...new Set(await numbersOf(all))], count(30))
})

test('the order of writes is the order of the stream, whatever waits', async () => {
  const all = await sent({ ...SMALL, fill: 'repeat', bufferSize: 1 }, async output => {
    const frames = new OwnFrames(width, height)
    await Promise.all(
      count(30).map(i =>
        i % 3 === 2
          ? output.writeFrame(frames.make(pattern(width, height, i)))
          : i % 3 === 1
            ? output.writeFrameWithAudio(pattern(width, height, i), new Int16Array(2 * 1764))
            : output.writeFrame(pattern(width, height, i)),
      ),
    )
  })
  assert.equal([...new Set(await numbersOf(all))], count(30))
})

test.run()
