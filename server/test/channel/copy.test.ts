// suite: deep
import { copyFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { probe } from '../../../test/support/peers/ffmpeg-read.js'
import { startRtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import type { ChannelStatus } from '../../src/core/status.js'
import { ChannelPeer } from './support.js'

const test = suite('channel: copy', { timeout: 300_000 })
const KEY = 'secret-key-of-a-target'

test('two targets and a recording; an input that is lost is filled for, and comes back; no secret leaves', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '640x360', gop: 30, duration: 10 })
  const serve = { kind: 'serve-file', file, loop: true } as const
  await using input = await startRtmpServer(serve)
  await using one = await startRtmpServer({ kind: 'accept-publish' })
  await using two = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const folder = tempDir()
  assert.is(statSync(channel.path).mode & 0o777, 0o600)
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    fill: 'repeat',
    targets: {
      one: { url: one.url().replace(/[^/]+$/, KEY), platform: 'twitch' },
      two: { url: two.url() },
      archive: { record: folder, segment: '2s' },
    },
  }
  assert.is(await channel.configure(config), null)
  const live = await channel.until(
    ({ phase, targets, video }) =>
      phase === 'live' && video !== null && targets.every(target => target.phase === 'live'),
    'three targets',
  )
  assert.equal(live.video, { codec: 'h264', width: 640, height: 360, fps: 30 })
  assert.equal(
    live.inputs.map(({ name, onAir }) => [name, onAir]),
    [['camera', true]],
  )
  await until(() => channel.of('metrics').length > 2, { what: 'metrics, which come as often as thumbnails' })
  assert.is(channel.thumbnail, null, 'nobody looks')
  assert.is(await channel.ask({ type: 'thumbnails' }), null)
  await until(() => channel.thumbnail, { what: 'a thumbnail' })
  assert.equal([...channel.thumbnail!.subarray(0, 3)], [0xff, 0xd8, 0xff])
  await until(() => channel.of('sample').some(({ sample }) => (sample.values.bitrateIn ?? 0) > 100_000))
  await until(() => channel.of('sample').some(({ sample }) => (sample.values.bitrateOut ?? 0) > 100_000))
  await until(() => channel.of('metrics').some(({ text }) => text.includes('rxgst_bitrate_bits_per_second')))
  await until(() => channel.of('event').some(({ event }) => event.type === 'recording'), { what: 'a segment' })
  assert.ok(readdirSync(folder).some(name => name.endsWith('.mp4')))
  const { tags } = await one.connection(0, it => it.tags.length > 50)

  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await channel.until(({ phase }) => phase === 'filling', 'the fill')
  const filled = tags.length
  await until(() => tags.length > filled + 5, { what: 'pictures of the fill' })
  input.behave(serve)
  input.cut('fin')
  await channel.until(({ phase }) => phase === 'live', 'the input again', 60_000)
  assert.equal([one.connections.length, two.connections.length], [1, 1])

  const types = channel.of('event').map(({ event }) => event.type)
  for (const type of ['channel-phase', 'input-phase', 'target-phase', 'switch', 'fill', 'recording'])
    assert.ok(types.includes(type), `no event ${type}`)
  assert.is(await channel.ask({ type: 'ping' }), null)
  assert.is(await channel.ask({ type: 'stop', deadlineMs: 10_000 }), null)
  await until(() => channel.exitCode !== undefined)
  assert.is(channel.exitCode, 0)
  assert.not.match(channel.raw + channel.stderr, KEY)
})

const onAir = (name: string) => (status: ChannelStatus) =>
  status.phase === 'live' && status.inputs.some(input => input.name === name && input.onAir)

/** An input whose file is not there is asked for again and again, and says so. */
const awaits = (name: string) => (status: ChannelStatus) => {
  const { phase, reason, nextRetryAt } = status.inputs.find(input => input.name === name)!
  return phase === 'reconnecting' && reason?.code === 'ERR_FILE' && nextRetryAt !== null
}

