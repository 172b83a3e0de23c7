// suite: deep
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { start, type Child } from '../child'
import { makeFile, probe, publish, publishFile } from './ffmpeg'
import {
  beforeWrap,
  inTurn,
  parseFlv,
  startRtmpServer,
  tagInfo,
  timestamps,
  times,
  writeFlv,
  type Flood,
  type FlvTag,
} from './rtmp-server'
import { suite } from '../suite'
import { tempFile } from '../temp'
import { sleep, until } from '../until'

const test = suite('rtmp server', { timeout: 60_000 })

let file = ''
let tags: FlvTag[] = []

test.before(async () => {
  file = await makeFile(tempFile('source.flv'), { size: '320x180', bframes: 2, duration: 4 })
  tags = parseFlv(readFileSync(file))
})

const only = (list: readonly FlvTag[], type: FlvTag['type']) => list.filter(tag => tag.type === type)
const media = (list: readonly FlvTag[], type: FlvTag['type']) => only(list, type).map(tag => tag.data)
const launch = (description: string): Child => start('gst-launch-1.0', ['-q', ...description.split(' ')])

/** What a client wrote is, tag by tag, what was sent; at most `missing` of the last ones are still on their way. */
function assertSame(written: readonly FlvTag[], missing: number): void {
  for (const type of ['audio', 'video'] as const) {
    const got = media(written, type)
    const expected = media(tags, type)
    assert.ok(got.length >= expected.length - missing, `${got.length} of ${expected.length} ${type} tags`)
    assert.ok(got.length <= expected.length, `${got.length} of ${expected.length} ${type} tags`)
    got.forEach((data, i) => assert.ok(data.equals(expected[i]!), `${type} tag ${i} differs`))
  }
}

function assertAscending(times: readonly number[]): void {
  times.slice(1).forEach((time, i) => assert.ok(time >= times[i]!, `${times[i]} then ${time}`))
}

test('an FLV file reads and writes back to the same bytes', () => {
  assert.ok(tags.length > 200)
  assert.equal(parseFlv(writeFlv(tags)), tags)
  const infos = tags.map(tagInfo)
  assert.is(infos[0]!.codec, 'metadata')
  assert.is((infos[0]!.metadata as { width: number }).width, 320)
  assert.is(infos.filter(info => info.header).length, 2)
  assert.is(infos.filter(info => info.keyframe).length, 4)
  // B-frames are shown later than they are sent.
  assert.ok(infos.some(info => info.pts > info.dts))
})

test('serves a file to ffprobe, in real time and to the end', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file })
  const { video, audio, packets } = await probe(server.url(), { seconds: 10 })
  assert.is(video?.codec_name, 'h264')
  assert.is(video?.width, 320)
  assert.is(audio?.codec_name, 'aac')
  assert.is(packets.filter(packet => packet.codec_type === 'video').length, 120)
  assert.is(server.connections[0]!.app, 'live')
  assert.is(server.connections[0]!.stream, 'test')
  assert.is(server.connections[0]!.role, 'player')
})

test('serves as fast as ffprobe reads, in a loop', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true })
  const { packets } = await probe(server.url(), { seconds: 20 })
  const times = packets.filter(packet => packet.codec_type === 'video').map(packet => Number(packet.dts_time))
  assert.ok(times.at(-1)! >= 19, String(times.at(-1)))
  assertAscending(times)
})

for (const source of ['rtmp2src', 'rtmpsrc']) {
  test(`serves to ${source}, bit for bit`, async () => {
    // What librtmp does at the end is its own matter: it may come again.
    await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', then: 'silence' })
    const out = tempFile('out.flv')
    await using client = launch(`${source} location=${server.url()} ! filesink buffer-mode=unbuffered location=${out}`)
    // librtmp's source writes full blocks only, so the last tags wait in it.
    const what = () => `${tags.length} tags, of ${tagsIn(out).length}\n${client.output()}`
    await until(() => tagsIn(out).length >= tags.length - 20, { what })
    assertSame(tagsIn(out), 20)
  })
}

