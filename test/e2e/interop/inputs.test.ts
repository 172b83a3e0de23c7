// suite: deep
// deadline: 600
//
// The table of inputs in docs/interop.md: each row is captured, and what came is compared with it.
import { randomBytes } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { elementAt, firstValueFrom, tap, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import { Capture, record, Relay, type CaptureOptions } from '../../../src/index'
import { textOf } from '../../docs/markdown'
import { toneLevel } from '../../support/media/audio'
import { exec } from '../../support/child'
import { liveHls, makeHls, nginxOrigin, type HlsOptions } from '../../support/peers/hls'
import { bindsUdp, freeUdpPort } from '../../support/peers/ports'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { fileMedia, liveMedia, startCamera } from '../../support/peers/rtsp-camera'
import { sendSrt, sendUdp, srtLiveTransmit } from '../../support/peers/srt'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { remade, smallFile } from '../lib/inputs'

const test = suite('interop: inputs', { timeout: 120_000 })

const HEVC = ['-c:v', 'libx265', '-x265-params', 'log-level=error:repeat-headers=1:keyint=25']
const AV1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-b:v', '500k', '-g', '25']

/** What a row needs while it is captured. */
interface Served extends AsyncDisposable {
  readonly url: string
  readonly options?: CaptureOptions
}

const nothing = async (): Promise<void> => {}

function file(name: string, args: readonly string[] = ['-c', 'copy']) {
  return async (): Promise<Served> => {
    const made = await remade(await smallFile('in.mp4', { duration: 12 }), name, args)
    return { url: pathToFileURL(made).href, [Symbol.asyncDispose]: nothing }
  }
}

const camera =
  (launch: () => Promise<string> | string, options: CaptureOptions = {}) =>
  async (): Promise<Served> => {
    const child = await startCamera({ launch: await launch() })
    return { url: child.url(), options, [Symbol.asyncDispose]: async () => void (await child.stop()) }
  }

const listening = (args: readonly string[]) => async (): Promise<Served> => {
  const port = await freeUdpPort()
  const media = await remade(await smallFile('in.mp4'), 'in.ts', args)
  const child = sendSrt(`srt://127.0.0.1:${port}?mode=listener`, media, { loop: true })
  await until(() => bindsUdp(port), { what: () => child.errors() })
  return { url: `srt://127.0.0.1:${port}?latency=2000`, [Symbol.asyncDispose]: async () => void (await child.stop()) }
}

async function transmitted(): Promise<Served> {
  const [udp, port] = [await freeUdpPort(), await freeUdpPort()]
  const media = await remade(await smallFile('in.mp4'), 'in.ts', [...HEVC, '-c:a', 'ac3'])
  const relay = srtLiveTransmit(`udp://127.0.0.1:${udp}`, `srt://:${port}?mode=listener`)
  const sender = sendUdp(`udp://127.0.0.1:${udp}`, media)
  await until(async () => (await bindsUdp(udp)) && (await bindsUdp(port)), { what: () => relay.errors() })
  const stop = async (): Promise<void> => void (await Promise.all([relay, sender].map(child => child.stop())))
  return { url: `srt://127.0.0.1:${port}?latency=2000`, [Symbol.asyncDispose]: stop }
}

/** A playlist of ffmpeg on nginx. */
const playlist =
  (options: HlsOptions, live = false) =>
  async (): Promise<Served> => {
    const file = await smallFile('in.mp4', { duration: 12 })
    const folder = live ? tempDir() : await makeHls(file, options)
    const child = live ? liveHls(file, folder, options) : null
    const text = (): Promise<string> => readFile(join(folder, 'live.m3u8'), 'utf8').catch(() => '')
    await until(async () => (await text()).includes('live3.'), { what: 'segments', timeout: 60_000 })
    const origin = await nginxOrigin(folder)
    const stop = async (): Promise<void> => {
      await child?.stop()
      await origin[Symbol.asyncDispose]()
    }
    return { url: origin.url(), options: { stallTimeout: 15_000 }, [Symbol.asyncDispose]: stop }
  }

/** ffmpeg's encryption, with a key of the origin. */
async function encrypted(): Promise<Served> {
  const [key, info] = [tempFile('key'), tempFile('info')]
  await writeFile(key, randomBytes(16))
  await writeFile(info, `key\n${key}\n`)
  const folder = await makeHls(await smallFile('in.mp4', { duration: 12 }), { args: ['-hls_key_info_file', info] })
  await copyFile(key, join(folder, 'key'))
  const origin = await nginxOrigin(folder)
  return { url: origin.url(), [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose]() }
}

/** Two runs of ffmpeg, the second of which goes on with the first one's playlist. */
async function continued(): Promise<Served> {
  const file = await smallFile('in.mp4', { duration: 6 })
  const folder = await makeHls(file)
  await makeHls(file, { args: ['-hls_flags', 'append_list+discont_start'] }, folder)
  const origin = await nginxOrigin(folder)
  return { url: origin.url(), [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose]() }
}

const sound = (encoded: string): string => `audio/x-raw,rate=8000,channels=1 ! ${encoded} name=pay1`
const opus = 'audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay name=pay1 pt=97'

const ROWS: readonly (readonly [input: string, media: string, peer: string, serve: () => Promise<Served>])[] = [
  ['`file:`, FLV', 'H.264, AAC', 'ffmpeg', file('in.flv')],
  ['`file:`, MP4', 'H.264, AAC', 'ffmpeg', file('in.mp4')],
  ['`file:`, MP4', 'HEVC, AAC', 'ffmpeg', file('in.mp4', [...HEVC, '-c:a', 'copy'])],
  [
    '`file:`, MP4, fragmented',
    'H.264, AAC',
    'ffmpeg',
    file('in.mp4', ['-c', 'copy', '-movflags', 'frag_keyframe+empty_moov']),
  ],
  ['`file:`, MP4', 'AV1, AAC', 'ffmpeg', file('in.mp4', [...AV1, '-g', '25', '-c:a', 'copy'])],
  ['`file:`, MOV', 'H.264, PCM', 'ffmpeg', file('in.mov', ['-c:v', 'copy', '-c:a', 'pcm_s16le'])],
  ['`file:`, MPEG-TS', 'H.264, AAC', 'ffmpeg', file('in.ts')],
  ['`file:`, MPEG-TS', 'HEVC, AC-3', 'ffmpeg', file('in.ts', [...HEVC, '-c:a', 'ac3'])],
  ['`file:`, MPEG-TS', 'MPEG-2, MP2', 'ffmpeg', file('in.ts', ['-c:v', 'mpeg2video', '-c:a', 'mp2'])],
  ['`file:`, Matroska', 'H.264, MP3', 'ffmpeg', file('in.mkv', ['-c:v', 'copy', '-c:a', 'libmp3lame'])],
  ['`file:`, Matroska', 'AV1, Opus', 'ffmpeg', file('in.mkv', [...AV1, '-c:a', 'libopus'])],
  ['`file:`, Matroska', 'H.264, Vorbis', 'ffmpeg', file('in.mkv', ['-c:v', 'copy', '-c:a', 'libvorbis'])],
  [
    '`rtsp:`, TCP',
    'H.264, AAC',
    'gst-rtsp-server',
    camera(async () => fileMedia(await smallFile('in.mp4', { duration: 12 }))),
  ],
  [
    '`rtsp:`, UDP',
    'H.264, AAC',
    'gst-rtsp-server',
    camera(async () => fileMedia(await smallFile('in.mp4', { duration: 12 })), { rtspTransport: 'udp' }),
  ],
  ['`rtsp:`, TCP', 'H.264, none', 'gst-rtsp-server', camera(() => liveMedia())],
  ['`rtsp:`, TCP', 'H.264, G.711 µ-law', 'gst-rtsp-server', camera(() => liveMedia(sound('mulawenc ! rtppcmupay')))],
  ['`rtsp:`, TCP', 'H.264, G.711 A-law', 'gst-rtsp-server', camera(() => liveMedia(sound('alawenc ! rtppcmapay')))],
  ['`rtsp:`, TCP', 'H.264, Opus', 'gst-rtsp-server', camera(() => liveMedia(opus))],
  [
    '`rtsp:`, TCP',
    'HEVC, AAC',
    'gst-rtsp-server',
    camera(async () => {
      const made = await remade(await smallFile('in.mp4', { duration: 12 }), 'h.mp4', [...HEVC, '-c:a', 'copy'])
      return fileMedia(made, { hevc: true })
    }),
  ],
  ['`srt:`, caller', 'H.264, AAC', 'ffmpeg', listening(['-c', 'copy'])],
  ['`srt:`, caller', 'HEVC, AC-3', 'srt-live-transmit', transmitted],
  ['`http:`, HLS in MPEG-TS, live', 'H.264, AAC', 'ffmpeg, nginx', playlist({}, true)],
  ['`http:`, HLS in MPEG-TS, AES-128', 'H.264, AAC', 'ffmpeg, nginx', encrypted],
  ['`http:`, HLS in MPEG-TS, discontinuity', 'H.264, AAC', 'ffmpeg, nginx', continued],
  ['`http:`, HLS in MPEG-TS', 'HEVC, AC-3', 'ffmpeg, nginx', playlist({ codecs: [...HEVC, '-c:a', 'ac3'] })],
  ['`http:`, HLS in fMP4, live', 'H.264, AAC', 'ffmpeg, nginx', playlist({ type: 'fmp4' }, true)],
  [
    '`http:`, HLS in fMP4',
    'HEVC, AAC',
    'ffmpeg, nginx',
    playlist({ type: 'fmp4', codecs: [...HEVC, '-tag:v', 'hvc1', '-c:a', 'copy'] }),
  ],
]

/** What came to the relay's server, by its tags. */
function relayed({ tags }: Connection, madeOf: string | null): string {
  const count = (type: string): number => tags.filter(tag => tag.type === type).length
  const [pictures, sound] = [count('video') > 10, count('audio') > 10]
  if (!pictures) return 'no'
  return sound ? (madeOf ? 'yes, AAC made of it' : 'yes') : 'pictures'
}

/** The tracks of a recording. */
async function recorded(file: string | undefined): Promise<string> {
  if (file === undefined) return 'no'
  const { stdout } = await exec('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'stream=codec_type',
    '-of',
    'csv=p=0',
    file,
  ])
  const kinds = stdout.toString()
  return kinds.includes('video') ? (kinds.includes('audio') ? 'yes' : 'pictures') : 'no'
}