test('a preferred input that failed for good comes back, and no target is left for it', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
  const missing = tempFile('late.flv')
  await using backup = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const inputs = [
    { name: 'main', file: missing },
    { name: 'backup', url: backup.url() },
  ]
  const config = { inputs, holdBack: '2s', targets: { out: { url: output.url() } } }
  assert.is(await channel.configure(config), null)
  await channel.until(onAir('backup'), 'the backup on air')
  await channel.until(awaits('main'), 'main, which is asked for again')
  copyFileSync(file, missing)
  await channel.until(onAir('main'), 'the preferred input', 90_000)
  const [{ tags }, { length }] = [output.connections[0]!, output.connections[0]!.tags]
  await until(() => tags.length > length + 30, { what: 'pictures of it' })
  assert.is(await channel.ask({ type: 'switch', input: 'backup' }), null)
  await channel.until(onAir('backup'), 'the backup, by hand')
  assert.is(output.connections.length, 1)
})

test('a backup that failed for good is a reserve again, and takes over without a loss', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
  const missing = tempFile('late.flv')
  const serve = { kind: 'serve-file', file, loop: true } as const
  await using main = await startRtmpServer(serve)
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const inputs = [
    { name: 'main', url: main.url() },
    { name: 'backup', file: missing },
  ]
  const targets = { out: { url: output.url() }, archive: { record: tempDir() } }
  assert.is(await channel.configure({ inputs, holdBack: '2s', targets }), null)
  await channel.until(status => onAir('main')(status) && awaits('backup')(status), 'main alone')
  copyFileSync(file, missing)
  await channel.until(({ inputs: [, backup] }) => backup!.phase === 'live', 'the reserve', 90_000)
  main.behave({ kind: 'play-then-nothing' })
  main.cut('fin')
  await channel.until(onAir('backup'), 'the backup on air')
  main.behave(serve)
  main.cut('fin')
  await channel.until(onAir('main'), 'main again')
  assert.is(output.connections.length, 1)
  assert.not(
    channel.of('event').some(({ event }) => event.type === 'recording'),
    'the recording was split',
  )
})

test('where the only input fails for good, the slate goes out over the same connection until it is back', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 3 })
  const looped = tempFile('looped.flv')
  copyFileSync(file, looped)
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = { inputs: [{ name: 'file', file: looped }], fill: 'slate', targets: { out: { url: output.url() } } }
  assert.is(await channel.configure(config), null)
  await channel.until(onAir('file'), 'the file on air')
  rmSync(looped)
  await channel.until(status => status.phase === 'filling' && awaits('file')(status), 'the slate')
  const [{ tags }, { length }] = [output.connections[0]!, output.connections[0]!.tags]
  await until(() => tags.length > length + 60, { what: 'pictures of the slate', timeout: 60_000 })
  // Of another container, whatever its name says.
  copyFileSync(await makeFile(tempFile('other.ts'), { size: '320x180', gop: 15, duration: 3 }), looped)
  await channel.until(onAir('file'), 'the file again', 90_000)
  assert.is(output.connections.length, 1)
})

test('a preview of both sides is FLV that plays, and ends when it is closed', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = { inputs: [{ name: 'camera', url: input.url() }], targets: { out: { url: output.url() } } }
  assert.is(await channel.configure(config), null)
  await channel.until(({ phase }) => phase === 'live', 'the channel')
  for (const side of ['in', 'out'] as const) {
    channel.preview.length = 0
    assert.is(await channel.ask({ type: 'preview-open', side }), null)
    await until(() => channel.preview.length > 60, { what: `the preview ${side}` })
    assert.is(await channel.ask({ type: 'preview-close', side }), null)
    const frames = channel.of('preview').filter(it => it.side === side)
    assert.ok(frames[0]!.start)
    assert.ok(frames.find(({ start }) => !start)!.keyframe)
    const played = tempFile(`${side}.flv`)
    writeFileSync(played, Buffer.concat(channel.preview))
    const { video, audio, packets } = await probe(played, { seconds: 60 })
    assert.equal([video!.codec_name, video!.width, audio!.codec_name], ['h264', 320, 'aac'])
    assert.ok(packets.length > 50)
  }
  const count = channel.preview.length
  const samples = channel.of('sample').length
  await until(() => channel.of('sample').length > samples + 1)
  assert.is(channel.preview.length, count)
})

test('the picture that goes out is that of the input where a channel has no target', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using channel = await ChannelPeer.start()
  assert.is(await channel.configure({ inputs: [{ url: input.url() }], targets: {} }), null)
  // Somebody may look before there is a picture.
  assert.is(await channel.ask({ type: 'preview-open', side: 'out' }), null)
  await until(() => channel.preview.length > 60, { timeout: 60_000, what: 'the preview' })
})

test.run()
