// suite: deep
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile, type AudioSource } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { channelOf, rms, toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { capturing, codeOf, concat, serveWhole, toTheEnd } from '../lib/served'

const test = suite('capture: other codecs', { timeout: 60_000 })

const picture = { size: '320x180', fps: 25, gop: 25, pattern: 'testsrc', duration: 2 } as const

/** What a capture makes of a file, paired; and what it said. */
async function taken(file: string, options: RTMPCaptureOptions = {}, edit?: (tag: FlvTag) => FlvTag[]) {
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  return capturing(
    file,
    { logger, ...options },
    async capture => {
      await capture.start()
      const { info } = capture
      const sounds: Float32Array[] = []
      const formats = new Set<string>()
      await toTheEnd(async () => {
        for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
          frame.close()
          formats.add(`${audio.sampleRate} ${audio.channels}`)
          sounds.push(audio.samples)
        }
      })
      return { info: info!, pictures: sounds.length, sounds, formats: [...formats], warnings }
    },
    edit && { edit },
  )
}

const codecs: readonly [AudioSource & { codec: string }, string][] = [
  [{ codec: 'libmp3lame', rate: 44_100, channels: 2 }, 'mp3'],
  [{ codec: 'libmp3lame', rate: 22_050, channels: 1 }, 'mp3'],
  [{ codec: 'libmp3lame', rate: 11_025, channels: 2 }, 'mp3'],
  [{ codec: 'pcm_alaw', rate: 8000, channels: 1 }, 'pcm_alaw'],
  [{ codec: 'pcm_mulaw', rate: 8000, channels: 1 }, 'pcm_mulaw'],
  [{ codec: 'pcm_s16le', rate: 44_100, channels: 2 }, 'pcm_s16le'],
  [{ codec: 'pcm_u8', rate: 22_050, channels: 1 }, 'pcm_u8'],
  [{ codec: 'libspeex', rate: 16_000, channels: 1 }, 'speex'],
  [{ codec: 'nellymoser', rate: 22_050, channels: 1 }, 'nellymoser'],
  [{ codec: 'adpcm_swf', rate: 44_100, channels: 2 }, 'adpcm_swf'],
]

for (const [audio, name] of codecs) {
  for (const options of [{}, { audioSampleRate: 48_000, audioChannels: 2 }]) {
    test(`${name} of ${audio.rate} Hz, ${audio.channels} channels, as ${JSON.stringify(options)}`, async () => {
      const file = await makeFile(tempFile('in.flv'), { ...picture, audio })
      const { info, pictures, sounds, formats, warnings } = await taken(file, options)
      assert.is(info.audio?.codec, name)
      assert.is(pictures, 50)
      assert.equal(warnings, [])
      const [rate, channels] = options.audioSampleRate ? [48_000, 2] : [audio.rate!, audio.channels!]
      // A picture before the first sound may have silence in another format.
      assert.is(formats.at(-1), `${rate} ${channels}`)
      const whole = channelOf(concat(sounds.slice(10, 45)), channels)
      const level = toneLevel(whole, rate, 440)
      assert.ok(Math.abs(level - 0.5) < 0.08, `level ${level}`)
      assert.ok(Math.abs(rms(whole) - 0.354) < 0.04, `rms ${rms(whole)}`)
    })
  }
}

/** Sound under the name of another codec. */
const named = (first: number[]) => (tag: FlvTag) =>
  tag.type === 'audio' ? [{ ...tag, data: Buffer.concat([Buffer.from(first), tag.data.subarray(2)]) }] : [tag]
const OPUS = named([0x91, ...Buffer.from('Opus')])
const RESERVED = named([0xf2])

// rxrtmpsrc gives Opus a pad, and it is decoded.
for (const [transport, what, edit, says] of [
  ['rxrtmp', 'a codec that nobody knows', RESERVED, /15/],
  ['rtmp2', 'a codec that nobody knows', RESERVED, /15/],
  ['rtmp2', 'Opus of Enhanced RTMP', OPUS, /Opus/],
] as const) {
  test(`${what} beside pictures is left out, with one word about it (${transport})`, async () => {
    const file = await makeFile(tempFile('in.flv'), picture)
    for (const run of [1, 2]) {
      const { info, pictures, sounds, warnings } = await taken(file, { transport }, edit)
      assert.is(info.audio, null)
      assert.is(pictures, 50, `run ${run}`)
      assert.ok(sounds.every(samples => samples.length > 0 && rms(samples) === 0))
      assert.is(warnings.length, 1)
      assert.match(warnings[0]!, says)
    }
  })
}

