// suite: deep
import { randomFillSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Output, RxGstError } from '../../../src/index'
import { meanColor, solid } from '../../support/media/picture'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { startRtmpServer, writeFlv, type ReceivedTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('output: changes on air', { timeout: 120_000 })

const [width, height, fps] = [320, 180, 25]

const codeOf = (work: () => void): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof RxGstError) return error.code
    throw error
  }
  return 'none'
}

/** bit/s of the pictures between two numbers of them. */
function bitrateOf(tags: readonly ReceivedTag[], from: number, to: number): number {
  const pictures = tags.filter(({ type }) => type === 'video').slice(from, to)
  return (pictures.reduce((sum, { data }) => sum + data.length, 0) * 8 * fps) / pictures.length
}

test('setBitrate: the encoder that runs makes fewer bits, on the same connection', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new Output(server.url(), { width, height, fps, bitrate: '2M', connectTimeout: 20_000 })
  assert.is(
    codeOf(() => output.setBitrate('1M')),
    'ERR_NOT_RUNNING',
  )
  await output.start()
  const noise = new Uint8Array(width * height * 3)
  const { tags } = await server.connection(0)
  const write = async (pictures: number): Promise<number> => {
    for (let i = 0; i < pictures; i++) await output.writeFrame(randomFillSync(noise))
    return tags.filter(({ type }) => type === 'video').length
  }
  const first = await write(100)
  const middle = await write(100)
  output.setBitrate('500k')
  const later = await write(100)
  const end = await write(100)
  const [before, after] = [bitrateOf(tags, first, middle), bitrateOf(tags, later, end)]
  assert.ok(after < before / 2, `${Math.round(before)} bit/s, then ${Math.round(after)}`)
  assert.is(output.stats().bitrate, 500_000)
  assert.is(
    codeOf(() => output.setBitrate('much')),
    'ERR_OPTION',
  )
  assert.is(server.connections.length, 1)
})

test('setBitrate: an encode without a bitrate follows, also a later one; one with a bitrate does not', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const options = { width, height, fps, bitrate: '2M', connectTimeout: 20_000 } as const
  const targets = [
    server.url('all'),
    { url: server.url('small'), width: 160, height: 90 },
    { url: server.url('own'), bitrate: '2M' },
  ]
  await using output = new Output(targets, options)
  await output.start()
  const bitrates = (): number[] => (output.info?.groups ?? []).map(({ bitrate }) => bitrate)
  assert.equal(bitrates(), [2_000_000, 2_000_000, 2_000_000])
  output.setBitrate('1M')
  output.addTarget({ url: server.url('later'), width: 160, height: 90, fps: fps / 5 })
  const expected = JSON.stringify([1_000_000, 1_000_000, 2_000_000, 1_000_000])
  await until(() => JSON.stringify(bitrates()) === expected, {
    what: () => `${expected}: ${JSON.stringify(bitrates())}`,
  })
})

test('setSlate: another slate is shown, also in the fill that runs', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const [red, green] = [solid(width, height, [255, 0, 0]), solid(width, height, [0, 255, 0])]
  const options = { width, height, fps, fill: 'slate', slate: red, slateAfter: 0, connectTimeout: 20_000 } as const
  await using output = new Output(server.url(), options)
  await output.start()
  const { tags } = await server.connection(0)
  const shows = async (channel: number): Promise<boolean> => {
    if (tags.filter(({ type }) => type === 'video').length < 5) return false
    const file = tempFile('got.flv')
    writeFileSync(file, writeFlv(tags))
    const { data } = (await decodeFrames(file, 'rgb24')).at(-1)!
    return meanColor(data, width, height)[channel]! > 200
  }
  await until(() => shows(0), { what: 'the slate', interval: 300 })
  assert.is(
    codeOf(() => output.setSlate(new Uint8Array(5))),
    'ERR_FRAME_SIZE',
  )
  output.setSlate(green)
  await until(() => shows(1), { what: 'the other slate', interval: 300 })
})

test.run()
