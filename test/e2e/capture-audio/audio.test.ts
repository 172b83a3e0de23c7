import * as assert from 'uvu/assert'
import type { AudioChunk } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { channelOf } from '../../support/media/audio'
import { continuity } from '../../support/media/audio-continuity'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { compare, expectedAudio } from '../lib/compare-audio'
import { capturing, concat, toTheEnd } from '../lib/served'

const test = suite('capture: sound', { timeout: 30_000 })

const RATE = 44_100
const source = { size: '320x180', fps: 25, pattern: 'testsrc', duration: 6 } as const
let file: string
let expected: Float32Array

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), source)
  expected = await expectedAudio(file, RATE, 2)
})

/** Chunks follow on each other and say where they lie; returns them as one. */
function joined(chunks: readonly AudioChunk[], rate = RATE, channels = 2): Float32Array {
  let at = 0
  chunks.forEach((chunk, i) => {
    assert.equal([chunk.sampleRate, chunk.channels], [rate, channels])
    assert.ok(
      Math.abs(chunk.timestamp - (at * 1e6) / rate) <= 1,
      `chunk ${i} at ${chunk.timestamp}, after ${at} samples`,
    )
    at += chunk.samples.length / channels
    const end = chunk.timestamp + chunk.duration
    assert.ok(Math.abs(end - (at * 1e6) / rate) <= 1, `chunk ${i} ends at ${end}, after ${at} samples`)
    assert.is(chunk.discontinuity, i === 0, `discontinuity of chunk ${i}`)
  })
  return concat(chunks.map(chunk => chunk.samples))
}

function sameAsExpected(samples: Float32Array): void {
  compare(samples, expected)
  const { jumps, gaps, drift } = continuity(channelOf(samples, 2), RATE, 440)
  assert.equal({ jumps, gaps }, { jumps: [], gaps: [] })
  assert.ok(Math.abs(drift) < 1, `${drift} samples a second`)
}

test('getAudio gives exactly what is asked for, and end to end the whole sound', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const asked = [0.1, 0.02, 0.5, 1, 1 / 3, 0.025, 0.0213, 0.1, 1024 / RATE, 0.0001, 0.25]
    const chunks: AudioChunk[] = []
    await toTheEnd(async () => {
      for (let i = 0; ; i++) {
        const seconds = asked[i % asked.length]!
        const chunk = await capture.getAudio(seconds)
        chunks.push(chunk)
        assert.is(chunk.samples.length, Math.round(seconds * RATE) * 2, `${seconds} s`)
      }
    })
    const sound = joined(chunks)
    assert.ok(sound.length / 2 > 4.8 * RATE, `${sound.length / 2} samples`)
    sameAsExpected(sound)
  }))

test('getAudio without a duration is a tenth of a second', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    assert.is((await capture.getAudio()).samples.length, 4410 * 2)
  }))

test('getAudio calls that wait together are served in their order', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const chunks = await Promise.all([0.3, 0.01, 1.1, 0.2, 0.05].map(seconds => capture.getAudio(seconds)))
    assert.equal(
      chunks.map(chunk => chunk.samples.length / 2),
      [13_230, 441, 48_510, 8820, 2205],
    )
    sameAsExpected(joined(chunks))
  }))

test('a long getAudio is whole', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const chunk = await capture.getAudio(5.5)
    assert.is(chunk.samples.length, 5.5 * RATE * 2)
    sameAsExpected(joined([chunk]))
  }))

test('audio$ is the whole sound from the first picture on', () =>
  capturing(file, {}, async capture => {
    const chunks: AudioChunk[] = []
    const ended = new Promise<void>((resolve, reject) => {
      capture.audio$.subscribe({ next: chunk => chunks.push(chunk), error: reject, complete: resolve })
    })
    await toTheEnd(() => Promise.all([capture.start(), ended]))
    const sound = joined(chunks)
    assert.is(sound.length, expected.length)
    sameAsExpected(sound)
  }))

test('each subscriber of audio$ has samples of its own', () =>
  capturing(file, {}, async capture => {
    const [first, second]: [AudioChunk[], AudioChunk[]] = [[], []]
    capture.audio$.subscribe({ next: chunk => void (first.push(chunk), chunk.samples.fill(0)), error: () => {} })
    await toTheEnd(
      () =>
        new Promise<void>((resolve, reject) => {
          capture.audio$.subscribe({ next: chunk => second.push(chunk), error: reject, complete: resolve })
          capture.start().catch(reject)
        }),
    )
    sameAsExpected(joined(second))
    assert.ok(concat(first.map(chunk => chunk.samples)).every(sample => sample === 0))
  }))

test('the sound of aiterFramesWithAudio, end to end, is the same sound', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const chunks: AudioChunk[] = []
    const times: number[] = []
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        chunks.push(audio)
        times.push(frame.timestamp)
        frame.close()
      }
    })
    assert.is(chunks.length, 150)
    chunks.forEach((chunk, i) => assert.ok(Math.abs(chunk.timestamp - times[i]!) <= 1e6 / RATE, `item ${i}`))
    sameAsExpected(joined(chunks))
  }))

test('the sound of framesWithAudio$, end to end, is the same sound', () =>
  capturing(file, {}, async capture => {
    const chunks: AudioChunk[] = []
    const ended = new Promise<void>((resolve, reject) => {
      const next = ({ frame, audio }: { frame: { close(): void }; audio: AudioChunk }) => {
        frame.close()
        chunks.push(audio)
      }
      capture.framesWithAudio$.subscribe({ next, error: reject, complete: resolve })
    })
    await toTheEnd(() => Promise.all([capture.start(), ended]))
    assert.is(chunks.length, 150)
    sameAsExpected(joined(chunks))
  }))

test('the sound of getFrameAndAudio, end to end, is the same sound', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const chunks: AudioChunk[] = []
    await toTheEnd(async () => {
      for (;;) {
        const { frame, audio } = await capture.getFrameAndAudio()
        frame.close()
        chunks.push(audio)
      }
    })
    assert.is(chunks.length, 150)
    sameAsExpected(joined(chunks))
  }))

test.run()
