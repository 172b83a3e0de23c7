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
import { temporalUnits, readAv1 } from '../lib/av1'
import { pattern } from '../lib/pattern'
import { tagsOf } from '../lib/sent'

// Encoders of AV1 of hardware that is not there.
const test = suite('hardware: outputs of AV1', { timeout: 120_000 })

const become = fakeHardware('nvav1enc=ok vaav1enc=ok', '1.26')
const [width, height, fps] = [320, 180, 25]

const logged: string[] = []
const log = (text: string): void => void logged.push(text)
const logger = { debug: log, info: log, warn: log, error: log }
test.before(() => passed('nvav1enc', 'vaav1enc'))
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
  const av1 = readAv1(tags)
  const numbers = (await decodeFrames(temporalUnits(av1), 'rgb24')).map(({ data }) => readClock(data, width, height))
  assert.equal([server.connections.length, numbers.length], [1, av1.pictures.length])
  numbers.forEach((number, i) =>
    assert.ok(number !== null && (i === 0 || number >= numbers[i - 1]!), `${number} after ${numbers[i - 1]}`),
  )
  return { first, last, av1 }
}

for (const [vcodec, element] of [
  ['av1_nvenc', 'nvav1enc'],
  ['av1_vaapi', 'vaav1enc'],
] as const) {
  test(`${vcodec} is ${element}: keyframes where asked for, with gpuAcceleration or without`, async () => {
    const { first, av1 } = await aired({ vcodec, gpuAcceleration: false }, (_, packets) => packets >= 55)
    assert.equal([first.codec, first.encoder, first.encoderReason], ['av1', element, null])
    const keys = av1.pictures.flatMap(({ key }, i) => (key ? [i] : []))
    assert.equal(keys.slice(0, 3), [0, 25, 50])
  })
}

// Debian 12 has no svtav1enc, which would be the next.
for (const how of ['fail:60', 'hang:60'] as const) {
  test(`${how.slice(0, 4)} on air: av1enc takes over on the same connection, in the same codec`, async () => {
    become(`nvav1enc=${how} vaav1enc=ok`)
    const { first, last } = await aired(
      { vcodec: 'av1_nvenc' },
      (encoder, packets) => encoder !== 'nvav1enc' && packets >= 59 + 50,
    )
    assert.equal([first.encoder, last.encoder, last.codec], ['nvav1enc', 'av1enc', 'av1'])
    assert.ok(
      logged.some(line => /^nvav1enc failed: ERR_ENCODE.*av1enc takes over$/.test(line)),
      logged.join('\n'),
    )
  })
}

test('one that was named and cannot be had: why, and no other one', async () => {
  refuse('nvav1enc', 'it is gone')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { width, height, vcodec: 'av1_nvenc', connectTimeout: 30_000 })
  const error = await output.start().then(
    () => null,
    (reason: Error & { code: string }) => reason,
  )
  assert.is(error?.code, 'ERR_ENCODE')
  assert.match(error!.message, /nvav1enc: it is gone/)
  await output.stop()
})

test.run()
