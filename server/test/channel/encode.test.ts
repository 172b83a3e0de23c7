// suite: deep
import * as assert from 'uvu/assert'
import { meanColor } from '../../../test/support/media/picture.js'
import { decodeFrames, probe } from '../../../test/support/peers/ffmpeg-read.js'
import { exec } from '../../../test/support/child.js'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { startRtmpServer, tagInfo, writeFlv, type FlvTag } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { readFileSync, writeFileSync } from 'node:fs'
import { until } from '../../../test/support/until.js'
import { ChannelPeer } from './support.js'

const test = suite('channel: encode', { timeout: 300_000 })

async function picture(name: string, color: string): Promise<string> {
  const path = tempFile(name)
  await exec('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `color=${color}:size=320x180`, '-frames:v', '1', path])
  return path
}

/** Mean colour of the last picture of what a target got; NaN while there is none. */
async function lastColor(tags: readonly FlvTag[]): Promise<[number, number, number]> {
  // From its last keyframe on: all that came so far takes longer with each look.
  const infos = tags.map(tagInfo)
  const from = infos.findLastIndex(({ codec, keyframe }) => codec === 'h264' && keyframe)
  const header = infos.slice(0, Math.max(0, from)).findLastIndex(it => it.codec === 'h264' && it.header)
  if (header < 0) return [NaN, NaN, NaN]
  const file = tempFile('got.flv')
  writeFileSync(file, writeFlv([tags[header]!, ...tags.slice(from).filter(({ type }) => type === 'video')]))
  const picture = (await decodeFrames(file, 'rgb24')).at(-1)
  return picture ? meanColor(picture.data, picture.width, picture.height) : [NaN, NaN, NaN]
}

const isNear = (color: readonly number[], wanted: readonly number[]): boolean =>
  color.every((value, i) => Math.abs(value - wanted[i]!) < 40)

const shows = (tags: readonly FlvTag[], wanted: readonly number[], what: string): Promise<unknown> =>
  until(async () => isNear(await lastColor(tags), wanted), { what, interval: 500, timeout: 90_000 })

test('an encode of its own size, before any input, with its slate, and with a second encode beside it', async () => {
  const slate = await picture('slate.jpg', 'red')
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'color=blue', duration: 10 })
  const serve = { kind: 'serve-file', file, loop: true } as const
  await using input = await startRtmpServer({ kind: 'play-then-nothing' })
  await using large = await startRtmpServer({ kind: 'accept-publish' })
  await using small = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    mode: { encode: { width: 480, height: 270, fps: 25, bitrate: '600k', keyframeInterval: 1 } },
    fill: 'slate',
    slate,
    targets: { large: { url: large.url() }, small: { url: small.url(), encode: { height: 90, bitrate: '100k' } } },
  }
  assert.is(await channel.configure(config), null)
  await channel.until(({ phase }) => phase === 'filling', 'the fill before the input')
  const { tags } = await large.connection(0, it => it.tags.length > 30)
  await shows(tags, [254, 0, 0], 'the slate')
  input.behave(serve)
  input.cut('fin')
  const live = await channel.until(({ phase }) => phase === 'live', 'the input', 60_000)
  assert.equal(live.video, { codec: 'h264', width: 480, height: 270, fps: 25 })
  await shows(tags, [0, 0, 254], 'the input')
  assert.is(await channel.ask({ type: 'thumbnails' }), null)
  await until(() => channel.thumbnail)
  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await channel.until(({ phase }) => phase === 'filling', 'the fill again')
  await shows(tags, [254, 0, 0], 'the slate again')
  // Another slate and another bitrate come on air; another size would need a restart.
  const other = await picture('slate.png', 'lime')
  const changed = { ...config, slate: other, mode: { encode: { ...config.mode.encode, bitrate: '400k' } } }
  assert.is(await channel.configure(changed), null)
  await shows(tags, [0, 254, 0], 'the other slate')
  const larger = { ...changed, mode: { encode: { ...changed.mode.encode, height: 360 } } }
  assert.is((await channel.configure(larger))?.code, 'ERR_RESTART_NEEDED')
  const sizes = await Promise.all(
    [large, small].map(async server => {
      const got = tempFile('got.flv')
      writeFileSync(got, writeFlv((await server.connection(0)).tags))
      const { video } = await probe(got)
      return `${video!.width}x${video!.height}`
    }),
  )
  assert.equal(sizes, ['480x270', '160x90'])
  assert.is(large.connections.length, 1)
})

