// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { refuse } from '../../../src/live/codec/trial'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { fakeHardware, passed } from '../../support/fake-hardware'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { annexB, readHevc } from '../lib/hevc'
import { pattern } from '../lib/pattern'
import { tagsOf } from '../lib/sent'

// Encoders of HEVC of hardware that is not there.
const test = suite('hardware: outputs of HEVC', { timeout: 120_000 })

const become = fakeHardware('nvh265enc=ok vah265enc=ok')
const [width, height, fps] = [320, 180, 25]

const logged: string[] = []
const log = (text: string): void => void logged.push(text)
const logger = { debug: log, info: log, warn: log, error: log }
test.before(() => passed('nvh265enc', 'vah265enc'))
test.before.each(() => void logged.splice(0))

/** Writes numbered pictures in real time until `enough`; what was sent must be pictures in order, without a hole. */
async function aired(options: Partial<RTMPOutputOptions>, enough: (encoder: string, packets: number) => boolean) {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const common = { width, height, fps, bitrate: '800k', keyframeInterval: 1, connectTimeout: 30_000, logger }
  await using output = new RTMPOutput(server.url(), { ...common, ...options })
  await output.start()
  const first = output.info!
  let writing = true
  const written = (async () => {
    for (let i = 0; writing; i++) await output.writeFrame(pattern(width, height, i))
  })()
  const connection = await server.connection(0)
  const packets = () => tagsOf(connection).video.length
  await until(() => enough(output.info!.encoder, packets()), {
    timeout: 60_000,
    what: () => `packets; ${packets()} so far from ${output.info!.encoder}; ${logged.join('\n')}`,
  })
  const last = output.info!
  writing = false
  await written
  await output.stop()
  const { tags } = await server.connection(0, ({ open }) => !open)
  const hevc = readHevc(tags)
  const all = (await decodeFrames(annexB(hevc), 'rgb24')).map(({ data }) => readClock(data, width, height))
  assert.equal([server.connections.length, all.length], [1, hevc.pictures.length])
  // Black may come before the first written picture where a machine stands still.
  const numbers = all.slice(all.findIndex(number => number !== null))
  numbers.forEach((number, i) =>
    assert.ok(number !== null && (i === 0 || number >= numbers[i - 1]!), `${number} after ${numbers[i - 1]}`),
  )
  return { first, last, hevc }
}

for (const [vcodec, element] of [
  ['hevc_nvenc', 'nvh265enc'],
  ['hevc_vaapi', 'vah265enc'],
] as const) {
  test(`${vcodec} is ${element}: keyframes where asked for, with gpuAcceleration or without`, async () => {
    const { first, hevc } = await aired({ vcodec, gpuAcceleration: false }, (_, packets) => packets >= 55)
    assert.equal([first.codec, first.encoder, first.encoderReason], ['hevc', element, null])
    const keys = hevc.pictures.flatMap(({ key }, i) => (key ? [i] : []))
    assert.equal(keys.slice(0, 3), [0, 25, 50])
  })
}

test('VA’s encoder hears that its source is live, and keeps no picture for its device', async () => {
  become('vah265enc=ok')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const options = { width, height, fps, vcodec: 'hevc_vaapi', fill: 'none', connectTimeout: 30_000, logger } as const
  await using output = new RTMPOutput(server.url(), options)
  await output.start()
  assert.is(output.info!.encoder, 'vah265enc')
  const PICTURES = 10
  for (let i = 0; i < PICTURES; i++) await output.writeFrame(pattern(width, height, i))
  const packets = (): number => output.stats().packets
  await until(() => packets() === PICTURES, { what: () => `${packets()} packets of ${PICTURES} pictures` })
})

for (const how of ['fail:60', 'hang:60'] as const) {
  test(`${how.slice(0, 4)} on air: x265enc takes over on the same connection, in the same codec`, async () => {
    become(`nvh265enc=${how} vah265enc=ok`)
    const { first, last } = await aired(
      { vcodec: 'hevc_nvenc' },
      (encoder, packets) => encoder !== 'nvh265enc' && packets >= 59 + 50,
    )
    assert.equal([first.encoder, last.encoder, last.codec], ['nvh265enc', 'x265enc', 'hevc'])
    assert.ok(
      logged.some(line => /^nvh265enc failed: ERR_ENCODE.*x265enc takes over$/.test(line)),
      logged.join('\n'),
    )
  })
}

test('adaptiveBitrate and a constant bitrate reach a device as well', async () => {
  become('nvh265enc=ok')
  const options = { vcodec: 'hevc_nvenc', adaptiveBitrate: true, rateControl: 'cbr' } as const
  const { first } = await aired(options, (_, packets) => packets >= 30)
  assert.is(first.encoder, 'nvh265enc')
  assert.equal(
    logged.filter(line => /adaptiveBitrate has no effect/.test(line)),
    [],
  )
})

test('one that was named and cannot be had: why, and no other one', async () => {
  refuse('nvh265enc', 'it is gone')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { width, height, vcodec: 'hevc_nvenc', connectTimeout: 30_000 })
  const error = await output.start().then(
    () => null,
    (reason: Error & { code: string }) => reason,
  )
  assert.is(error?.code, 'ERR_ENCODE')
  assert.match(error!.message, /nvh265enc: it is gone/)
  await output.stop()
})

test.run()
