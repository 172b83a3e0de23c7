import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { parseFlv, startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { fileOf } from '../lib/encoded'
import { assertCopy, view } from './packets'

const test = suite('relay: a copy is the same stream', { timeout: 60_000 })

const OPTIONS = { connectTimeout: 20_000 } as const

test('ffmpeg sees the same packets at the same distances, through nginx to two targets', async () => {
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { bframes: 2, gop: 15, size: '320x180' })
  await nginx.published('in')
  await using relay = new Relay(nginx.url('in'), [nginx.url('a'), nginx.url('b')], OPTIONS)
  await relay.start()
  await until(() => relay.targets.every(({ state }) => state.phase === 'live'))
  await nginx.published('b')
  await using original = view(nginx.url('in'))
  await until(() => original.packets().length > 40, { what: () => original.errors() })
  await using first = view(nginx.url('a'))
  await using second = view(nginx.url('b'))
  await until(() => [first, second].every(one => one.packets().length > 160), {
    what: () => `packets\n${first.errors()}`,
  })
  assert.ok(source.running)
  for (const copy of [first, second]) {
    const { video, audio } = assertCopy(original.packets(), copy.packets())
    assert.ok(video > 40 && audio > 60, `${video} pictures, ${audio} packets of sound`)
  }
  assert.equal([relay.info?.video?.codec, relay.info?.audio?.codec], ['h264', 'aac'])
  assert.equal([relay.info?.video?.width, relay.info?.video?.height], [320, 180])
  const { droppedNetwork, reconnects, packets } = relay.stats()
  assert.equal([droppedNetwork, reconnects], [0, 0])
  assert.ok(packets > 160)
})

/** A second of pictures and sound, and between them what has no codec. */
async function withData(): Promise<FlvTag[]> {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 10, duration: 1 })
  const tags = parseFlv(readFileSync(file))
  const cue = encodeAmf('onCuePoint', { name: 'ad', time: 0.2 })
  const text = encodeAmf('onTextData', { text: 'grüß dich' })
  const at = (time: number): number => tags.findIndex(({ timestamp }) => timestamp >= time)
  const script = (timestamp: number, data: Buffer): FlvTag => ({ type: 'script', timestamp, data })
  const [one, two] = [at(500), at(700)]
  return [...tags.slice(0, one), script(500, cue), ...tags.slice(one, two), script(700, text), ...tags.slice(two)]
}

const isKeyframe = ({ type, data }: FlvTag): boolean => type === 'video' && data[0] === 0x17 && data[1] === 1
const isConfig = ({ type, data }: FlvTag): boolean => type !== 'script' && data[1] === 0 && (data[0]! & 15) !== 2

test('every byte of every tag, cue points and captions too, from a keyframe on and from the time 0', async () => {
  const tags = await withData()
  await using input = await startRtmpServer({ kind: 'serve-file', file: fileOf(tags), loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), OPTIONS)
  await relay.start()
  const { tags: got } = await output.connection(0, it => it.tags.length > 250)
  await relay.stop()
  // Metadata as a publisher writes them, both records, then the keyframe at 0.
  // (The server of this test has taken @setDataFrame off.)
  const metadata = tags.find(({ type }) => type === 'script')!
  assert.is(got[0]!.data.toString('hex'), metadata.data.toString('hex'))
  const records = tags.filter(isConfig).map(({ data }) => data.toString('hex'))
  assert.equal(
    got
      .slice(1, 3)
      .map(({ data }) => data.toString('hex'))
      .sort(),
    [...records].sort(),
  )
  assert.ok(isKeyframe(got[3]!))
  assert.equal(
    got.slice(0, 4).map(({ timestamp }) => timestamp),
    [0, 0, 0, 0],
  )
  // Then all that follows in the source, over its loops.
  const [sent] = input.connections
  assert.ok(sent)
  const loop = tags.filter(({ type, data }) => type !== 'script' || !data.includes('onMetaData'))
  const media = loop.filter(tag => !isConfig(tag))
  const first = media.findIndex(({ data }) => data.equals(got[3]!.data))
  const kinds = (kind: FlvTag['type']): { got: FlvTag[]; source: FlvTag[] } => ({
    got: got.slice(3).filter(tag => tag.type === kind && !isConfig(tag)),
    source: [...media.slice(first), ...media, ...media, ...media, ...media].filter(({ type }) => type === kind),
  })
  for (const kind of ['video', 'audio'] as const) {
    const pair = kinds(kind)
    assert.ok(pair.got.length > 40, `${pair.got.length} of ${kind}`)
    pair.got.forEach(({ data }, i) => assert.ok(data.equals(pair.source[i]!.data), `${kind} ${i}`))
  }
  // Of the first round: later ones are moved by the server's loop.
  const videos = kinds('video')
  const until = videos.source.findIndex((tag, i) => i > 0 && tag.timestamp < videos.source[i - 1]!.timestamp)
  const base = videos.source[0]!.timestamp
  for (let i = 0; i < until; i++) assert.is(videos.got[i]!.timestamp, videos.source[i]!.timestamp - base)
  const scripts = got.filter(({ type, data }) => type === 'script' && !data.includes('onMetaData'))
  const names = ['onCuePoint', 'onTextData'].map(name => scripts.find(({ data }) => data.includes(name)))
  for (const name of names) assert.ok(name && tags.some(({ data }) => data.equals(name.data)))
})

test('sound alone', async () => {
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { video: false })
  await nginx.published('in')
  await using relay = new Relay(nginx.url('in'), nginx.url('out'), OPTIONS)
  await relay.start()
  await nginx.published('out')
  await using original = view(nginx.url('in'))
  await until(() => original.packets().length > 30, { what: () => original.errors() })
  await using copy = view(nginx.url('out'))
  await until(() => copy.packets().length > 60, { what: () => copy.errors() })
  const { video, audio } = assertCopy(original.packets(), copy.packets())
  assert.ok(source.running && video === 0 && audio > 20, `${audio} packets`)
  assert.equal([relay.info?.video, relay.info?.audio?.codec], [null, 'aac'])
})

test.run()
