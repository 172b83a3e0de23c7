// suite: deep
// A foreign judge of what we send: mpegts.js, a player of FLV and Enhanced FLV for browsers. In Node.js it makes fMP4
// files of our bytes, which ffmpeg decodes; where there is Chromium, it plays them there.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { gst, RTMPOutput, type VideoCodec } from '../../../src/index'
import { exec } from '../../support/child'
import { maxDifference } from '../../support/media/picture'
import { readClock } from '../../support/media/picture-clock'
import { decodeAudio, decodeFrames, probe, type DecodedFrame } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { readAv1, temporalUnits } from '../lib/av1'
import { decoded, encoded, encodedAv1, fileOf, HEVC, type Encoded } from '../lib/encoded'
import { pattern } from '../lib/pattern'
import { all, over, running } from '../lib/running'
import { audioTags, streamHeader } from '../../rtmp/elements/enhanced'
import { received, tagsOf } from '../lib/sent'
import { chromium, COLUMNS, ROWS, serveFlv, watch, type Watched } from './chromium'
import type { Found } from './mpegts-program'

const test = suite('our bytes in a player of browsers', { timeout: 90_000 })

/** The configuration record of AV1 as ffmpeg writes it; GStreamer 1.22 puts none into the caps. */
async function av1Record(mkv: string): Promise<Buffer> {
  const mp4 = tempFile('made.mp4')
  await exec('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', '-i', mkv, '-c', 'copy', mp4])
  const bytes = readFileSync(mp4)
  const at = bytes.indexOf('av1C')
  return bytes.subarray(at + 4, at - 4 + bytes.readUInt32BE(at - 4))
}

type FourCc = 'hvc1' | 'av01'

const cached = new Map<FourCc, Promise<Encoded>>()

/** Pictures that move, as Enhanced RTMP has them. */
function make(fourCc: FourCc): Promise<Encoded> {
  const made = cached.get(fourCc) ?? makeNew(fourCc)
  cached.set(fourCc, made)
  return made
}

async function makeNew(fourCc: FourCc): Promise<Encoded> {
  if (fourCc === 'hvc1') return encoded(HEVC)
  // mpegts.js cannot read the numbers of frames in what GStreamer's encoder writes.
  const made = await encodedAv1(25, 'testsrc2', 'yuv420p')
  const [first, ...rest] = made.tags
  const head = first!.data.subarray(0, 5)
  return { ...made, tags: [{ ...first!, data: Buffer.concat([head, await av1Record(made.mkv)]) }, ...rest] }
}

/** What a server gets of tags that go through rxrtmpsink. */
async function published(tags: readonly FlvTag[]): Promise<string> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const graph = gst`filesrc location=${fileOf(tags)} ! video/x-flv ! rxrtmpsink location=${server.url()} sync=false`
  await running(graph, async p => {
    await p.start()
    await over(p)
  })
  return received(await server.connection(0, ({ open }) => !open)).file
}

const [width, height, fps] = [320, 180, 25]

const outputs = new Map<VideoCodec, Promise<Written>>()
function written(vcodec: VideoCodec = 'libx264'): Promise<Written> {
  const made = outputs.get(vcodec) ?? write(vcodec)
  outputs.set(vcodec, made)
  return made
}

interface Written {
  /** As the server got it. */
  readonly file: string
  /** Its pictures, decoded by FFmpeg. */
  readonly frames: readonly DecodedFrame[]
}