test('rtmp2src takes the end of a stream as EOS', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', until: 1000 })
  await using client = launch(`rtmp2src location=${server.url()} ! fakesink`)
  assert.equal(await client.exited, { code: 0, signal: null }, client.output())
})

test('edits tags on their way', async () => {
  const silent = (tag: FlvTag) => (tag.type === 'audio' ? [] : [{ ...tag, timestamp: tag.timestamp + 5000 }])
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', edit: silent })
  const { packets } = await probe(server.url(), { seconds: 10 })
  assert.is(
    packets.some(packet => packet.codec_type === 'audio'),
    false,
  )
  const video = packets.filter(packet => packet.codec_type === 'video')
  assert.is(video.length, 120)
  assert.ok(Number(video[0]!.dts_time) >= 5)
})

test('timestamps beyond 24 bits', async () => {
  const late = (tag: FlvTag) => [{ ...tag, timestamp: tag.timestamp + 0xfffc00 }]
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', edit: late, then: 'silence' })
  const out = tempFile('late.flv')
  await using client = launch(`rtmp2src location=${server.url()} ! filesink buffer-mode=unbuffered location=${out}`)
  await until(() => tagsIn(out).length >= tags.length - 1, { what: () => client.output() })
  const times = (list: FlvTag[], shift: number) => only(list, 'video').map(tag => tag.timestamp + shift)
  // The stream passes 0xffffff within its first second.
  assert.equal(times(tagsIn(out), 0).slice(0, 120), times(tags, 0xfffc00).slice(0, 120))
})

test('a client that does not read holds the server back', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true })
  await using client = launch(`rtmp2src location=${server.url()} ! fakesink`)
  await server.connection(0, ({ sent }) => sent > 1000)
  client.kill('SIGSTOP')
  // Full buffers: nothing more is sent. It would be hundreds of messages otherwise.
  const connection = server.connections[0]!
  await until(() => unchanged(() => connection.sent, 500))
  const { sent } = connection
  client.kill('SIGCONT')
  await server.connection(0, connection => connection.sent > sent + 1000)
})

test('takes what ffmpeg publishes, bit for bit', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const publisher = await publishFile(server.url('key'), file)
  assert.is((await publisher.exited).code, 0, publisher.output())
  const connection = await server.connection(0, ({ open }) => !open)
  assertSame(
    connection.tags.filter(tag => !tagInfo(tag).end),
    1,
  )
  assert.is(connection.stream, 'key')
  assert.is(connection.role, 'publisher')
  assert.is(connection.goodbye, true)
  assert.is(tagInfo(connection.tags[0]!).codec, 'metadata')
  assertAscending(connection.tags.map(tag => tag.arrival))

  const copy = tempFile('copy.flv')
  writeFileSync(copy, writeFlv(connection.tags))
  assert.is((await probe(copy)).video?.width, 320)
})

for (const sink of ['rtmp2sink', 'rtmpsink']) {
  test(`takes what ${sink} publishes`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const picture = 'video/x-raw,format=I420,width=320,height=180,framerate=30/1'
    const video = `videotestsrc is-live=true ! ${picture} ! x264enc tune=zerolatency key-int-max=15 ! m.video`
    const audio = 'audiotestsrc is-live=true ! avenc_aac ! m.audio'
    await using client = launch(`flvmux name=m streamable=true ! ${sink} location=${server.url()} ${video} ${audio}`)
    const { tags: got } = await server.connection(0, one => one.tags.length >= 150, { what: () => client.output() })
    const infos = got.map(tagInfo)
    for (const codec of ['h264', 'aac'] as const) {
      const own = infos.filter(info => info.codec === codec)
      assert.is(own[0]!.header, true, `${codec} begins with its header`)
      assert.ok(own.length > 30, `${own.length} of ${codec}`)
      assertAscending(own.map(info => info.dts))
    }
    assert.ok(infos.filter(info => info.keyframe).length >= 3)
  })
}

test('rejects a publisher', async () => {
  await using server = await startRtmpServer({ kind: 'reject-publish', code: 'NetStream.Publish.BadName' })
  const failure = await publish(server.url()).then(() => '', String)
  assert.match(failure, 'NetStream.Publish.BadName')
})

