import * as assert from 'uvu/assert'
import { Output, record, RTMPOutput, type RxGstError, type Target } from '../../../src/index'
import { resolveOutputOptions } from '../../../src/live/options'
import { keyOf, resolveOwnEncode } from '../../../src/live/output/groups/own-encode'
import { splitTarget, targetList } from '../../../src/live/output/target-url'
import { suite } from '../../support/suite'

const test = suite('own encodes')

const URL = 'rtmp://user:word@host/app/key1'
const OPTIONS = { width: 1280, height: 720, bitrate: '2M' } as const
const output = resolveOutputOptions(OPTIONS)
const own = (given: object) => resolveOwnEncode(given as Record<string, unknown>, output, 'host', true)

function refusal(run: () => unknown): RxGstError {
  try {
    run()
  } catch (error) {
    return error as RxGstError
  }
  throw new Error('it was taken')
}

test('what is not named is as in the output, and equal options are one group', () => {
  assert.equal(own({}), output)
  assert.is(keyOf(own({ width: 1280, keyframeInterval: 2 })), keyOf(output))
  // setBitrate() leaves it alone.
  assert.not.equal(keyOf(own({ bitrate: 2_000_000 })), keyOf(output))
  assert.not.equal(keyOf(own({ bitrate: '1M' })), keyOf(output))
  assert.is(keyOf(own({ bitrate: '1M', height: 360 })), keyOf(own({ width: 640, bitrate: '1000k' })))
  assert.not.equal(keyOf(own({ audioBitrate: '64k' })), keyOf(output))
})

test('one side keeps the shape', () => {
  const size = (given: object) => [own(given).width, own(given).height]
  assert.equal(size({ width: 640 }), [640, 360])
  assert.equal(size({ height: 360 }), [640, 360])
  assert.equal(size({ height: 100 }), [178, 100])
  assert.equal(size({ width: 500, height: 500 }), [500, 500])
})

test('the rate is that of the output, divided', () => {
  const rate = (fps: number, given: number) => {
    const options = resolveOutputOptions({ ...OPTIONS, fps })
    const { fpsFraction, every } = resolveOwnEncode({ fps: given }, options, 'host', true)
    return [fpsFraction.n, fpsFraction.d, every]
  }
  assert.equal(rate(30, 30), [30, 1, 1])
  assert.equal(rate(30, 15), [30, 2, 2])
  assert.equal(rate(50, 12.5), [50, 4, 4])
  assert.equal(rate(29.97, 14.99), [30000, 2002, 2])
  for (const fps of [20, 25, 60])
    assert.match(refusal(() => rate(30, fps)).message, /divided by a whole number for fps/)
})

test('codec chooses the first that works, vcodec names one', () => {
  const encoder = (given: object) => [own(given).codec, own(given).vcodec]
  assert.equal(encoder({ codec: 'hevc' }), ['hevc', null])
  assert.equal(encoder({ vcodec: 'libx265' }), ['hevc', 'libx265'])
  assert.equal(encoder({ codec: 'av1', vcodec: 'libaom-av1' }), ['av1', 'libaom-av1'])
  assert.match(refusal(() => own({ codec: 'h264', vcodec: 'libx265' })).message, /an encoder of h264 for vcodec/)
  const named = resolveOutputOptions({ ...OPTIONS, vcodec: 'libopenh264' })
  assert.is(resolveOwnEncode({ codec: 'h264', bitrate: '1M' }, named, 'host', true).vcodec, 'libopenh264')
})

test('the lowest bitrate is as far below the full one as that of the output', () => {
  const adaptive = resolveOutputOptions({ ...OPTIONS, adaptiveBitrate: { min: '500k' } })
  const lowest = (given: object) => resolveOwnEncode({ ...given }, adaptive, 'host', true).adaptiveBitrate
  assert.is(lowest({ bitrate: '1M' }), 250_000)
  assert.is(lowest({ bitrate: '1M', adaptiveBitrate: false }), null)
  assert.is(lowest({ bitrate: '1M', adaptiveBitrate: { min: '100k' } }), 100_000)
  assert.match(refusal(() => own({ bitrate: '1M', adaptiveBitrate: { min: '2M' } })).message, /adaptiveBitrate.min/)
})

