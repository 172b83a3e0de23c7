import * as assert from 'uvu/assert'
import type { RTMPOutputOptions } from '../../../src/index'
import { exec } from '../../support/child'
import { decodeAudio, probe, type ProbePacket } from '../../support/peers/ffmpeg'
import { rms } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { sleep } from '../../support/until'
import { pattern } from '../lib/pattern'
import { assertConstantRate, breathe, sent, type Sent } from '../lib/sent'

// What platforms ask of a live stream, checked with ffprobe.
const test = suite('output: stream', { timeout: 60_000 })

const SMALL = { width: 320, height: 180, bitrate: '800k' }

/** `count` pictures without sound. */
async function stream(count: number, options: Partial<RTMPOutputOptions> = {}): Promise<Sent> {
  const all = { ...SMALL, ...options }
  const pictures = Array.from({ length: 8 }, (_, i) => pattern(all.width, all.height, i))
  return sent(all, async output => {
    for (let i = 0; i < count; i++) {
      await output.writeFrame(pictures[i % pictures.length]!)
      await breathe(output)
    }
  })
}

const of = (packets: ProbePacket[], type: string) => packets.filter(packet => packet.codec_type === type)
const seconds = 1000

const RATES: [fps: number, interval: number, frames: number, rate: string][] = [
  [23.976, 2, 48, '24000/1001'],
  [25, 2, 50, '25/1'],
  [29.97, 2, 60, '30000/1001'],
  [30, 1, 30, '30/1'],
  [60, 0.5, 30, '60/1'],
]
for (const [fps, keyframeInterval, frames, rate] of RATES) {
  test(`${fps} fps: a keyframe every ${keyframeInterval} s, and nowhere else`, async () => {
    const { file, video, metadata } = await stream(frames * 3 + 5, { fps, keyframeInterval })
    assert.is(video.length, frames * 3 + 5)
    const keys = video.flatMap(({ keyframe }, i) => (keyframe ? [i] : []))
    assert.equal(keys, [0, frames, 2 * frames, 3 * frames])
    const [n = 0, d = 1] = rate.split('/').map(Number)
    assertConstantRate(video, n / d)
    assert.ok(Math.abs(Number(metadata.framerate) - n / d) < 0.01, `onMetaData says ${String(metadata.framerate)}`)
    const probed = (await probe(file)).video!
    const [pn = 0, pd = 1] = probed.avg_frame_rate!.split('/').map(Number)
    assert.ok(Math.abs(pn / pd - n / d) < 0.05, `${probed.avg_frame_rate}`)
  })
}

test('keyframes are IDR pictures, groups are closed, there are no B-frames', async () => {
  const { file, video } = await stream(70, { fps: 30, keyframeInterval: 1 })
  const { video: info } = await probe(file)
  assert.is(info?.has_b_frames, 0)
  for (const { pts, dts } of video) assert.is(pts, dts)
  const { frames } = await probe(file, { seconds, show: 'frames' })
  const types = frames.filter(({ media_type }) => media_type === 'video').map(({ pict_type }) => pict_type)
  assert.equal(
    types,
    Array.from({ length: 70 }, (_, i) => (i % 30 === 0 ? 'I' : 'P')),
  )
  // NAL type 5 is IDR: nothing behind it refers to what came before.
  const pictures = await nalTypes(file)
  assert.is(pictures.length, 70)
  pictures.forEach((type, i) => assert.is(type, i % 30 === 0 ? 5 : 1, `picture ${i}`))
})

test('colours are tagged, in range, matrix, primaries and transfer', async () => {
  for (const [width, height, space] of [
    [320, 180, 'smpte170m'],
    [720, 576, 'smpte170m'],
    [1280, 720, 'bt709'],
  ] as const) {
    const { file } = await stream(3, { width, height })
    const {
      color_range,
      color_space,
      color_primaries,
      color_transfer,
      pix_fmt,
      width: w,
      height: h,
    } = (await probe(file)).video!
    assert.equal([w, h], [width, height])
    assert.equal([color_range, color_space, pix_fmt], ['tv', space, 'yuv420p'])
    // BT.601 has bt709's transfer curve: all three names mean one.
    assert.match(String(color_transfer), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt709|bt601)$/)
    assert.match(String(color_primaries), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt470bg)$/)
  }
})

test('square pixels, progressive', async () => {
  const { video } = await probe((await stream(3)).file)
  assert.match(String(video?.sample_aspect_ratio ?? '1:1'), /^(1:1|0:1|N\/A)$/)
  assert.match(String(video?.field_order ?? 'progressive'), /^(progressive|unknown)$/)
})

test('profile and level are ones that players take', async () => {
  for (const [preset, profile] of [
    ['ultrafast', /Baseline/],
    ['veryfast', /High|Main/],
  ] as const) {
    const { video } = await probe((await stream(3, { preset })).file)
    assert.match(String(video?.profile), profile)
    assert.ok(Number(video?.level) >= 10 && Number(video?.level) <= 31, `level ${String(video?.level)}`)
  }
  const { video } = await probe((await stream(3, { width: 1280, height: 720, fps: 60 })).file)
  assert.ok(Number(video?.level) >= 32 && Number(video?.level) <= 42, `level ${String(video?.level)} of 720p60`)
})