/** One connection for all: its frames and its sound, a relay of it, and its recording. */
async function captured({ url, options }: Served): Promise<string> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using capture = new Capture(url, { connectTimeout: 20_000, reconnect: false, ...options })
  const relay = new Relay(capture, server.url(), { connectTimeout: 20_000 })
  const recording = capture.record(record(tempDir()))
  let segment: string | undefined
  recording.recording$.subscribe(({ path }) => void (segment ??= path))
  await until(() => recording.state.phase === 'live')
  // A busy machine may decode the pictures long after their sound: neither waits for the other.
  const frames = firstValueFrom(
    capture.frames$.pipe(
      tap(frame => frame.close()),
      elementAt(10),
      timeout(60_000),
    ),
  ).then(
    () => true,
    () => false,
  )
  try {
    await Promise.all([capture.start(), relay.start()])
  } catch (error) {
    await relay.stop()
    return `\`${(error as { code: string }).code}\` | – | – | –`
  }
  const tone = await capture.getAudio(1, { signal: AbortSignal.timeout(30_000) }).then(
    ({ samples, sampleRate, channels }) =>
      toneLevel(
        samples.filter((_, i) => i % channels === 0),
        sampleRate,
        440,
      ),
    () => 0,
  )
  const seen = `${(await frames) ? 'yes' : 'no'} | ${tone > 0.1 ? 'yes' : 'no'}`
  const gets = (kind: 'video' | 'audio') => (it: Connection) => it.tags.filter(({ type }) => type === kind).length > 10
  const connection = await server.connection(0, gets('video'))
  if (tone > 0.1 || capture.info?.audio) await server.connection(0, gets('audio'))
  const copy = relayed(connection, relay.info?.audio?.madeOf ?? null)
  await Promise.all([recording.stop(), relay.stop()])
  return `${seen} | ${copy} | ${await recorded(segment)}`
}

const section =
  textOf('docs/interop.md')
    .split(/^## Inputs$/m)[1]
    ?.split(/^## /m)[0] ?? ''
const shown = [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, row]) => row!)

test('the table has these rows, in this order', () => {
  assert.equal(
    shown.map(row => row.split(' | ').slice(0, 3).join(' | ')),
    ROWS.map(([input, media, peer]) => `${input} | ${media} | ${peer}`),
  )
})

ROWS.forEach(([input, media, peer, serve], i) => {
  test(`${input}: ${media} of ${peer}`, async () => {
    await using served = await serve()
    assert.is(`${input} | ${media} | ${peer} | ${await captured(served)}`, shown[i])
  })
})

test.run()
