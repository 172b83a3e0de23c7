// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Relay, StreamMonitor, type RelayOptions } from '../../../src/index'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, tagInfo, type FlvTag, type ReceivedTag } from '../../support/peers/rtmp-server'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { AV1, encoded, fileOf, HEVC } from '../lib/encoded'
import { annexB, readHevc } from '../lib/hevc'

const test = suite('relay: slates of all kinds', { timeout: 120_000 })

const OPTIONS = { connectTimeout: 20_000, reconnect: { initialDelay: 100, maxDelay: 300 } } as const

interface Lost {
  /** What the target got before the loss, while nothing came, and from the return on. */
  readonly before: readonly ReceivedTag[]
  readonly filled: readonly ReceivedTag[]
  readonly after: readonly ReceivedTag[]
  readonly log: readonly string[]
}

const isVideo = ({ type }: FlvTag): boolean => type === 'video'
const isHeader = (tag: FlvTag): boolean => tag.type !== 'script' && tagInfo(tag).header
const keyframe = (tags: readonly FlvTag[]): FlvTag | undefined => tags.findLast(tag => tagInfo(tag).keyframe)

/** A relay whose input is lost for so many pictures of the fill. */
async function lost(file: string, options: RelayOptions, pictures = 6): Promise<Lost> {
  const serve = { kind: 'serve-file', file, loop: true } as const
  await using input = await startRtmpServer(serve)
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  const log: string[] = []
  const add = (text: string): void => void log.push(text)
  const logger = { debug: add, info: add, warn: add, error: add }
  await using relay = new Relay(input.url(), output.url(), { ...OPTIONS, logger, ...options })
  await relay.start()
  const { tags } = await output.connection(0, it => it.tags.filter(isVideo).length > 40)
  // A busy machine may have made the input silent for a moment before.
  const { repeated } = relay.stats()
  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await until(() => relay.stats().filling !== null, { what: 'the fill' })
  // The last of the input came with the news, or before.
  const from = tags.length
  await until(() => relay.stats().repeated >= repeated + pictures, { what: 'pictures of the fill' })
  const to = tags.length
  input.behave(serve)
  input.cut('fin')
  await until(() => relay.stats().filling === null, { what: 'the return' })
  const back = tags.length
  await until(() => tags.slice(back).filter(isVideo).length > 30, { what: 'pictures of the input' })
  await relay.stop()
  assert.is(output.connections.length, 1)
  return { before: tags.slice(0, from), filled: tags.slice(from, to), after: tags.slice(to), log }
}

test('HEVC: a slate in HEVC of the input’s size, and its record before it', async () => {
  const { tags } = await encoded(HEVC, { pictures: 60 })
  const { before, filled, after } = await lost(fileOf(tags), { fill: 'slate' })
  const all = [...before, ...filled, ...after].filter(isVideo)
  // A busy machine makes the input silent for a moment, so that the slate comes more than once.
  const headers = all.filter(isHeader)
  const records = headers.map(({ data }) => headers.findIndex(header => header.data.equals(data)))
  const byTurns = records.map((_, i) => i % 2)
  assert.equal(records, byTurns, 'the input’s record and the slate’s, by turns')
  assert.ok(records.length >= 3 && records.at(-1) === 0, `records ${records.join()}`)
  const from = (header: number): number => all.indexOf(headers[header]!)
  const runs = records.flatMap((record, i) => (record === 1 ? [all.slice(from(i), from(i + 1))] : []))
  const shown = runs.reduce((longest, run) => (run.length > longest.length ? run : longest))
  const file = annexB(readHevc(shown))
  const pictures = await decodeFrames(file, 'gray')
  assert.ok(pictures.length >= 6, `${pictures.length} pictures`)
  for (const { data } of pictures) {
    assert.is(data.length, 160 * 90)
    assert.ok(Math.max(...data) < 24, 'black')
  }
})

