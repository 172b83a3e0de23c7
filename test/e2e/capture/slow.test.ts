// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, type AudioChunk, type VideoFrame } from '../../../src/index'
import { calmly } from '../../support/calm'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { capturing, codeOf, toTheEnd } from '../lib/served'

const test = suite('capture: slow readers', { timeout: 60_000 })

const FRAMES = 75
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 3 })
})

type Mark = Pick<VideoFrame, 'sequence' | 'droppedBefore' | 'timestamp'>

function mark(frame: VideoFrame): Mark {
  const { sequence, droppedBefore, timestamp } = frame
  frame.close()
  return { sequence, droppedBefore, timestamp }
}

/** What is missing between two frames is what the second says was dropped. */
function consistent(frames: readonly Mark[]): void {
  frames.forEach(({ sequence, droppedBefore, timestamp }, i) => {
    const before = frames[i - 1]
    assert.is(droppedBefore, before ? sequence - before.sequence - 1 : 0, `frame ${i}`)
    if (before) assert.ok(timestamp > before.timestamp)
    assert.ok(Math.abs(timestamp - sequence * 40_000) <= 1000, `sequence ${sequence} at ${timestamp}`)
  })
}

/** One frame, then nothing until the stream is over, then what is left. */
async function lateReader(capture: RTMPCapture): Promise<Mark[]> {
  await capture.start()
  const frames = [mark(await capture.getFrame())]
  await until(() => capture.state.phase === 'failed')
  for (;;) {
    const frame = await capture.getFrame().catch(() => null)
    if (!frame) break
    frames.push(mark(frame))
  }
  return frames
}

for (const bufferSize of [1, 5, 20]) {
  test(`'oldest', bufferSize ${bufferSize}: the newest win, the drops are counted`, () =>
    capturing(file, { dropPolicy: 'oldest', bufferSize }, async capture => {
      const frames = await lateReader(capture)
      consistent(frames)
      const rest = frames.slice(1).map(frame => frame.sequence)
      const last = Array.from({ length: bufferSize }, (_, i) => FRAMES - bufferSize + i)
      // On a busy machine all pictures may have come before the first is taken.
      assert.equal(
        rest,
        last.filter(sequence => sequence > frames[0]!.sequence),
      )
    }))

  test(`'newest', bufferSize ${bufferSize}: the oldest stay, the drops are counted`, () =>
    capturing(file, { dropPolicy: 'newest', bufferSize }, async capture => {
      const frames = await lateReader(capture)
      consistent(frames)
      const rest = frames.slice(1).map(frame => frame.sequence)
      // One place came free when the first was taken; who took it depends on the moment. On a busy machine all pictures
      // may have come before, and nobody takes it.
      assert.ok(rest.length === bufferSize || rest.length === bufferSize - 1, `${rest.length} left`)
      assert.equal(
        [frames[0]!.sequence, ...rest].slice(0, bufferSize),
        Array.from({ length: bufferSize }, (_, i) => i),
      )
    }))

  test(`'block', bufferSize ${bufferSize}: nothing is lost`, () =>
    capturing(file, { bufferSize }, async capture => {
      await capture.start()
      const frames: Mark[] = []
      await toTheEnd(async () => {
        for await (const frame of capture.aiterFrames()) {
          frames.push(mark(frame))
          if (frames.length % 10 === 0) await sleep(30)
        }
      })
      consistent(frames)
      assert.equal(
        frames.map(frame => frame.sequence),
        Array.from({ length: FRAMES }, (_, i) => i),
      )
    }))
}

test("'block': several readers of different speed each get everything", () =>
  capturing(file, { bufferSize: 3 }, async capture => {
    const subscribed: Mark[] = []
    capture.frames$.subscribe({ next: frame => void subscribed.push(mark(frame)), error: () => {} })
    // Everybody is there before the first picture.
    const started = capture.start()
    const reader = async (pause: number) => {
      const frames: Mark[] = []
      await toTheEnd(async () => {
        for await (const frame of capture.aiterFrames()) {
          frames.push(mark(frame))
          if (pause >= 0) await sleep(pause)
        }
      })
      return frames
    }
    const readers = await Promise.all([reader(-1), reader(0), reader(5), reader(20)])
    await started
    for (const frames of [subscribed, ...readers]) {
      consistent(frames)
      assert.is(frames.length, FRAMES)
    }
  }))

test("'block': pictures and sound together, each read at its own speed, both whole", () =>
  capturing(file, {}, async capture => {
    const started = capture.start()
    const pairs: number[] = []
    const frames: Mark[] = []
    const chunks: AudioChunk[] = []
    const pulled: Mark[] = []
    capture.frames$.subscribe({ next: frame => void frames.push(mark(frame)), error: () => {} })
    const readPairs = toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        pairs.push(mark(frame).sequence)
        assert.ok(audio.samples.length > 0)
        await sleep(3)
      }
    })
    const listen = toTheEnd(async () => {
      for (;;) chunks.push(await capture.getAudio(0.05))
    })
    const pull = codeOf(
      (async () => {
        for (;;) {
          pulled.push(mark(await capture.getFrame()))
          await sleep(10)
        }
      })(),
    )
    await Promise.all([started, readPairs, listen])
    assert.is(await pull, 'ERR_STREAM_ENDED')
    consistent(frames)
    consistent(pulled)
    assert.is(frames.length, FRAMES)
    assert.equal(
      pairs,
      Array.from({ length: FRAMES }, (_, i) => i),
    )
    chunks.forEach((chunk, i) => assert.is(chunk.timestamp, i * 50_000))
    assert.ok(chunks.length >= 58, String(chunks.length))
  }))

test('a slow reader of a live stream: droppedBefore tells the gaps, frames$ beside it gets all', async () => {
  await using nginx = await startNginx()
  await using publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
  // What comes while this process stands still has no room in the queue.
  await calmly(async () => {
    await using capture = new RTMPCapture(nginx.url('live'), { bufferSize: 10 })
    const all: number[] = []
    capture.frames$.subscribe(frame => void all.push(mark(frame).sequence))
    await capture.start()
    const frames: Mark[] = []
    for await (const frame of capture.aiterFrames()) {
      frames.push(mark(frame))
      if (frames.length === 8) break
      await sleep(800)
    }
    frames.slice(1).forEach((frame, i) => assert.is(frame.droppedBefore, frame.sequence - frames[i]!.sequence - 1))
    const dropped = frames.reduce((sum, frame) => sum + frame.droppedBefore, 0)
    assert.ok(dropped >= 20, `${dropped} dropped`)
    // At the reader's pace it would be half of them.
    const span = frames.at(-1)!.sequence - frames[0]!.sequence
    assert.ok(all.length > 0.75 * span, `${all.length} of ${span} subscribed`)
  })
  assert.ok(publisher.running)
})

test('a getFrame that comes late shows a recent frame, not the past', async () => {
  await using nginx = await startNginx()
  await using _publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
  await using capture = new RTMPCapture(nginx.url('live'), { bufferSize: 3 })
  await capture.start()
  ;(await capture.getFrame()).close()
  await calmly(async () => {
    await sleep(2000)
    const frame = await capture.getFrame()
    frame.close()
    // Three frames wait, 40 ms each; a second is far from two.
    const age = performance.now() - frame.arrivalTime
    assert.ok(age < 1000, `${age} ms old`)
    assert.ok(frame.droppedBefore > 10)
  })
})

test.run()