/** What a server gets of an output: numbered pictures with sound. */
async function write(vcodec: VideoCodec): Promise<Written> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), {
    width,
    height,
    fps,
    vcodec,
    bitrate: '800k',
    keyframeInterval: 1,
    ...(vcodec === 'libx264' ? {} : { stampLatency: true, rateControl: 'cbr' }),
    connectTimeout: 20_000,
  })
  await output.start()
  for (let i = 0; i < 50; i++)
    await output.writeFrameWithAudio(pattern(width, height, i), new Float32Array((44_100 / fps) * 2))
  await output.stop()
  const connection = await server.connection(0, ({ open }) => !open)
  await until(() => tagsOf(connection).video.length >= 50)
  const { file } = received(connection)
  if (vcodec === 'libx264') return { file, frames: await decodeFrames(file, 'rgb24') }
  // FFmpeg up to 6.0 knows no AV1 in FLV. Units of AV1 have no times.
  const av1 = readAv1(connection.tags)
  const frames = await decodeFrames(temporalUnits(av1), 'rgb24')
  return { file, frames: frames.map((frame, i) => ({ ...frame, pts: av1.pictures[i]!.timestamp / 1000 })) }
}

async function readByMpegts(file: string): Promise<Found> {
  await using server = await serveFlv(response => void response.end(readFileSync(file)))
  const program = path.resolve(__dirname, 'mpegts-program.js')
  const { stdout } = await exec(process.execPath, [program, `${server.url}/stream.flv`, tempDir()])
  // mpegts.js prints what it finds in AV1.
  return JSON.parse(stdout.toString().trim().split('\n').at(-1)!) as Found
}

const ENHANCED: [FourCc, mime: RegExp][] = [
  ['hvc1', /^video\/mp4;codecs=hvc1\./],
  ['av01', /^video\/mp4;codecs=av01\.0\./],
]

for (const [fourCc, mime] of ENHANCED) {
  test(`${fourCc}: its demuxer reads every picture, at its time`, async () => {
    const made = await make(fourCc)
    const expected = await decoded(made)
    const { errors, tracks } = await readByMpegts(await published(made.tags))
    assert.equal(errors, [])
    const [track] = tracks
    assert.match(track!.mime, mime)
    const frames = await decodeFrames(track!.file, 'yuv420p')
    assert.equal([frames.length, frames[0]?.width, frames[0]?.height], [expected.length, 160, 90])
    frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
    assertTimes(frames, expected)
  })
}

function assertTimes(frames: readonly DecodedFrame[], expected: readonly DecodedFrame[]): void {
  frames.forEach(({ pts }, i) => {
    const [since, wanted] = [pts - frames[0]!.pts, expected[i]!.pts - expected[0]!.pts]
    assert.ok(Math.abs(since - wanted) < 0.0025, `picture ${i} at ${since}, not ${wanted}`)
  })
}

test('H.264 and AAC of an output: its demuxer reads every picture in order, and all of the sound', async () => {
  const { file, frames } = await written()
  const { info, errors, tracks } = await readByMpegts(file)
  assert.equal(errors, [])
  assert.match(`${info['videoCodec']} ${info['audioCodec']}`, /^avc1\.\w+ mp4a\.40\.2$/)
  assert.equal([info['width'], info['height'], info['fps']], [width, height, fps])
  assert.equal([info['audioSampleRate'], info['audioChannelCount']], [44_100, 2])
  const video = tracks.find(({ mime }) => mime.startsWith('video'))!
  const numbers = (await decodeFrames(video.file, 'rgb24')).map(({ data }) => readClock(data, width, height)!)
  const expected = frames.map(({ data }) => readClock(data, width, height)!)
  assert.equal(numbers, expected)
  assert.ok(numbers.length >= 50, `${numbers.length} pictures`)
  const audio = tracks.find(({ mime }) => mime.startsWith('audio'))!
  const packets = (await probe(audio.file, { seconds: 100 })).packets.length
  const sent = (await probe(file, { seconds: 100 })).packets.filter(({ codec_type }) => codec_type === 'audio').length
  assert.ok(Math.abs(packets - sent) <= 1, `${packets} of ${sent} packets of sound`)
})

test('AV1 of an output: its demuxer reads every picture in order', async () => {
  const { file, frames } = await written('libaom-av1')
  const { errors, tracks } = await readByMpegts(file)
  assert.equal(errors, [])
  const video = tracks.find(({ mime }) => mime.startsWith('video'))!
  assert.match(video.mime, /^video\/mp4;codecs=av01\.0\.0\dM\.08$/)
  const found = await decodeFrames(video.file, 'rgb24')
  // It keeps the last one until another follows.
  assert.ok(found.length >= frames.length - 1, `${found.length} of ${frames.length} pictures`)
  found.forEach(({ data }, i) => assert.is(maxDifference(data, frames[i]!.data), 0, `picture ${i}`))
})

