import * as assert from 'uvu/assert'
import { PRESETS, resolveOutputOptions, VIDEO_CODECS } from '../../src/core/options'
import { ENCODERS, videoEncoder } from '../../src/pipelines/encoder'
import { pipeline, type GraphElement } from '../../src/pipelines/graph'
import { suite } from '../support/suite'

const test = suite('encoder')

const encoder = (options: object = {}): GraphElement =>
  pipeline(videoEncoder(resolveOutputOptions({ width: 64, height: 32, ...options }))).elements[0]!

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

const GOP_PROPERTY = {
  libx264: 'key-int-max',
  libopenh264: 'gop-size',
  h264_nvenc: 'gop-size',
  h264_vaapi: 'key-int-max',
} as const

test('begun at less than its bitrate: what it may come to stays', () => {
  const options = resolveOutputOptions({ width: 64, height: 32, bitrate: 2_000_000, vcodec: 'libopenh264', adaptiveBitrate: true })
  const { props } = pipeline(videoEncoder(options, 500_000)).elements[0]!
  assert.equal([props['bitrate'], props['max-bitrate']], [500_000, 2_000_000])
})

test('a group of pictures is as long as asked for, in frames', () => {
  for (const [fps, keyframeInterval, frames] of GOPS) {
    for (const vcodec of VIDEO_CODECS) {
      const { props } = encoder({ fps, keyframeInterval, vcodec })
      assert.is(props[GOP_PROPERTY[vcodec]], frames, `${fps} × ${keyframeInterval}, ${vcodec}`)
    }
  }
})

test('the bitrate goes over in the unit of each encoder', () => {
  const rate = (vcodec: string, bitrate: number | string) => encoder({ vcodec, bitrate }).props.bitrate
  assert.is(rate('libx264', '2500k'), 2500)
  assert.is(rate('libx264', '4M'), 4000)
  assert.is(rate('libx264', 1_234_567), 1235)
  assert.is(rate('libopenh264', '2500k'), 2_500_000)
  assert.is(rate('h264_nvenc', '2500k'), 2500)
  assert.is(rate('h264_vaapi', '2500k'), 2500)
  assert.is(rate('libx264', 10_000), 10)
})

test('each codec name of FFmpeg has its element', () => {
  for (const vcodec of VIDEO_CODECS) assert.is(encoder({ vcodec }).factory, ENCODERS[vcodec])
})

test('no encoder makes B-frames, looks ahead or puts keyframes at scene cuts', () => {
  const x264 = encoder().props
  assert.equal([x264.bframes, x264.tune, x264['option-string']], [0, 'zerolatency', 'scenecut=0'])
  const nvenc = encoder({ vcodec: 'h264_nvenc' }).props
  assert.equal([nvenc.bframes, nvenc['rc-lookahead'], nvenc.zerolatency, nvenc['strict-gop']], [0, 0, true, true])
  const va = encoder({ vcodec: 'h264_vaapi' }).props
  assert.is(va['b-frames'], 0)
  assert.is(encoder({ vcodec: 'libopenh264' }).props['scene-change-detection'], false)
})

test('every preset reaches x264 as it is, and the others by their nearest', () => {
  for (const preset of PRESETS) {
    assert.is(encoder({ preset }).props['speed-preset'], preset)
    assert.match(String(encoder({ preset, vcodec: 'libopenh264' }).props.complexity), /^(low|medium|high)$/)
    const usage = Number(encoder({ preset, vcodec: 'h264_vaapi' }).props['target-usage'])
    assert.ok(usage >= 1 && usage <= 7)
  }
})

test('the encoder has the name that the engine knows', () => {
  for (const vcodec of VIDEO_CODECS) assert.is(encoder({ vcodec }).name, 'encoder')
})

test.run()