const pictures = (change: (data: Buffer) => Buffer) => (tag: FlvTag) =>
  tag.type === 'video' ? [{ ...tag, data: change(tag.data) }] : [tag]
const legacy = (id: number) =>
  pictures(data => Buffer.concat([Buffer.from([(data[0]! & 0xf0) | id]), data.subarray(1)]))
const enhanced = (code: string) =>
  pictures(data =>
    Buffer.concat([
      Buffer.from([0x80 | (data[0]! & 0x70) | (data[1] === 0 ? 0 : 1)]),
      Buffer.from(code),
      data.subarray(2),
    ]),
  )

type Refusal = readonly [string, (tag: FlvTag) => FlvTag[], RegExp]
const refusals: readonly Refusal[] = [
  ['VP9 as vp09, alone', tag => (tag.type === 'audio' ? [] : enhanced('vp09')(tag)), /VP9/],
  ['four letters that are none', enhanced('\r\n\x1b['), /0x0d0a1b5b/],
  ['Sorenson H.263', legacy(2), /Sorenson H\.263/],
  ['VP6', legacy(4), /VP6/],
  ['Screen video', legacy(3), /Screen video/],
]

// rxrtmpsrc gives these a pad, and they are decoded.
const enhancedOnly: readonly Refusal[] = [
  ['HEVC as codec 12', legacy(12), /HEVC/],
  ['HEVC as hvc1', enhanced('hvc1'), /HEVC/],
  ['AV1 as av01', enhanced('av01'), /AV1/],
]

for (const transport of ['rxrtmp', 'rtmp2'] as const) {
  for (const [what, edit, says] of transport === 'rtmp2' ? [...enhancedOnly, ...refusals] : refusals) {
    test(`${what} is refused for good, by its name, decoded or not (${transport})`, async () => {
      const file = await makeFile(tempFile('in.flv'), picture)
      for (const decode of [true, false]) {
        await using server = await startRtmpServer(serveWhole(file, { edit }))
        const reconnect = { initialDelay: 20, maxDelay: 20 }
        await using capture = new RTMPCapture(server.url(), { decode, transport, reconnect })
        const error = await capture.start().then(
          () => null,
          (reason: Error & { code: string; retryable: boolean }) => reason,
        )
        assert.is(error?.code, 'ERR_UNSUPPORTED_MEDIA')
        assert.is(error!.retryable, false)
        assert.match(error!.message, says)
        assert.not.match(error!.message, /[\p{Cc}]/u)
        assert.is(server.connections.length, 1)
      }
    })
  }

  test(`noise in place of pictures is no codec: the capture comes back (${transport})`, async () => {
    const whole = serveWhole(await makeFile(tempFile('in.flv'), picture))
    await using server = await startRtmpServer(index => (index === 1 ? { kind: 'play-garbage-media' } : whole))
    await using capture = new RTMPCapture(server.url(), { transport, reconnect: { initialDelay: 20, maxDelay: 20 } })
    const reasons: (string | null)[] = []
    capture.state$.subscribe(state => void (state.phase === 'reconnecting' && reasons.push(state.reason)))
    await capture.start()
    await until(() => server.connections.length > 2 && capture.state.phase === 'live', {
      timeout: 20_000,
      what: () => JSON.stringify(capture.state),
    })
    assert.ok(reasons.includes('ERR_BAD_STREAM'), `${reasons}`)
  })

  test(`sound alone that is not decoded is refused for good, by its name (${transport})`, async () => {
    const file = await makeFile(tempFile('in.flv'), { video: false, duration: 4 })
    const [edit, name] = transport === 'rtmp2' ? [OPUS, /Opus/] : [RESERVED, /15/]
    await using server = await startRtmpServer({ kind: 'serve-file', file, edit, loop: true })
    await using capture = new RTMPCapture(server.url(), { transport, connectTimeout: 4000 })
    const error = await capture.start().then(
      () => null,
      (reason: Error & { code: string }) => reason,
    )
    assert.is(error?.code, 'ERR_UNSUPPORTED_MEDIA')
    assert.match(error!.message, name)
  })
}