test('rejects a player, and a connection', async () => {
  await using server = await startRtmpServer({ kind: 'reject-play' })
  assert.match(await probe(server.url()).then(() => '', String), 'StreamNotFound')
  server.behave({ kind: 'reject-connect', description: 'No room here' })
  assert.match(await probe(server.url()).then(() => '', String), 'No room here')
})

for (const then of ['fin', 'rst'] as const) {
  test(`cuts a publisher by ${then} after some bytes`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish', after: 20_000, then })
    // It may be gone before publishFile() has seen it flow.
    const failure = await publishFile(server.url(), file, { loop: true }).then(({ exited }) => exited, String)
    assert.is.not((failure as { code?: number }).code, 0)
    const connection = await server.connection(0, ({ open }) => !open)
    assert.is(connection.ended, then)
    assert.ok(connection.tags.length > 0)
  })
}

test('a publisher that is not read any more stays connected', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish', after: 20_000, then: 'freeze' })
  await using publisher = await publish(server.url(), { pattern: 'noise', bitrate: '8M', size: '1280x720' })
  const connection = await server.connection(0, ({ ended }) => ended === 'freeze')
  const { bytesIn } = connection
  // Its buffers fill until it can send no more, while both sides hold the connection.
  await until(() => unchanged(() => publisher.sent(), 1000))
  assert.is(publisher.running, true)
  assert.is(connection.bytesIn, bytesIn)
})

for (const kind of ['accept-silent', 'half-handshake', 'handshake-silent', 'play-then-nothing'] as const) {
  test(`${kind}: the client is held, without media`, async () => {
    await using server = await startRtmpServer({ kind })
    const out = tempFile('nothing.flv')
    await using client = launch(`rtmp2src timeout=0 location=${server.url()} ! filesink location=${out}`)
    // 1537 bytes are C0 and C1; a finished handshake has 1536 more, and what comes then.
    const least = kind === 'accept-silent' || kind === 'half-handshake' ? 1537 : 3074
    const plays = kind === 'play-then-nothing'
    const connection = await server.connection(0, one => one.bytesIn >= least && (!plays || one.role === 'player'))
    assert.is(connection.open && client.running, true)
    assert.is(connection.role, plays ? 'player' : null)
    assert.is(sizeOf(out), 0)
  })
}

for (const after of ['connect', 'handshake'] as const) {
  test(`garbage after ${after}: no media comes of it`, async () => {
    await using server = await startRtmpServer({ kind: 'garbage', after })
    const failure = await probe(server.url(), { timeout: 5000 }).then(() => '', String)
    assert.match(failure, 'ffprobe')
  })
}

for (const what of ['random', 'avc-header'] as const) {
  test(`media of garbage (${what}) flows`, async () => {
    await using server = await startRtmpServer({ kind: 'play-garbage-media', what })
    const out = tempFile('garbage.flv')
    await using client = launch(`rtmp2src location=${server.url()} ! filesink buffer-mode=unbuffered location=${out}`)
    await until(() => sizeOf(out) > 20_000, { what: () => client.output() })
    assert.ok(parseFlv(readFileSync(out)).some(tag => tag.type === 'video'))
  })
}

test('each connection can meet another behaviour', async () => {
  await using server = await startRtmpServer(index => (index ? { kind: 'serve-file', file } : { kind: 'reject-play' }))
  assert.match(await probe(server.url()).then(() => '', String), 'StreamNotFound')
  assert.is((await probe(server.url())).video?.width, 320)
  assert.equal(
    server.connections.map(connection => connection.role),
    ['player', 'player'],
  )
})

test('a cut from outside, and a port that is closed', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using client = launch(`rtmp2src location=${server.url()} ! fakesink`)
  await server.connection(0, ({ sent }) => sent > 10)
  server.cut('rst')
  await client.exited
  await server.stop()
  assert.match(await probe(server.url()).then(() => '', String), 'refused')
})