test('AV1: its keyframe is repeated, as the log says', async () => {
  const { tags } = await encoded(AV1, { pictures: 60 })
  const { filled, log } = await lost(fileOf(tags), { fill: 'slate' })
  const pictures = filled.filter(tag => isVideo(tag) && !isHeader(tag))
  const key = keyframe(pictures)!
  assert.ok(pictures.slice(-4).every(({ data }) => data.equals(key.data)))
  assert.ok(tags.some(({ data }) => data.equals(key.data)))
  assert.ok(
    log.some(line => /no slate is made in the codec/.test(line)),
    log.join('\n'),
  )
})

/** Profile and level of each sequence parameter set of an avcC. */
function shapesOf({ data }: FlvTag): number[][] {
  const record = data.subarray(5)
  const shapes: number[][] = []
  let at = 6
  for (let sets = record[5]! & 31; sets > 0; sets--) {
    shapes.push([record[at + 3]!, record[at + 5]!])
    at += 2 + record.readUInt16BE(at)
  }
  return shapes
}

for (const [profile, bframes, idc] of [
  ['baseline', 0, 66],
  ['main', 2, 77],
  ['high', 2, 100],
] as const) {
  test(`H.264 ${profile}: the slate is of its profile and level, and decodes between its pictures`, async () => {
    const source = {
      size: '320x180',
      profile,
      bframes,
      gop: 20,
      duration: 4,
      x264: `level=31${profile === 'high' ? ':8x8dct=1' : ''}`,
    }
    const file = await makeFile(tempFile('in.flv'), source)
    const { before, filled, after } = await lost(file, { fill: 'slate' })
    const all = [...before, ...filled, ...after]
    const [first, slate] = all.filter(tag => isVideo(tag) && isHeader(tag))
    assert.equal(shapesOf(first!), [[idc, 31]])
    // Those of the input stay known to who joins now.
    assert.equal(shapesOf(slate!), [
      [idc, 31],
      [idc, 31],
    ])
    const times = all.filter(tag => isVideo(tag) && !isHeader(tag) && !tagInfo(tag).end).map(tag => tagInfo(tag).dts)
    times.forEach((time, i) => assert.ok(i === 0 || time >= times[i - 1]!, `${time} ms behind ${times[i - 1]} ms`))
    const own = ['-fps_mode', 'passthrough', '-enc_time_base', '1:1000']
    const { stderr } = await exec('ffmpeg', ['-v', 'error', '-i', fileOf(all), ...own, '-f', 'null', '-'])
    assert.is(stderr.toString(), '')
  })
}

test('pixels that are not square: a square on the slate is one on the screen', async () => {
  const source = { size: '320x180', gop: 20, duration: 4, x264: 'sar=4/3' }
  const file = await makeFile(tempFile('in.flv'), source)
  const white = { data: Buffer.alloc(50 * 50 * 4, 255), width: 50, height: 50 }
  const { before, filled } = await lost(file, { fill: 'slate', slate: white })
  const { data } = (await decodeFrames(fileOf([...before, ...filled]), 'gray')).at(-1)!
  const row = [...data.subarray(90 * 320, 91 * 320)].filter(value => value > 200).length
  const column = Array.from({ length: 180 }, (_, y) => data[y * 320 + 160]!).filter(value => value > 200).length
  assert.equal(column, 180)
  assert.ok(Math.abs(row - 135) <= 2, `${row} columns, each 4/3 wide`)
})

test('sound in a codec without known silence has a hole, as the log says', async () => {
  const audio = { codec: 'libmp3lame', rate: 44100 }
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', gop: 20, duration: 4, audio })
  const { filled, log } = await lost(file, { fill: 'repeat' })
  assert.is(filled.slice(-3).filter(({ type }) => type === 'audio').length, 0)
  assert.ok(
    log.some(line => /no silence in the codec/.test(line)),
    log.join('\n'),
  )
})

