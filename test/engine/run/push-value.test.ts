import * as assert from 'uvu/assert'
import { CapsMemory, pushValue } from '../../../src/engine/run/push-value'
import type { VideoFrame } from '../../../src/core/types'
import { suite } from '../../support/suite'

const test = suite('push-value')

const frame = (duration: number, timestamp = 0) =>
  ({ data: new Uint8Array(12), format: 'RGB', width: 2, height: 2, timestamp, duration }) as unknown as VideoFrame

test('a rate is read from the first duration and kept: rounding changes no caps', () => {
  for (const [duration, rate] of [
    [33_333, '30/1'],
    [33_334, '30/1'],
    [40_000, '25/1'],
    [33_367, '30000/1001'],
    [41_708, '24000/1001'],
    [16_683, '60000/1001'],
    [0, '0/1'],
    [5_000_000, '0/1'],
  ] as const) {
    const memory = new CapsMemory()
    const caps = pushValue(frame(duration), {}, memory).options.caps
    assert.is(caps, `video/x-raw,format=RGB,width=2,height=2,framerate=${rate}`)
    assert.is(pushValue(frame(12_345), {}, memory).options.caps, caps)
  }
})

test('the shape of pixels goes along, and only numbers do', () => {
  const shaped = (pixelAspectRatio: unknown) => ({ ...frame(40_000), pixelAspectRatio }) as VideoFrame
  const caps = (value: VideoFrame) => pushValue(value, {}, new CapsMemory()).options.caps
  const plain = 'video/x-raw,format=RGB,width=2,height=2,framerate=25/1'
  assert.is(caps(shaped({ n: 64, d: 45 })), `${plain},pixel-aspect-ratio=64/45`)
  for (const squares of [undefined, { n: 1, d: 1 }]) assert.is(caps(shaped(squares)), plain)
  for (const bad of [
    { n: '1/1,x=2', d: 1 },
    { n: 0, d: 1 },
    { n: 1.5, d: 1 },
    { n: 65_536, d: 1 },
  ]) {
    assert.throws(() => caps(shaped(bad)), /pixelAspectRatio/)
  }
})

test('sound has the layout that it names, or the usual one, and only numbers do', () => {
  const caps = (channels: number, channelMask?: unknown) => {
    const chunk = { samples: new Float32Array(channels), sampleRate: 48_000, channels, timestamp: 0, duration: 20 }
    return pushValue({ ...chunk, channelMask }, {}, new CapsMemory()).options.caps!
  }
  assert.match(caps(6), /channels=6,channel-mask=\(bitmask\)0x3f$/)
  assert.match(caps(6, 0x60f), /channels=6,channel-mask=\(bitmask\)0x60f$/)
  assert.match(caps(6, 0), /channels=6,channel-mask=\(bitmask\)0x0$/)
  assert.match(caps(16), /channels=16,channel-mask=\(bitmask\)0x0$/)
  assert.match(caps(2), /channels=2$/)
  for (const bad of ['0x3f', -1, 1.5, NaN, null]) {
    const isOption = ({ code, message }: { code?: string; message: string }) =>
      code === 'ERR_OPTION' && /channelMask/.test(message)
    assert.throws(() => caps(6, bad), isOption, String(bad))
  }
})

test('a timestamp that is given wins; times that are none are none', () => {
  const memory = new CapsMemory()
  assert.is(pushValue(frame(40_000, 80_000), {}, memory).options.pts, 80_000)
  assert.is(pushValue(frame(40_000, 80_000), { timestamp: 5 }, memory).options.pts, 5)
  assert.is(pushValue(new Uint8Array(1), {}, memory).options.pts, null)
  const packet = {
    data: new Uint8Array(1),
    caps: 'a/b',
    timestamp: 40,
    dts: 20,
    duration: null,
    keyframe: false,
    header: true,
  }
  const { data, ...options } = pushValue(packet, {}, memory).options as Record<string, unknown>
  assert.is(data, undefined)
  assert.equal(options, { caps: 'a/b', pts: 40, dts: 20, duration: null, delta: true, header: true })
  assert.is(pushValue(packet, {}, memory).order, null, 'packets come in the order of decoding')
})

test('what cannot be pushed says so', () => {
  const memory = new CapsMemory()
  const code = (value: unknown, options = {}) => {
    try {
      pushValue(value, options, memory)
      return 'taken'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  assert.is(code({ ...frame(1), data: new Uint8Array(11) }), 'ERR_FRAME_SIZE')
  assert.is(code({ ...frame(1), format: 'YUY2' }), 'ERR_OPTION')
  assert.is(code({ ...frame(1), width: 0 }), 'ERR_OPTION')
  assert.is(code(frame(1), { timestamp: NaN }), 'ERR_TIMESTAMP')
  assert.is(code(frame(1), { timestamp: 1e300 }), 'ERR_TIMESTAMP')
  assert.is(code(frame(1), { timestmp: 1 }), 'ERR_OPTION')
  assert.is(code({ samples: new Float32Array(3), sampleRate: 48_000, channels: 2, timestamp: 0 }), 'ERR_OPTION')
  assert.is(code({ samples: [0, 1], sampleRate: 48_000, channels: 2, timestamp: 0 }), 'ERR_OPTION')
  for (const nothing of [null, undefined, 5, 'x', {}, { data: 1 }])
    assert.is(code(nothing), 'ERR_OPTION', String(nothing))
})

test.run()
