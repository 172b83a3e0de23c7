// suite: deep
// deadline: 600
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { record, Relay } from '../../../src/index'
import { flashFile, pairs, worstOffset } from '../../chaos/flash-beep'
import { calmly } from '../../support/calm'
import { bindsUdp, freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { fileMedia, startCamera } from '../../support/peers/rtsp-camera'
import { sendSrt } from '../../support/peers/srt'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { remade, smallFile } from '../lib/inputs'
import { received } from '../lib/sent'
import { assertCopy, packetsOf, WITHOUT_SETS, type Likeness } from './packets'

// A copy of any input is the same stream, byte by byte, and its clock goes on over reconnects.
const test = suite('relay: copies of every input', { timeout: 120_000 })

const OPTIONS = { connectTimeout: 20_000, reconnect: { initialDelay: 200, maxDelay: 400 } } as const
const HEVC = ['-c:v', 'libx265', '-x265-params', 'log-level=error:repeat-headers=1:keyint=25:bframes=2']

interface Served extends AsyncDisposable {
  readonly url: string
}

type Codec = 'h264' | 'hevc'

const served = (url: string, stop: () => Promise<unknown> = async () => {}): Served => ({
  url,
  [Symbol.asyncDispose]: async () => void (await stop()),
})

const codecArgs = (codec: Codec): readonly string[] => (codec === 'hevc' ? [...HEVC, '-c:a', 'copy'] : ['-c', 'copy'])

const INPUTS: readonly (readonly [
  name: string,
  codec: Codec,
  container: string,
  serve: (file: string) => Promise<Served>,
  Likeness,
])[] = [
  ['file: MP4', 'h264', 'mp4', async file => served(pathToFileURL(file).href), {}],
  ['file: FLV', 'h264', 'flv', async file => served(pathToFileURL(file).href), {}],
  ['file: MPEG-TS', 'h264', 'ts', async file => served(pathToFileURL(file).href), {}],
  ['file: MPEG-TS', 'hevc', 'ts', async file => served(pathToFileURL(file).href), {}],
  ['file: Matroska', 'h264', 'mkv', async file => served(pathToFileURL(file).href), { decoding: false }],
  ['rtsp:', 'h264', 'mp4', camera(false), { decoding: false }],
  ['rtsp:', 'hevc', 'mp4', camera(true), { decoding: false }],
  ['srt:', 'h264', 'ts', caller, {}],
  ['srt:', 'hevc', 'ts', caller, {}],
]

function camera(hevc: boolean) {
  return async (file: string): Promise<Served> => {
    const child = await startCamera({ launch: fileMedia(file, { hevc }) })
    return served(child.url(), () => child.stop())
  }
}

async function caller(file: string): Promise<Served> {
  const port = await freePort()
  const child = sendSrt(`srt://127.0.0.1:${port}?mode=listener`, file, { loop: true })
  await until(() => bindsUdp(port), { what: () => child.errors() })
  return served(`srt://127.0.0.1:${port}?latency=2000`, () => child.stop())
}

for (const [name, codec, container, serve, likeness] of INPUTS) {
  test(`${name}, ${codec}: the viewer's packets are those of the source`, async () => {
    const file = await remade(await smallFile('in.mp4', { duration: 12 }), `in.${container}`, codecArgs(codec))
    // In a transport stream a header stands before each packet of AAC, which other containers have not.
    const original = await packetsOf(await remade(file, 'original.mp4'), WITHOUT_SETS[codec])
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using source = await serve(file)
    // This ffmpeg does not read HEVC over RTMP: it reads the recording.
    const folder = tempDir()
    await using relay = new Relay(source.url, [server.url(), record(folder)], OPTIONS)
    let segment = ''
    relay.recording$.subscribe(({ path }) => void (segment = path))
    await relay.start()
    const connection = await server.connection(0, it => it.tags.length > 280)
    await relay.stop()
    const copies = codec === 'h264' ? [received(connection).file, segment] : [segment]
    for (const copy of copies) {
      const packets = await packetsOf(copy, WITHOUT_SETS[codec])
      const { video, audio } = assertCopy(original, packets, { tolerance: 1, ...likeness })
      assert.ok(video > 50 && audio > 80, `${video} pictures, ${audio} packets of sound`)
    }
    assert.is(relay.stats().droppedNetwork, 0)
  })
}

async function lips(file: string): Promise<{ offset: number; count: number; madeOf: string | null | undefined }> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(pathToFileURL(file).href, server.url(), OPTIONS)
  await relay.start()
  await until(() => relay.inputs[0]!.state.phase === 'failed', { timeout: 40_000, what: 'the end of the file' })
  await relay.stop()
  const found = await pairs((await server.connection(0, ({ open }) => !open)).tags)
  return { offset: worstOffset(found), count: found.length, madeOf: relay.info?.audio?.madeOf }
}

for (const [name, madeOf, args] of [
  ['in.flv', null, ['-c', 'copy']],
  ['in.ts', 'mp3', ['-c:v', 'copy', '-c:a', 'mp2']],
  ['in.ts', 'ac3', ['-c:v', 'copy', '-c:a', 'ac3']],
  ['in.mkv', 'opus', ['-c:v', 'copy', '-c:a', 'libopus', '-ar', '48000']],
  ['in.mov', 'pcm_alaw', ['-c:v', 'copy', '-c:a', 'pcm_alaw', '-ar', '8000', '-ac', '1']],
] as const) {
  test(`${name}: sound in ${madeOf ?? 'AAC'} is heard with its picture`, async () => {
    await calmly(async () => {
      const file = await remade(await flashFile({ seconds: 8, size: '320x180' }), name, args)
      const found = await lips(file)
      assert.is(found.madeOf, madeOf)
      assert.ok(found.count >= 5, `${found.count} flashes`)
      assert.ok(found.offset <= 40, `${found.offset} ms apart`)
    })
  })
}

test.run()