test('the last keyframe again, as it came', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', bframes: 2, gop: 20, duration: 4 })
  const { before, filled } = await lost(file, { fill: 'repeat' })
  const keys = (tags: readonly FlvTag[]): FlvTag[] =>
    tags.filter(tag => isVideo(tag) && !isHeader(tag) && tagInfo(tag).keyframe)
  const source = keys(parseFlv(readFileSync(file)))
  // The last one of the input may come behind the news of its loss: no older one comes again.
  const places = keys([...before, ...filled]).map(({ data }) => source.findIndex(one => one.data.equals(data)))
  places.forEach((place, i) => {
    const step = (place - (places[i - 1] ?? place) + source.length) % source.length
    assert.ok(place >= 0 && step <= 1, places.join())
  })
  const pictures = filled.filter(tag => isVideo(tag) && !isHeader(tag)).slice(-4)
  assert.ok(pictures.every(({ data }) => data.equals(pictures[0]!.data)))
  assert.is(new Set(places.slice(-4)).size, 1, places.join())
})

test('before any input: the slate with silence, in the size that the program says', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 20, duration: 4 })
  await using input = await startRtmpServer({ kind: 'reject-play' })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), {
    ...OPTIONS,
    reconnect: { ...OPTIONS.reconnect, first: true },
    fill: 'slate',
    slate: { width: 640, height: 360 },
  })
  await relay.start()
  assert.equal([relay.onAir, relay.info, relay.inputs[0]!.onAir], [true, null, false])
  const { tags } = await output.connection(0, it => it.tags.filter(isVideo).length > 6)
  const alone = tags.slice()
  assert.is(alone.filter(isHeader).length, 2)
  const pictures = await decodeFrames(fileOf(alone), 'gray')
  assert.is(pictures[0]!.data.length, 640 * 360)
  assert.ok(alone.filter(({ type }) => type === 'audio').length > 40)
  input.behave({ kind: 'serve-file', file, loop: true })
  await until(() => relay.inputs[0]!.onAir, { what: 'the input' })
  const count = tags.length
  await until(() => tags.length > count + 60)
  await relay.stop()
  // A pause of the input, on a busy machine, is a fill, too.
  const { fills, filling } = relay.stats()
  assert.ok(fills >= 1 && filling === null, `${fills} fills, ${filling}`)
})

test('a target that comes during a fill begins with the slate, at 0; the relay stops during one', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 25, duration: 4 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using late = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), { ...OPTIONS, fill: 'slate' })
  await relay.start()
  await output.connection(0, it => it.tags.filter(isVideo).length > 40)
  const before = relay.stats().repeated
  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await until(() => relay.stats().repeated > before + 2, { what: 'the fill' })
  relay.addTarget(late.url())
  const { tags } = await late.connection(0, it => it.tags.filter(isVideo).length > 6)
  const pictures = tags.filter(tag => isVideo(tag) && !isHeader(tag))
  assert.ok(isHeader(tags.find(isVideo)!), 'its configuration first')
  assert.equal([tagInfo(pictures[0]!).keyframe, pictures[0]!.timestamp], [true, 0])
  assert.ok(tags.some(({ type }) => type === 'audio'))
  await relay.stop()
  const { filling, fills, repeated } = relay.stats()
  assert.ok(fills >= 1 && filling === null, `${fills} fills, ${filling}`)
  assert.ok(repeated > 6, `${repeated} pictures`)
})

test('a monitor sees the pictures of the fill, and that the input gives none', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 25, duration: 4 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), { ...OPTIONS, fill: 'repeat' })
  using monitor = new StreamMonitor(undefined, { interval: 200 })
  const name = monitor.attachStream(relay)
  await relay.start()
  const fps = (): number => monitor.getMetric('fps', name) ?? 0
  await until(() => fps() > 20, { what: () => `${fps()} fps` })
  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await until(() => relay.stats().filling !== null)
  await until(() => fps() > 1 && fps() < 6 && (monitor.getMetric('noData', name) ?? 0) > 3, {
    what: () => JSON.stringify(monitor.getSample(name)),
  })
  assert.ok(relay.onAir && relay.state.phase === 'reconnecting')
})

test.run()
