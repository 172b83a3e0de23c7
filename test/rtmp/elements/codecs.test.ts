// suite: deep
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { gst, run, type Graph, type Packet } from '../../../src/index'
import { decodeFrames, makeFile, type AudioSource } from '../../support/peers/ffmpeg'
import { startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { serveWhole } from '../../e2e/lib/served'
import { all, over, running, shown, type Shown } from '../../e2e/lib/running'
import { audioTags, configuration, streamHeader, videoTags } from './enhanced'

const test = suite('rxrtmpsrc: codecs', { timeout: 60_000 })

/** A graph of a text that is put together. */
const launch = (text: string): Graph => gst(Object.assign([text], { raw: [text] }))

/** Encoded packets of appsink `out`, up to the end. */
async function packetsOf(graph: Graph): Promise<Packet[]> {
  return running(graph, async p => {
    const packets = all(p.packets$('out'))
    await p.start()
    await over(p)
    return packets
  })
}

async function served(tags: readonly FlvTag[]): Promise<AsyncDisposable & { url(): string }> {
  const file = tempFile('enhanced.flv')
  writeFileSync(file, writeFlv(tags))
  return startRtmpServer(serveWhole(file))
}

async function picturesOf(graph: Graph): Promise<Shown[]> {
  return running(graph, async p => {
    const seen: Shown[] = []
    p.frames$('video').subscribe({ next: frame => void seen.push(shown(frame)), error: () => {} })
    // The file may be over before.
    await p.start().catch(() => {})
    await over(p)
    assert.is(p.state.reason, 'ERR_CONNECTION_LOST')
    return seen
  })
}

/** Samples per channel, and how many channels. */
async function soundOf(url: string, decode: string): Promise<{ samples: number; channels: number; rate: number }> {
  const graph = launch(`rxrtmpsrc name=source location=${url} source.audio ! ${decode} ! audioconvert !
    audio/x-raw,format=F32LE ! appsink name=audio sync=false`)
  return running(graph, async p => {
    const sound = { samples: 0, channels: 0, rate: 0 }
    p.audio$('audio').subscribe({
      next: ({ samples, channels, sampleRate }) => {
        sound.samples += samples.length / channels
        Object.assign(sound, { channels, rate: sampleRate })
      },
      error: () => {},
    })
    // The file may be over before.
    await p.start().catch(() => {})
    await over(p)
    return sound
  })
}

const PICTURES = 40
const source = `videotestsrc num-buffers=${PICTURES} pattern=ball !
  video/x-raw,format=I420,width=160,height=90,framerate=25/1`

const video: [name: string, fourCc: string, encode: string, decode: string, composition: boolean][] = [
  [
    'H.264 by its FourCC',
    'avc1',
    `x264enc bframes=2 key-int-max=20 ! h264parse ! video/x-h264,stream-format=avc,alignment=au`,
    `h264parse ! avdec_h264`,
    true,
  ],
  [
    'HEVC with B-frames',
    'hvc1',
    `x265enc key-int-max=20 speed-preset=ultrafast option-string=bframes=2 ! h265parse !
      video/x-h265,stream-format=hvc1,alignment=au`,
    `h265parse ! avdec_h265`,
    true,
  ],
  ['VP9', 'vp09', `vp9enc deadline=1 cpu-used=8 lag-in-frames=0`, `vp9dec`, false],
  [
    'AV1',
    'av01',
    `av1enc cpu-used=8 ! av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu`,
    `av1parse ! av1dec`,
    false,
  ],
]

for (const [name, fourCc, encode, decode, composition] of video) {
  test(`${name}: every picture, as ffmpeg decodes it`, async () => {
    const mkv = tempFile('made.mkv')
    const packets = await packetsOf(
      launch(`${source} ! ${encode} ! tee name=t ! queue ! matroskamux ! filesink location=${mkv}
      t. ! queue ! appsink name=out`),
    )
    assert.ok(packets.length >= PICTURES)
    const expected = await decodeFrames(mkv, 'yuv420p')
    await using server = await served(videoTags(fourCc, configuration(packets[0]!.caps), packets, composition))
    const url = server.url()
    const seen = await picturesOf(
      launch(`rxrtmpsrc name=source location=${url} source.video ! ${decode} !
        appsink name=video sync=false caps=video/x-raw,format=I420`),
    )
    // A decoder keeps the last ones for an order that is never completed.
    assert.ok(seen.length >= expected.length - 2, `${seen.length} of ${expected.length}`)
    seen.forEach(({ data }, i) => assert.ok(Buffer.compare(data, expected[i]!.data) === 0, `picture ${i}`))
    for (let i = 1; i < seen.length; i++) assert.ok(seen[i]!.timestamp > seen[i - 1]!.timestamp, `picture ${i}`)
  })
}

const tone = `audiotestsrc num-buffers=50 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2`

test('Opus, FLAC, AC-3, E-AC-3 and MP3 by their FourCC', async () => {
  const cases: [string, string, string, (caps: string) => Buffer | null][] = [
    ['Opus', 'opusenc', 'opusparse ! opusdec', streamHeader],
    [
      'fLaC',
      'flacenc ! flacparse',
      'flacparse ! flacdec',
      // The mapping to Ogg goes before the marker there.
      caps => streamHeader(caps).subarray(9),
    ],
    ['ac-3', 'avenc_ac3 ! ac3parse', 'ac3parse ! avdec_ac3', () => null],
    ['ec-3', 'avenc_eac3 ! ac3parse', 'ac3parse ! avdec_eac3', () => null],
    ['.mp3', 'lamemp3enc ! mpegaudioparse', 'mpegaudioparse ! avdec_mp3', () => null],
  ]
  for (const [fourCc, encode, decode, config] of cases) {
    const made = await packetsOf(launch(`${tone} ! audioconvert ! ${encode} ! appsink name=out`))
    const packets = made.filter(({ header }) => !header)
    await using server = await served(audioTags(fourCc, config(made.at(-1)!.caps), packets))
    const { samples, channels, rate } = await soundOf(server.url(), decode)
    assert.equal([channels, rate], [2, 48_000], fourCc)
    assert.ok(samples > 44_000 && samples < 53_000, `${fourCc}: ${samples} samples`)
  }
})

test("FLV's own sound codecs", async () => {
  const codecs: [AudioSource & { codec: string }, decode: string][] = [
    [{ codec: 'libmp3lame', rate: 22_050, channels: 1 }, 'mpegaudioparse ! avdec_mp3'],
    [{ codec: 'pcm_alaw', rate: 8000, channels: 1 }, 'alawdec'],
    [{ codec: 'pcm_mulaw', rate: 8000, channels: 1 }, 'mulawdec'],
    [{ codec: 'pcm_s16le', rate: 44_100, channels: 2 }, 'identity'],
    [{ codec: 'pcm_u8', rate: 22_050, channels: 1 }, 'identity'],
    [{ codec: 'libspeex', rate: 16_000, channels: 1 }, 'speexdec'],
    [{ codec: 'nellymoser', rate: 22_050, channels: 1 }, 'avdec_nellymoser'],
    [{ codec: 'adpcm_swf', rate: 44_100, channels: 2 }, 'avdec_adpcm_swf'],
  ]
  for (const [audio, decode] of codecs) {
    const file = await makeFile(tempFile('sound.flv'), { video: false, audio, duration: 1 })
    await using server = await startRtmpServer(serveWhole(file))
    const { samples, channels, rate } = await soundOf(server.url(), decode)
    assert.equal([channels, rate], [audio.channels, audio.rate], audio.codec)
    assert.ok(Math.abs(samples / rate - 1) < 0.15, `${audio.codec}: ${samples} samples`)
  }
})

test('a codec that nobody knows is told of once, and the other track plays', async () => {
  const file = await makeFile(tempFile('odd.flv'), { size: '160x90', duration: 1 })
  const edit = (tag: FlvTag): FlvTag[] => [
    tag.type === 'audio' ? { ...tag, data: Buffer.from([0x91, ...Buffer.from('abcd'), 1, 2, 3]) } : tag,
  ]
  await using server = await startRtmpServer(serveWhole(file, { edit, pace: 'real' }))
  const p = run(gst`rxrtmpsrc name=source location=${server.url()} source.video ! fakesink name=video`)
  const messages = all(p.bus$)
  await p.start()
  await over(p)
  const told = (await messages).filter(({ detail }) => detail.name === 'rxgst-codec')
  assert.equal(
    told.map(({ detail }) => [detail.kind, detail.codec]),
    [['audio', 'abcd']],
  )
  await p.stop()
})

test.run()