// Of the others by FourCC it reads FLAC, behind a header that is not the specification's.
test('Opus: its demuxer reads all of the sound', async () => {
  const graph = gst`audiotestsrc num-buffers=50 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 !
    audioconvert ! opusenc ! appsink name=out`
  const found = await running(graph, async p => {
    const packets = all(p.packets$('out'))
    await p.start()
    await over(p)
    return packets
  })
  const packets = found.filter(({ header }) => !header)
  const tags = audioTags('Opus', streamHeader(packets.at(-1)!.caps), packets)
  const { errors, tracks } = await readByMpegts(await published(tags))
  assert.equal(errors, [])
  assert.match(tracks[0]!.mime, /^audio\/mp4;codecs=opus$/i)
  const samples = await decodeAudio(tracks[0]!.file, 48_000, 2)
  assert.ok(Math.abs(samples.length / 2 - 48_000) < 2000, `${samples.length / 2} samples`)
})

/** The largest distance of a block's mean from that of the picture that should be there. */
function distance(picture: Watched['pictures'][number], frames: readonly DecodedFrame[]): number {
  const frame = frames.reduce((best, one) =>
    Math.abs(one.pts - picture.at) < Math.abs(best.pts - picture.at) ? one : best,
  )
  const [sums, counts] = [new Float64Array(COLUMNS * ROWS), new Float64Array(COLUMNS * ROWS)]
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++) {
      const block = Math.floor((y * ROWS) / frame.height) * COLUMNS + Math.floor((x * COLUMNS) / frame.width)
      const at = (y * frame.width + x) * 3
      sums[block]! += (frame.data[at]! + frame.data[at + 1]! + frame.data[at + 2]!) / 3
      counts[block]!++
    }
  return Math.max(...picture.blocks.map((mean, i) => Math.abs(mean - sums[i]! / counts[i]!)))
}

/** Shows that Chromium shows the pictures of a file, each at its time. */
async function assertShown(
  file: string,
  expected: readonly DecodedFrame[],
  size: readonly [number, number],
): Promise<Watched> {
  const seen = await watch(response => void response.end(readFileSync(file)))
  assert.equal([seen.errors, seen.width, seen.height], [[], ...size])
  assert.ok(seen.pictures.length >= 10, `${seen.pictures.length} pictures`)
  const worst = seen.pictures.map(picture => distance(picture, expected))
  // A browser may take another matrix of colours where none is told; another picture is further off.
  assert.ok(Math.max(...worst) < 30, worst.join())
  return seen
}

const judged = chromium ? test : test.skip
judged('Chromium plays H.264 of an output', async () => {
  const { file, frames } = await written()
  await assertShown(file, frames, [width, height])
})

judged('Chromium plays AV1 of an output, with stamps and padding in it', async () => {
  const { file, frames } = await written('libaom-av1')
  const { supported } = await assertShown(file, frames, [width, height])
  assert.ok(supported.av01)
})

judged('Chromium plays AV1', async () => {
  const made = await make('av01')
  const { supported } = await assertShown(await published(made.tags), await decodeFrames(made.mkv, 'rgb24'), [160, 90])
  assert.ok(supported.av01)
})

judged('in Chromium, too, the demuxer reads HEVC, which Chromium may not decode', async () => {
  const made = await make('hvc1')
  const file = await published(made.tags)
  const { info, supported, errors } = await watch(response => void response.end(readFileSync(file)))
  assert.match(String(info['videoCodec']), /^hvc1\./)
  assert.equal([info['width'], info['height']], [160, 90])
  if (!supported.hvc1) assert.match(errors.join(), /addSourceBuffer|NotSupported/)
})

test.run()