test('MP3 alone is sound like any other', async () => {
  const file = await makeFile(tempFile('in.flv'), { video: false, duration: 4, audio: { codec: 'libmp3lame' } })
  await capturing(file, {}, async capture => {
    await capture.start()
    assert.equal(capture.info!.audio, { sampleRate: 44_100, channels: 2, codec: 'mp3' })
    const { samples } = await capture.getAudio(1)
    assert.ok(Math.abs(toneLevel(channelOf(samples, 2), 44_100, 440) - 0.5) < 0.05)
  })
})

test('a stream that comes back in VP9 is over; one that comes back with other sound goes on', async () => {
  const audio = { rate: 8000, channels: 1, codec: 'pcm_alaw' }
  const aac = await makeFile(tempFile('a.flv'), { ...picture, duration: 1 })
  const alaw = await makeFile(tempFile('b.flv'), { ...picture, duration: 1, audio })
  const files = [aac, alaw, aac]
  await using server = await startRtmpServer(index =>
    index < files.length
      ? { kind: 'serve-file', file: files[index]! }
      : { kind: 'serve-file', file: aac, edit: enhanced('vp09') },
  )
  await using capture = new RTMPCapture(server.url(), { reconnect: { initialDelay: 20, maxDelay: 20 } })
  const heard = new Set<string>()
  capture.audio$.subscribe({ next: () => void heard.add(capture.info!.audio!.codec), error: () => {} })
  const failed = until(() => capture.state.phase === 'failed', {
    timeout: 40_000,
    what: () => JSON.stringify(capture.state),
  })
  await capture.start()
  await failed
  assert.is(capture.state.reason, 'ERR_UNSUPPORTED_MEDIA')
  assert.equal([...heard].sort(), ['aac', 'pcm_alaw'])
  assert.is(server.connections.length, 4)
})

test('sound that changes its codec in mid-stream goes on, there and back', async () => {
  const parts: AudioSource[] = [
    {},
    { codec: 'libmp3lame' },
    { codec: 'pcm_s16le' },
    { codec: 'pcm_alaw', rate: 8000, channels: 1 },
    {},
  ]
  const tags: FlvTag[] = []
  for (const [i, audio] of parts.entries()) {
    const file = await makeFile(tempFile(`${i}.flv`), { ...picture, audio })
    const own = parseFlv(readFileSync(file)).filter(
      tag => (i === 0 || tag.type !== 'script') && !(tag.type === 'video' && tag.data[1] === 2),
    )
    tags.push(...own.map(tag => ({ ...tag, timestamp: tag.timestamp + i * 2000 })))
  }
  const file = tempFile('joined.flv')
  writeFileSync(file, writeFlv(tags))
  const { pictures: count, sounds, warnings } = await taken(file, { audioSampleRate: 44_100, audioChannels: 2 })
  assert.is(count, 250)
  assert.equal(warnings, [])
  for (let i = 0; i < parts.length; i++) {
    const own = channelOf(concat(sounds.slice(i * 50 + 12, i * 50 + 45)), 2)
    const level = toneLevel(own, 44_100, 440)
    assert.ok(Math.abs(level - 0.5) < 0.08, `part ${i}: level ${level}`)
  }
})

test('packets that end in the middle of a sample do not end the stream', async () => {
  const file = await makeFile(tempFile('in.flv'), {
    ...picture,
    audio: { codec: 'pcm_s16le', rate: 44_100, channels: 2 },
  })
  const torn = (tag: FlvTag) => (tag.type === 'audio' ? [{ ...tag, data: tag.data.subarray(0, -1) }] : [tag])
  const { pictures: count, sounds } = await taken(file, {}, torn)
  assert.is(count, 50)
  assert.ok(rms(concat(sounds)) > 0.2)
})

for (const [audio, name] of [codecs[0]!, codecs[3]!, codecs[5]!]) {
  test(`${name} is watched without a decoder`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, audio })
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using capture = new RTMPCapture(server.url(), { decode: false })
    await capture.start()
    await until(() => capture.info?.audio, { timeout: 20_000 })
    assert.is(capture.info!.audio!.codec, name)
    assert.is(capture.info!.audio!.channels, audio.channels)
    assert.is(capture.info!.video!.codec, 'h264')
    assert.is(await codeOf(capture.stop()), 'resolved')
  })
}

test.run()
