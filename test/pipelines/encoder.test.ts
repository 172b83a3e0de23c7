import * as assert from 'uvu/assert'
import { PRESETS, resolveOutputOptions } from '../../src/live/options'
import { isWorthChange, videoEncoder } from '../../src/pipelines/encoder'
import { pipeline, type GraphElement } from '../../src/pipelines/graph/graph'
import { allCandidates, OUTPUT_CODECS } from '../../src/pipelines/candidates'
import { fitted, type Takes } from '../../src/pipelines/elements/own-properties'
import { suite } from '../support/suite'

const test = suite('encoder')

const ENCODERS = OUTPUT_CODECS.flatMap(codec => allCandidates('encoder', codec)).map(({ factory }) => factory)

/** As an element is told that takes everything, or what `takes` says. */
const encoder = (factory: string, options: object = {}, takes: Takes = () => true): GraphElement =>
  fitted(pipeline(videoEncoder(resolveOutputOptions({ width: 64, height: 32, ...options }), { factory })), takes).graph
    .elements[0]!

const GOPS: [fps: number, keyframeInterval: number, frames: number][] = [
  [23.976, 2, 48],
  [24, 2, 48],
  [25, 2, 50],
  [29.97, 2, 60],
  [30, 2, 60],
  [30, 1, 30],
  [30, 0.5, 15],
  [50, 2, 100],
  [59.94, 2, 120],
  [60, 2, 120],
  [60, 4, 240],
  [15, 10, 150],
  [12.5, 2, 25],
  [1, 0.1, 1],
  [120, 60, 7200],
]

const GOP_PROPERTY: Readonly<Record<string, string>> = {
  x264enc: 'key-int-max',
  openh264enc: 'gop-size',
  nvh264enc: 'gop-size',
  vah264enc: 'key-int-max',
  vah264lpenc: 'key-int-max',
  vaapih264enc: 'keyframe-period',
  x265enc: 'key-int-max',
  nvh265enc: 'gop-size',
  vah265enc: 'key-int-max',
  vah265lpenc: 'key-int-max',
  vaapih265enc: 'keyframe-period',
  nvav1enc: 'gop-size',
  vaav1enc: 'key-int-max',
  vaav1lpenc: 'key-int-max',
  av1enc: 'keyframe-max-dist',
}

test('begun at less than its bitrate: what it may come to stays', () => {
  const options = resolveOutputOptions({ width: 64, height: 32, bitrate: 2_000_000, adaptiveBitrate: true })
  const { props } = pipeline(videoEncoder(options, { factory: 'openh264enc' }, 500_000)).elements[0]!
  assert.equal([props['bitrate'], props['max-bitrate']], [500_000, 2_000_000])
})

test('x265enc, which begins anew with each bitrate, gets none that is nearly the same', () => {
  for (const [factory, from, to, worth] of [
    ['x264enc', 1000, 1001, true],
    ['x265enc', 1000, 1040, false],
    ['x265enc', 1000, 960, false],
    ['x265enc', 1000, 1060, true],
    ['x265enc', 1000, 900, true],
    ['x265enc', 1990, 2000, true],
  ] as const)
    assert.is(isWorthChange(factory, from, to, 2000), worth, `${factory}: ${from} → ${to}`)
})

test('a group of pictures is as long as asked for, in frames', () => {
  for (const [fps, keyframeInterval, frames] of GOPS) {
    for (const factory of ENCODERS) {
      const { props } = encoder(factory, { fps, keyframeInterval })
      // VA's takes 1024 at most, and would not be made with more.
      const most = /^va(h26|av1)/.test(factory) ? 1024 : Infinity
      // SVT-AV1 counts the pictures between two keyframes.
      const gop = factory === 'svtav1enc' ? Number(props['intra-period-length']) + 1 : props[GOP_PROPERTY[factory]!]
      assert.is(gop, Math.min(frames, most), `${fps} × ${keyframeInterval}, ${factory}`)
    }
  }
})

test('the bitrate goes over in the unit of each encoder', () => {
  const rate = (factory: string, bitrate: number | string) => {
    const { props } = encoder(factory, { bitrate })
    return props.bitrate ?? props['target-bitrate']
  }
  assert.is(rate('x264enc', '4M'), 4000)
  assert.is(rate('x264enc', 1_234_567), 1235)
  assert.is(rate('x264enc', 10_000), 10)
  for (const factory of ENCODERS) assert.is(rate(factory, '2500k'), factory === 'openh264enc' ? 2_500_000 : 2500)
})

test('no encoder makes B-frames, looks ahead or puts keyframes at scene cuts', () => {
  const x264 = encoder('x264enc').props
  assert.equal([x264.bframes, x264.tune, x264['option-string']], [0, 'zerolatency', 'scenecut=0'])
  const x265 = encoder('x265enc', { bitrate: '4M' }).props
  const options = 'scenecut=0:bframes=0:frame-threads=1:open-gop=0:info=0:vbv-bufsize=2000:vbv-init=0.5'
  assert.equal([x265.tune, x265['option-string']], ['zerolatency', options])
  const optionsOf = (given: object) => String(encoder('x265enc', given).props['option-string'])
  assert.match(optionsOf({ bitrate: 10_000 }), /vbv-bufsize=5:/)
  assert.match(optionsOf({ bitrate: '3M', adaptiveBitrate: true }), /vbv-bufsize=1500:vbv-init=150$/)
  assert.match(optionsOf({ bitrate: 10_000, adaptiveBitrate: true }), /vbv-init=2$/)
  const av1 = encoder('av1enc').props
  assert.equal([av1['usage-profile'], av1['lag-in-frames'], av1['cpu-used']], ['realtime', 0, 10])
  // libaom ends the process where the greatest is 0, its default.
  assert.equal([av1['min-quantizer'], av1['max-quantizer']], [2, 63])
  assert.is(encoder('vaav1enc').props['hierarchical-level'], 1)
  assert.match(String(encoder('svtav1enc').props['parameters-string']), /pred-struct=1:rc=2:scd=0/)
  assert.is(encoder('vah264enc').props['b-frames'], 0)
  assert.is(encoder('vaapih264enc').props['max-bframes'], 0)
  assert.is(encoder('openh264enc').props['scene-change-detection'], false)
})

