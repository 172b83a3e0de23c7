import * as assert from 'uvu/assert'
import type { RTMPCaptureOptions, VideoFrame } from '../../../src/index'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { maxDifference } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing, codeOf, toTheEnd } from '../lib/served'

const test = suite('capture: handles on frames', { timeout: 30_000 })

const FRAMES = 75
const BYTES = 320 * 180 * 1.5
let file: string
let expected: Buffer[]

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 3 })
  expected = (await decodeFrames(file, 'yuv420p')).map(frame => frame.data)
})

const planes: RTMPCaptureOptions = { format: 'I420' }
const read = (frame: VideoFrame) => codeOf((async () => frame.data)())
const clone = (frame: VideoFrame) => codeOf((async () => frame.clone())())

test('a closed frame gives no pixels, but still says what it was', () =>
  capturing(file, planes, async capture => {
    await capture.start()
    const frame = await capture.getFrame()
    const { data } = frame
    assert.is(data.length, BYTES)
    frame.close()
    frame.close()
    assert.is(await read(frame), 'ERR_FRAME_CLOSED')
    assert.is(await clone(frame), 'ERR_FRAME_CLOSED')
    // A view that was kept shows no other picture's memory.
    assert.is(data.length, 0)
    assert.equal([frame.width, frame.height, frame.format, frame.sequence, frame.timestamp], [320, 180, 'I420', 0, 0])
  }))

test('using closes', () =>
  capturing(file, planes, async capture => {
    await capture.start()
    let outside: VideoFrame
    {
      using frame = await capture.getFrame()
      assert.is(await read(frame), 'resolved')
      outside = frame
    }
    assert.is(await read(outside), 'ERR_FRAME_CLOSED')
  }))

test('a clone is a handle of its own on the same pixels', () =>
  capturing(file, planes, async capture => {
    await capture.start()
    const frame = await capture.getFrame()
    const second = frame.clone()
    const third = second.clone()
    frame.data[5] = 77
    assert.is(second.data[5], 77)
    assert.equal(
      [second.timestamp, second.sequence, second.duration],
      [frame.timestamp, frame.sequence, frame.duration],
    )
    assert.equal([second.droppedBefore, second.arrivalTime], [frame.droppedBefore, frame.arrivalTime])
    frame.close()
    assert.is(await read(frame), 'ERR_FRAME_CLOSED')
    assert.is(await read(second), 'resolved')
    third.close()
    assert.is(second.data.length, BYTES)
    second.close()
    assert.is(await read(second), 'ERR_FRAME_CLOSED')
  }))

test('subscribers have handles of their own', () =>
  capturing(file, planes, async capture => {
    const kept: VideoFrame[] = []
    const errors: string[] = []
    capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
    capture.frames$.subscribe({ next: frame => void kept.push(frame), error: () => {} })
    capture.frames$.subscribe({ next: frame => frame.close(), error: error => errors.push(error.code) })
    await capture.start()
    for await (const frame of capture.aiterFrames()) {
      frame.close()
      if (frame.sequence === 20) break
    }
    assert.ok(kept.length >= 20)
    kept.forEach((frame, i) => assert.is(maxDifference(frame.data, expected[i]!), 0, `frame ${i}`))
    for (const frame of kept) frame.close()
    assert.equal(errors, [])
  }))

test('frames that are kept stay as they were while the stream goes on', () =>
  capturing(file, planes, async capture => {
    await capture.start()
    const kept: VideoFrame[] = []
    await toTheEnd(async () => {
      for await (const frame of capture.aiterFrames()) {
        // Every second one goes back, so that its memory is used again.
        if (frame.sequence % 2) frame.close()
        else kept.push(frame)
      }
    })
    assert.is(kept.length, Math.ceil(FRAMES / 2))
    for (const frame of kept)
      assert.is(maxDifference(frame.data, expected[frame.sequence]!), 0, `frame ${frame.sequence}`)
    await capture.stop()
    // They are the holder’s, also after stop().
    assert.is(maxDifference(kept.at(-1)!.data, expected[kept.at(-1)!.sequence]!), 0)
    for (const frame of kept) frame.close()
  }))

test('what one frame draws is in no other frame', () =>
  capturing(file, planes, async capture => {
    await capture.start()
    const first = await capture.getFrame()
    first.data.fill(9)
    const second = await capture.getFrame()
    assert.is(maxDifference(second.data, expected[1]!), 0)
    assert.ok(first.data.every(value => value === 9))
    first.close()
    second.close()
  }))

test('arrivalTime is on the clock of performance.now() and lies before the frame was had', () =>
  capturing(file, planes, async capture => {
    const from = performance.now()
    await capture.start()
    let last = from - 1
    for await (const frame of capture.aiterFrames()) {
      assert.ok(frame.arrivalTime >= last, `${frame.arrivalTime} after ${last}`)
      assert.ok(frame.arrivalTime <= performance.now())
      last = frame.arrivalTime
      frame.close()
      if (frame.sequence === 30) break
    }
  }))

test.run()
