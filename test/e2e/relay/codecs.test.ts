// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { AV1, encoded, fileOf, H264, HEVC } from '../lib/encoded'

const test = suite('relay: any codec, byte by byte', { timeout: 120_000 })

const OPTIONS = { connectTimeout: 20_000 } as const

/** What comes out of a relay into which a file of tags goes in, again and again. */
async function relayed(tags: readonly FlvTag[], count: number): Promise<{ got: readonly FlvTag[]; relay: Relay }> {
  await using input = await startRtmpServer({ kind: 'serve-file', file: fileOf(tags), loop: true })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(input.url(), output.url(), OPTIONS)
  await relay.start()
  const { tags: got } = await output.connection(0, it => it.tags.length > count)
  await relay.stop()
  return { got, relay }
}

/** Asserts that `got` is a piece of `source`, repeated, but for what stands before its first picture. */
function assertPiece(source: readonly FlvTag[], got: readonly FlvTag[]): void {
  const hex = ({ data }: FlvTag): string => data.toString('hex')
  const [from, to] = [source.map(hex), got.map(hex)]
  const begin = from.findIndex((_, i) => to.slice(0, 5).every((one, j) => from[(i + j) % from.length] === one))
  assert.ok(begin >= 0, 'its beginning is in the source')
  to.forEach((one, i) => assert.is(one, from[(begin + i) % from.length], `tag ${i}`))
  for (let i = 1; i < got.length; i++) {
    const [one, before] = [source[(begin + i) % source.length]!, source[(begin + i - 1) % source.length]!]
    // At the seam of a loop the server has its own idea.
    if (one.timestamp >= before.timestamp)
      assert.is(got[i]!.timestamp - got[i - 1]!.timestamp, one.timestamp - before.timestamp, `step ${i}`)
  }
}

const isRecord = ({ data }: FlvTag): boolean => (data[0]! & 0x80 ? data[0]! & 15 : data[1]!) === 0

for (const [name, encoding, codec] of [
  ['HEVC', HEVC, 'hevc'],
  ['AV1', AV1, 'av1'],
] as const) {
  test(`${name} of Enhanced RTMP`, async () => {
    const { tags } = await encoded(encoding, { pictures: 60 })
    const { got, relay } = await relayed(tags, 80)
    assert.ok(isRecord(got[0]!), 'the configuration comes first')
    assert.is(got[0]!.data.toString('hex'), tags.find(isRecord)!.data.toString('hex'))
    const pictures = (all: readonly FlvTag[]): FlvTag[] => all.filter(tag => !isRecord(tag))
    assert.ok(pictures(got).length > 60)
    assertPiece(pictures(tags), pictures(got))
    assert.is(relay.info?.video?.codec, codec)
  })
}

/** The same packet on another track. */
const onTrack = ({ data, ...tag }: FlvTag, id: number): FlvTag => {
  const head = data[0]!
  const bytes = [Buffer.of((head & 0xf0) | 6, head & 15), data.subarray(1, 5), Buffer.of(id), data.subarray(5)]
  return { ...tag, data: Buffer.concat(bytes) }
}

test('several tracks: the records of all of them come first', async () => {
  const first = await encoded(H264, { pictures: 60 })
  const second = await encoded(HEVC, { pictures: 60, width: 128, height: 64 })
  const tags = [...first.tags, ...second.tags.map(tag => onTrack(tag, 3))].sort((a, b) => a.timestamp - b.timestamp)
  const { got, relay } = await relayed(tags, 150)
  assert.equal(relay.info?.tracks, [
    { kind: 'video', id: 0, codec: 'h264' },
    { kind: 'video', id: 3, codec: 'hevc' },
  ])
  const known = new Set(tags.map(({ data }) => data.toString('hex')))
  for (const { data } of got) assert.ok(known.has(data.toString('hex')), 'nothing was made up')
  const multi = ({ data }: FlvTag): boolean => (data[0]! & 0x8f) === 0x86
  const begin = got.slice(0, 2)
  assert.equal([begin.filter(multi).length, begin.filter(isRecord).length], [1, 1])
})

test('MP3 and pictures in an old codec', async () => {
  const file = await makeFile(tempFile('mp3.flv'), {
    size: '160x90',
    gop: 10,
    duration: 2,
    audio: { codec: 'libmp3lame' },
  })
  const tags = parseFlv(readFileSync(file))
  const { got, relay } = await relayed(tags, 150)
  assert.equal([relay.info?.video?.codec, relay.info?.audio?.codec], ['h264', 'mp3'])
  const sounds = (all: readonly FlvTag[]): FlvTag[] => all.filter(({ type }) => type === 'audio')
  assertPiece(sounds(tags), sounds(got))
})

test.run()