/** As their sources have them: of 1.22; of 1.26, which is another element; and of nvcudah264enc of 1.22. */
const COMMON =
  'aud b-adapt bitrate cuda-device-id gop-size max-bitrate preset qos rc-lookahead strict-gop vbv-buffer-size'
const NAMES = {
  old: `${COMMON} bframes rc-mode zerolatency`.split(' '),
  new: `${COMMON} bframes multi-pass rc-mode tune zerolatency`.split(' '),
  cuda: `${COMMON} b-frames rate-control zero-reorder-delay`.split(' '),
}
const OLD_NICKS = 'default hp hq low-latency low-latency-hq low-latency-hp lossless lossless-hp'.split(' ')
const NICKS = { old: OLD_NICKS, new: [...OLD_NICKS, ...'p1 p2 p3 p4 p5 p6 p7'.split(' ')], cuda: OLD_NICKS }
const nvenc =
  (version: keyof typeof NAMES, lacks: readonly string[] = []): Takes =>
  (_, property, value) =>
    !NAMES[version].includes(property) || lacks.includes(property)
      ? null
      : property !== 'preset' || NICKS[version].includes(String(value))

test('nvh264enc by the names of GStreamer 1.22', () => {
  const { name, ...props } = encoder('nvh264enc', { preset: 'medium', bitrate: '6M' }, nvenc('old')).props
  assert.equal(props, {
    bitrate: 6000,
    preset: 'low-latency-hq',
    'rc-mode': 'cbr',
    zerolatency: true,
    bframes: 0,
    'rc-lookahead': 0,
    'gop-size': 60,
    'strict-gop': true,
  })
})

test('nvh264enc by the names of GStreamer 1.26', () => {
  const { name, ...props } = encoder('nvh264enc', { preset: 'medium', bitrate: '6M' }, nvenc('new')).props
  assert.equal(props, {
    bitrate: 6000,
    preset: 'p5',
    tune: 'ultra-low-latency',
    'rc-mode': 'cbr',
    zerolatency: true,
    bframes: 0,
    'rc-lookahead': 0,
    'gop-size': 60,
    'strict-gop': true,
  })
})

test('nvh264enc by the names that go with CUDA in 1.22 and 1.24', () => {
  const { name, ...props } = encoder('nvh264enc', { preset: 'medium', bitrate: '6M' }, nvenc('cuda')).props
  assert.equal(props, {
    bitrate: 6000,
    preset: 'low-latency-hq',
    'rate-control': 'cbr',
    'zero-reorder-delay': true,
    'b-frames': 0,
    'rc-lookahead': 0,
    'gop-size': 60,
    'strict-gop': true,
  })
})

test('the encoders of HEVC have the settings of those of H.264', () => {
  for (const [hevc, h264] of [
    ['nvh265enc', 'nvh264enc'],
    ['vah265enc', 'vah264enc'],
    ['vah265lpenc', 'vah264lpenc'],
    ['vaapih265enc', 'vaapih264enc'],
  ] as const) {
    for (const takes of [nvenc('old'), nvenc('new'), nvenc('cuda'), () => true])
      assert.equal(encoder(hevc, { preset: 'fast' }, takes).props, encoder(h264, { preset: 'fast' }, takes).props)
  }
})

test('what a card cannot do has no property, and none is set', () => {
  const { props } = encoder('nvh264enc', {}, nvenc('new', ['bframes', 'strict-gop', 'rc-lookahead']))
  assert.equal(
    ['b-frames', 'bframes', 'strict-gop', 'rc-lookahead'].filter(name => name in props),
    [],
  )
  assert.is(props['gop-size'], 60)
})

test('every preset reaches x264 as it is, and the others by their nearest', () => {
  const speeds = PRESETS.map(preset => {
    assert.is(encoder('x264enc', { preset }).props['speed-preset'], preset)
    assert.match(String(encoder('openh264enc', { preset }).props.complexity), /^(low|medium|high)$/)
    for (const [factory, property] of [
      ['vah264enc', 'target-usage'],
      ['vaapih264enc', 'quality-level'],
    ] as const) {
      const usage = Number(encoder(factory, { preset }).props[property])
      assert.ok(usage >= 1 && usage <= 7)
    }
    return String(encoder('nvh264enc', { preset }, nvenc('new')).props.preset)
  })
  assert.equal(speeds, [...speeds].sort(), 'never faster where more care is asked for')
  assert.ok(speeds.every(speed => /^p[1-7]$/.test(speed)))
})

test('the encoder has the name that the engine knows', () => {
  for (const factory of ENCODERS) assert.is(encoder(factory).name, 'encoder')
})

test.run()