test('a player that leaves a file at full speed: the server goes on', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true })
  await using client = launch(`rtmp2src location=${server.url()} ! fakesink`)
  await server.connection(0, ({ sent }) => sent > 1000)
  client.kill('SIGKILL')
  const { sent } = await server.connection(0, ({ open }) => !open)
  await sleep(100)
  assert.is(server.connections[0]!.sent, sent)
})

test('a file of which nothing is left ends, in a loop too', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', loop: true, edit: () => [] })
  await using client = launch(`rtmp2src location=${server.url()} ! fakesink`)
  await server.connection(0, ({ role }) => role === 'player')
  const from = performance.now()
  await sleep(50)
  assert.ok(performance.now() - from < 5000, 'the event loop turns')
  client.kill('SIGKILL')
  await server.connection(0, ({ open }) => !open)
})

test('connections in turn: twice a taken name, then half a handshake, then it is taken', async () => {
  await using server = await startRtmpServer(
    inTurn(...times(2, { kind: 'reject-publish' }), { kind: 'half-handshake' }, { kind: 'accept-publish' }),
  )
  for (let i = 0; i < 2; i++) assert.match(await publish(server.url()).then(() => '', String), 'Publish.BadName')
  const stuck = start('ffmpeg', ['-v', 'error', '-re', '-i', file, '-c', 'copy', '-f', 'flv', server.url()])
  await server.connection(2, ({ bytesIn }) => bytesIn >= 1537)
  await using publisher = await publishFile(server.url(), file, { loop: true })
  const taken = await server.connection(3, ({ tags }) => tags.length > 10)
  assert.equal([taken.role, server.connections[2]!.role, publisher.running], ['publisher', null, true])
  await stuck.stop()
})

test('timestamps that begin anywhere, jump, and wrap at 32 bits', async () => {
  const edit = timestamps({
    start: beforeWrap(1000),
    jumps: [
      { at: 2000, by: 10_000 },
      { at: 3000, by: -60_000 },
    ],
  })
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', edit, then: 'silence' })
  const out = tempFile('wrapped.flv')
  await using client = launch(`rtmp2src location=${server.url()} ! filesink buffer-mode=unbuffered location=${out}`)
  await until(() => tagsIn(out).length >= tags.length - 1, { what: () => client.output() })
  const shift = (time: number) => (time - 1000 + (time >= 2000 ? 10_000 : 0) - (time >= 3000 ? 60_000 : 0)) >>> 0
  const video = (list: FlvTag[]) =>
    only(list, 'video')
      .map(tag => tag.timestamp)
      .slice(0, 110)
  assert.equal(video(tagsIn(out)), video(tags).map(shift))
  assert.ok(video(tagsIn(out))[0]! > 2 ** 32 - 1001)
})

const FLOODS: Flood['what'][] = ['message', 'chunk-size', 'chunk-streams', 'zero-chunk', 'pings', 'metadata']
for (const what of FLOODS) {
  test(`flood (${what}): goes out until the client leaves`, async () => {
    await using server = await startRtmpServer({ kind: 'flood', what, bytes: 8e6 })
    // ffmpeg, since it reads on or leaves: what ours does is tested where it is.
    const client = start('ffmpeg', ['-v', 'error', '-i', server.url(), '-f', 'null', '-'])
    const connection = await server.connection(0, one => !one.open || one.sent >= 4)
    assert.is(connection.role, 'player')
    client.kill('SIGKILL')
    await server.connection(0, ({ open }) => !open)
  })
}

test('a slow reader takes no more than its rate', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish', rate: 100_000 })
  await using publisher = await publish(server.url(), { pattern: 'noise', bitrate: '8M', size: '1280x720' })
  const { openedAt } = await server.connection(0, ({ bytesIn }) => bytesIn >= 200_000)
  // One read more than its time allows.
  assert.ok(performance.now() - openedAt > 1000, `${performance.now() - openedAt} ms`)
  assert.is(publisher.running, true)
})

function tagsIn(path: string): FlvTag[] {
  return sizeOf(path) >= 13 ? parseFlv(readFileSync(path)) : []
}

async function unchanged(value: () => number, ms: number): Promise<boolean> {
  const before = value()
  await sleep(ms)
  return value() === before
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

test.run()