test('times never go back, in either stream', async () => {
  const { file } = await stream(150, { fps: 25 })
  const { packets } = await probe(file, { seconds })
  for (const type of ['video', 'audio']) {
    const times = of(packets, type).map(({ dts_time }) => Number(dts_time))
    assert.ok(times.length > 100, `${times.length} packets of ${type}`)
    times.forEach((time, i) => assert.ok(i === 0 || time > times[i - 1]!, `${type} ${i}: ${times[i - 1]} → ${time}`))
  }
})

test('pictures and sound are sent in turns', async () => {
  // In real time: of what is written faster, either may be encoded seconds before the other.
  const { connection } = await sent({ ...SMALL, fps: 25, fill: 'repeat' }, async output => {
    const from = performance.now()
    for (let i = 0; i < 75; i++) {
      await sleep(from + i * 40 - performance.now())
      await output.writeFrame(pattern(SMALL.width, SMALL.height, i))
    }
  })
  let newest = 0
  for (const { timestamp, type } of connection.tags) {
    if (type === 'script') continue
    // A machine that is busy lets one of the encoders wait.
    assert.ok(timestamp >= newest - 1000, `${type} of ${timestamp} behind ${newest}`)
    newest = Math.max(newest, timestamp)
  }
})

test('picture and sound are there from the start, and from 0, every time', async () => {
  for (const [width, height] of [
    [320, 180],
    [320, 180],
    [1280, 720],
    [320, 180],
    [1280, 720],
  ] as const) {
    const { connection, video, audio } = await stream(40, { width, height })
    assert.is(connection.tags[0]?.type, 'script', 'onMetaData comes first')
    assert.is(video[0]?.keyframe, true)
    const first = [video[0]!.dts, audio[0]!.dts]
    assert.ok(Math.max(...first) <= 100, `pictures from ${first[0]} ms, sound from ${first[1]} ms`)
  }
})

test('onMetaData says what comes', async () => {
  const { metadata } = await stream(30, { fps: 25 })
  const { width, height, framerate, videocodecid, audiocodecid } = metadata
  assert.equal(
    { width, height, framerate, videocodecid, audiocodecid },
    { width: 320, height: 180, framerate: 25, videocodecid: 7, audiocodecid: 10 },
  )
})

test('the shortest stream has sound too', async () => {
  const { audio, metadata } = await stream(6)
  assert.is(metadata.audiocodecid, 10)
  assert.ok(audio.length > 0)
})

for (const [rate, channels] of [
  [44100, 2],
  [48000, 2],
  [48000, 1],
  [22050, 1],
  [8000, 1],
] as const) {
  test(`AAC-LC at ${rate} Hz, ${channels} channels; silence where none is written`, async () => {
    const { file, video } = await stream(60, { fps: 30, audioSampleRate: rate, audioChannels: channels })
    const { audio: info } = await probe(file)
    assert.equal(
      [info?.codec_name, info?.profile, info?.sample_rate, info?.channels],
      ['aac', 'LC', String(rate), channels],
    )
    const samples = await decodeAudio(file, rate, channels)
    assert.is(rms(samples), 0)
    const length = samples.length / channels / rate
    // Whole AAC frames: one to begin with, and silence is laid four ahead of the picture.
    assert.ok(
      Math.abs(length - video.length / 30) < 0.3 + 5120 / rate,
      `${length} s of sound for ${video.length / 30} s of pictures`,
    )
  })
}

for (const [bitrate, fps] of [
  ['600k', 25],
  [1_500_000, 30],
  ['3M', 30],
] as const) {
  test(`noise at ${bitrate} has that bitrate after its first 2 s`, async () => {
    const { video, connection } = await noise(bitrate, fps, 10)
    const packets = connection.tags.filter(({ type }) => type === 'video').filter(({ timestamp }) => timestamp >= 2000)
    const bits = packets.reduce((sum, { data }) => sum + 8 * data.length, 0)
    const rate = bits / ((video.at(-1)!.dts + 1000 / fps - packets[0]!.timestamp) / 1000)
    const asked = typeof bitrate === 'number' ? bitrate : Number(bitrate.replace('k', '000').replace('M', '000000'))
    assert.ok(Math.abs(rate / asked - 1) <= 0.15, `${Math.round(rate)} bit/s for ${asked}`)
  })
}

async function noise(bitrate: string | number, fps: number, length: number): Promise<Sent> {
  const [width, height] = [320, 180]
  let state = 1
  const noisy = Array.from({ length: 7 }, () => {
    const rgb = new Uint8Array(width * height * 3)
    for (let i = 0; i < rgb.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      rgb[i] = 90 + (state >>> 26)
    }
    return rgb
  })
  return sent({ width, height, fps, bitrate }, async output => {
    for (let i = 0; i < fps * length; i++) {
      await output.writeFrame(noisy[i % noisy.length]!)
      await breathe(output)
    }
  })
}

/** The NAL unit type of each picture's first slice, as ffmpeg reads the stream. */
async function nalTypes(file: string): Promise<number[]> {
  const { stderr } = await exec('ffmpeg', [
    '-v',
    'trace',
    '-i',
    file,
    '-map',
    '0:v',
    '-c',
    'copy',
    '-bsf:v',
    'trace_headers',
    '-f',
    'null',
    '-',
  ])
  const found: number[] = []
  let type = 0
  for (const [, name, value] of stderr.matchAll(/\b(nal_unit_type|first_mb_in_slice)\s+[01]+ = (\d+)/g)) {
    if (name === 'nal_unit_type') type = Number(value)
    else if (value === '0') found.push(type)
  }
  return found
}

test.run()