test('a copy with an encode beside it, of the size of its input; the slate is a video', async () => {
  const slate = await makeFile(tempFile('slate.mp4'), { size: '320x180', pattern: 'color=red', duration: 3 })
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'color=blue', duration: 10 })
  const serve = { kind: 'serve-file', file, loop: true } as const
  await using input = await startRtmpServer(serve)
  await using copied = await startRtmpServer({ kind: 'accept-publish' })
  await using encoded = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    fill: 'slate',
    slate,
    targets: {
      copied: { url: copied.url() },
      encoded: { url: encoded.url(), encode: { bitrate: '300k', keyframeInterval: 1 } },
    },
  }
  assert.is(await channel.configure(config), null)
  const both = await channel.until(
    ({ targets, phase }) => phase === 'live' && targets.every(it => it.phase === 'live'),
    'both',
  )
  assert.is(both.inputs.length, 1)
  const [copies, encodes] = await Promise.all(
    [copied, encoded].map(it => it.connection(0, one => one.tags.length > 60)),
  )
  await shows(encodes!.tags, [0, 0, 254], 'the input')
  input.behave({ kind: 'play-then-nothing' })
  input.cut('rst')
  await channel.until(({ phase }) => phase === 'filling', 'the slate')
  for (const { tags } of [copies!, encodes!]) await shows(tags, [254, 0, 0], 'the video of the slate')
  assert.equal([copied.connections.length, encoded.connections.length], [1, 1])
})

test('a copy shows a JPEG as its slate, then another picture', async () => {
  const slate = await picture('slate.jpg', 'red')
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'color=blue', duration: 10 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    fill: 'slate',
    slate,
    targets: { out: { url: output.url() } },
  }
  assert.is(await channel.configure(config), null)
  await channel.until(({ phase, inputs }) => phase === 'live' && inputs[0]!.onAir, 'the input')
  const { tags } = await output.connection(0, it => it.tags.length > 60)
  input.behave({ kind: 'play-then-nothing' })
  input.cut('rst')
  await channel.until(({ phase }) => phase === 'filling', 'the slate')
  await shows(tags, [254, 0, 0], 'the slate')
  const other = await picture('slate.png', 'lime')
  assert.is(await channel.configure({ ...config, slate: other }), null)
  await shows(tags, [0, 254, 0], 'the other slate')
  assert.is(output.connections.length, 1)
})

test('a slate that is broken when an encode begins is black; whole again, it is shown', async () => {
  const slate = await picture('slate.png', 'red')
  const whole = readFileSync(slate)
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'color=blue', duration: 10 })
  await using input = await startRtmpServer({ kind: 'play-then-nothing' })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    mode: { encode: { bitrate: '300k', keyframeInterval: 1 } },
    fill: 'slate',
    slate,
    targets: { out: { url: output.url() } },
  }
  assert.is(await channel.configure(config), null)
  await channel.until(({ inputs }) => inputs[0]!.phase !== 'idle', 'the input that gives nothing')
  writeFileSync(slate, whole.subarray(0, 20))
  input.behave({ kind: 'serve-file', file, loop: true })
  input.cut('fin')
  await channel.until(() => channel.target('out')?.phase === 'live', 'the target')
  const { tags } = await output.connection(0, it => it.tags.length > 30)
  await shows(tags, [0, 0, 254], 'the input')
  const alerts = () => channel.of('alert').filter(({ alert }) => alert['rule'] === 'slate-broken')
  assert.equal(
    alerts().map(({ alert }) => alert['clearedAt']),
    [null],
  )
  input.behave({ kind: 'play-then-nothing' })
  input.cut('fin')
  await channel.until(({ phase }) => phase === 'filling', 'the fill')
  await shows(tags, [0, 0, 0], 'black')
  writeFileSync(slate, whole)
  await shows(tags, [254, 0, 0], 'the slate')
  assert.is(alerts().at(-1)!.alert['clearedBy'], 'recovered')
  assert.is(output.connections.length, 1)
})

test.run()
