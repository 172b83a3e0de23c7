import * as assert from 'uvu/assert'
import { RTMPCapture, type CaptureInfo, type RTMPCaptureOptions } from '../../../src/index'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { encodeAmf, type Amf } from '../../support/peers/rtmp/amf0'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { AV1, encoded, fileOf } from '../lib/encoded'
import { capturing, pictures, serveWhole } from '../lib/served'

const test = suite('capture: info tells what flows', { timeout: 60_000 })

const small = { size: '320x240', fps: 25, gop: 25, duration: 1.2 } as const

/** The stream with another tale in front. */
const telling =
  (fields: Record<string, Amf>) =>
  (tag: FlvTag): FlvTag[] =>
    tag.type === 'script' ? [{ ...tag, data: encodeAmf('onMetaData', fields) }] : [tag]

const CODECS = { videocodecid: 7, audiocodecid: 10 }
const LIES: Record<string, Amf>[] = [
  { width: 20_000, height: 20_000, framerate: 48_001, ...CODECS },
  { width: -320, height: -240, framerate: -25, AspectRatioX: 0, AspectRatioY: 0, ...CODECS },
  { width: NaN, height: Infinity, framerate: 6e-5, AspectRatioX: 40, AspectRatioY: 1, ...CODECS },
  { width: '640', height: 0, framerate: 1, audiosamplerate: 8000, videocodecid: 'avc1', audiocodecid: 'mp4a' },
]

const VIDEO = { width: 320, height: 240, pixelAspectRatio: { n: 1, d: 1 }, fps: 25, codec: 'h264', decoderReason: null }
const AUDIO = { sampleRate: 44_100, channels: 2, codec: 'aac' }

let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), small)
})

test('metadata that lies is not believed, nor refused, nor reckoned with', async () => {
  for (const lie of LIES) {
    const { frames, info } = await pictures(file, {}, { edit: telling(lie) })
    const { transport, video, audio } = info
    assert.equal(
      { transport, video, audio },
      { transport: 'rxrtmp', video: { ...VIDEO, decoder: 'avdec_h264' }, audio: AUDIO },
    )
    assert.is(frames.length, 30)
    for (const { duration, width, height } of frames) assert.equal([duration, width, height], [40_000, 320, 240])
  }
})

test('after the end it tells what the stream was, though nobody has asked before', async () => {
  // AV1 says nothing of its rate: pictures tell it, and none of them changes anything else.
  const silent = fileOf((await encoded(AV1)).tags)
  for (const decode of [true, false]) {
    for (const ends of ['server', 'stop'] as const) {
      const then = ends === 'server' ? 'fin' : 'silence'
      await using server = await startRtmpServer({ kind: 'serve-file', file: silent, then })
      await using capture = new RTMPCapture(server.url(), { decode, reconnect: false, gpuAcceleration: false })
      await capture.start()
      await until(() => server.connections[0]!.ended !== null)
      if (ends === 'server') await until(() => capture.state.phase === 'failed')
      else await capture.stop()
      const { video, tracks } = capture.info!
      assert.equal([video?.codec, video?.width, video?.fps], ['av1', 160, 25], `${ends}, ${decode}`)
      assert.is(tracks.length, 1)
      assert.ok(capture.stats().bytes > 1000)
    }
  }
})

test('nor where nothing is decoded', async () => {
  for (const lie of LIES) {
    const info = await watched(file, { decode: false }, ({ audio }) => audio !== null, telling(lie))
    const { transport, video, audio } = info!
    assert.equal(
      { transport, video, audio },
      { transport: 'rxrtmp', video: { ...VIDEO, decoder: 'none' }, audio: AUDIO },
    )
  }
})

test('skipping and slots go by the true rate', async () => {
  const options = { fps: 5 }
  const truth = await pictures(file, options)
  const lied = await pictures(file, options, { edit: telling(LIES[2]!) })
  const times = ({ frames }: typeof truth) => frames.map(({ timestamp, duration }) => [timestamp, duration])
  assert.equal(times(lied), times(truth))
  assert.is(truth.frames.length, 6)
})

test('29.97 is 30000/1001, in info and in durations', async () => {
  const ntsc = await makeFile(tempFile('ntsc.flv'), { ...small, fps: 30_000 / 1001 })
  const { frames, info } = await pictures(ntsc)
  assert.is(info.video!.fps, 30_000 / 1001)
  assert.equal([...new Set(frames.map(({ duration }) => duration))], [33_366])
})

test('parameter sets that lie about the rate are believed until the timestamps say otherwise', async () => {
  const lying = tempFile('lying.flv')
  const once = ['-bsf:v', 'h264_metadata=tick_rate=2/1']
  await exec('ffmpeg', ['-y', '-loglevel', 'error', '-i', file, '-c', 'copy', ...once, lying])
  for (const decode of [true, false]) {
    const info = await watched(lying, { decode }, ({ video }) => video?.fps === 25)
    assert.is(info.video!.fps, 25)
  }
})

test('info follows a stream that changes its size', async () => {
  const other = await makeFile(tempFile('other.flv'), { ...small, size: '176x144', audio: null })
  const first = await makeFile(tempFile('first.flv'), { ...small, audio: null })
  await using server = await startRtmpServer(index => serveWhole(index === 0 ? first : other))
  await using capture = new RTMPCapture(server.url(), { dropPolicy: 'block', reconnect: { initialDelay: 50 } })
  await capture.start()
  capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
  await until(() => capture.info?.video?.width === 176, { what: () => JSON.stringify(capture.info) })
  assert.is(capture.info!.video!.height, 144)
})

test('sound of more than two channels is told as it comes out', async () => {
  const six = await makeFile(tempFile('six.flv'), { ...small, audio: { channels: 6, rate: 48_000 } })
  for (const options of [{}, { audioChannels: 2 }, { decode: false }] as RTMPCaptureOptions[]) {
    const info = await watched(six, options, ({ audio }) => audio !== null)
    assert.equal(info.audio, { sampleRate: 48_000, channels: 6, codec: 'aac' }, JSON.stringify(options))
  }
})

/** What info says once it says what is waited for. The stream goes on until then. */
async function watched(
  path: string,
  options: RTMPCaptureOptions,
  ready: (info: CaptureInfo) => boolean,
  edit: (tag: FlvTag, index: number) => FlvTag[] = tag => [tag],
): Promise<CaptureInfo> {
  return await capturing(
    path,
    { ...options, dropPolicy: 'oldest' },
    async capture => {
      await capture.start()
      await until(() => capture.info !== null && ready(capture.info), { what: () => JSON.stringify(capture.info) })
      return capture.info!
    },
    { pace: 'real', loop: true, edit },
  )
}

test.run()
