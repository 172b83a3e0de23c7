import * as assert from 'uvu/assert'
import { ratesOf, TagMeter } from '../../src/probe/tag-meter.js'
import { suite } from '../../../test/support/suite.js'

// What is measured of tags, whoever sends them.
const test = suite('server: the meter of tags')

/** A picture of H.264 as FLV has it. */
function picture(ms: number, { key = false, composition = 0, bytes = 100 } = {}): Uint8Array {
  const tag = new Uint8Array(11 + 5 + bytes + 4)
  const view = new DataView(tag.buffer)
  view.setUint8(0, 9)
  view.setUint8(1, (5 + bytes) >> 16)
  view.setUint16(2, (5 + bytes) & 0xffff)
  view.setUint8(4, (ms >> 16) & 255)
  view.setUint16(5, ms & 0xffff)
  view.setUint8(7, ms >>> 24)
  view.setUint8(11, key ? 0x17 : 0x27)
  view.setUint8(12, 1)
  view.setUint8(13, (composition >> 16) & 255)
  view.setUint16(14, composition & 0xffff)
  return tag
}

test('rates, keyframes and the fullest second, also of torn pieces', () => {
  const meter = new TagMeter()
  for (let i = 0; i < 100; i++) {
    const tag = picture(i * 40, { key: i % 50 === 0, bytes: i >= 25 && i < 50 ? 1000 : 100 })
    meter.add(tag.subarray(0, 7), false)
    meter.add(tag.subarray(7), false)
  }
  assert.equal([meter.keyframeInterval, meter.keyframeIntervalLeast, meter.bFrames], [2, 2, false])
  assert.is(meter.bitratePeak, 8 * 25 * 1005)
  assert.ok(Math.abs(ratesOf(meter.video).rate - 25) < 0.01)
})

test('B-frames are seen by their composition times', () => {
  const meter = new TagMeter()
  for (let i = 0; i < 10; i++) meter.add(picture(i * 40, { composition: i % 3 === 0 ? 80 : 0 }), false)
  assert.is(meter.bFrames, true)
})

test('a stream of nothing but keyframes, with any times, costs no memory for each of them', () => {
  const meter = new TagMeter()
  for (let i = 0; i < 300_000; i++)
    meter.add(picture((i * 7919) >>> 0, { key: true, composition: i & 0xffffff }), false)
  assert.is(meter.video.packets, 300_000)
  assert.ok(meter.keyframeInterval !== null && meter.bFrames && meter.bitratePeak > 0)
})

test.run()