const REFUSED: [options: object, why: RegExp][] = [
  [{ bitrate: 'much' }, /for bitrate/],
  [{ width: 7 }, /for width/],
  [{ width: 641 }, /for width/],
  [{ fps: 0 }, /for fps/],
  [{ codec: 'vp9' }, /one of 'h264', 'hevc', 'av1' for codec/],
  [{ vcodec: 'libx266' }, /for vcodec.*did you mean 'libx26[45]'/],
  [{ preset: 'fastest' }, /for preset/],
  [{ keyframeInterval: 0 }, /for keyframeInterval/],
  [{ audioBitrate: 1 }, /for audioBitrate/],
  [{ rateControl: 'vbr' }, /for rateControl/],
]
for (const [options, why] of REFUSED) {
  test(`${JSON.stringify(options)} is refused; the message names target and option, and no key`, () => {
    const error = refusal(() => new Output({ url: URL, ...options } as Target, OPTIONS))
    assert.is(error.code, 'ERR_OPTION')
    assert.match(error.message, why)
    assert.match(error.message, /^target rtmp:\/\/\*\*\*@host:1935\/app\/\*\*\*: /)
    assert.not.match(error.message, /key1|word/)
  })
}

test('an unknown name, and what is no target', () => {
  const message = (target: unknown) => refusal(() => new Output(target as Target, OPTIONS)).message
  assert.match(message({ url: URL, bitrat: '1M' }), /did you mean 'bitrate'/)
  assert.match(message({ url: URL, slate: null }), /one of the names url, streamKey, record, mayConnect, bitrate/)
  assert.match(message({ record: '/tmp' }), /\{ record: record\(…\) \}/)
  assert.match(message({ record: record('/tmp/never'), url: URL }), /\{ record: record\(…\) \}/)
})

test('what a target cannot carry is refused, as with the options of the output', () => {
  const refused = (target: Target, options: object = {}) =>
    refusal(() => new Output(target, { ...OPTIONS, ...options }))
  assert.match(refused({ url: 'srt://host:9000', codec: 'av1' }).message, /H\.264 or HEVC for srt/)
  assert.match(refused({ record: record('/tmp/never', { format: 'ts' }), codec: 'av1' }).message, /for format/)
  assert.match(refused({ url: URL, codec: 'hevc' }, { transport: 'rtmp2' }).message, /for transport/)
  // A disk has no transport.
  new Output({ record: record('/tmp/never'), codec: 'hevc' }, { ...OPTIONS, transport: 'rtmp2' })
  assert.is(refusal(() => new RTMPOutput({ url: 'srt://host:9000', bitrate: '1M' }, OPTIONS)).code, 'ERR_URL')
})

test('a target is the same with another encode', () => {
  const both = [URL, { url: URL, bitrate: '1M' }]
  assert.is(refusal(() => new Output(both, OPTIONS)).code, 'ERR_NAME_TAKEN')
  const archive = record('/tmp/never')
  assert.is(refusal(() => new Output([archive, { record: archive, width: 640 }], OPTIONS)).code, 'ERR_NAME_TAKEN')
})

test('a key apart, also that of the options', () => {
  assert.equal(splitTarget({ url: 'rtmp://host/app', streamKey: 'key1', width: 640 }), {
    address: { url: 'rtmp://host/app', streamKey: 'key1' },
    own: { width: 640 },
    mayConnect: null,
  })
  const mayConnect = (): boolean => true
  assert.equal(splitTarget({ url: URL, mayConnect }), { address: URL, own: null, mayConnect })
  assert.equal(targetList([{ url: 'rtmp://host/app', width: 640 }], 'key1'), [
    { address: { url: 'rtmp://host/app', streamKey: 'key1' }, own: { width: 640 }, mayConnect: null },
  ])
})

test('at most sixteen', () => {
  const targets = Array.from({ length: 17 }, (_, i) => ({ url: `rtmp://host/app/key${i}`, width: 64 + 2 * i }))
  assert.match(refusal(() => new Output(targets, OPTIONS)).message, /at most 16 different encodes/)
})

test.run()
