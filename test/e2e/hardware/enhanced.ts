import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { refuse } from '../../../src/live/codec/trial'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { passed } from '../../support/fake-hardware'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite, type Suite } from '../../support/suite'
import { until } from '../../support/until'
import type { EnhancedCodec, EnhancedPicture } from '../lib/enhanced'
import { pattern } from '../lib/pattern'
import { tagsOf } from '../lib/sent'

export const [width, height, fps] = [320, 180, 25]

export const logged: string[] = []
const log = (text: string): void => void logged.push(text)
export const logger = { debug: log, info: log, warn: log, error: log }

/** An encoder of hardware, and the codec's name that asks for it. */
interface HardwareEncoder {
  readonly vcodec: NonNullable<RTMPOutputOptions['vcodec']>
  readonly element: string
}

/** Writes numbered pictures in real time until `enough`; what was sent must be pictures in order, without a hole. */
export async function aired<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  options: Partial<RTMPOutputOptions>,
  enough: (encoder: string, packets: number) => boolean,
) {
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
  const stream = codec.read(tags)
  const all = (await decodeFrames(codec.file(stream), 'rgb24')).map(({ data }) => readClock(data, width, height))
  assert.equal([server.connections.length, all.length], [1, stream.pictures.length])
  // Black may come before the first written picture where a machine stands still.
  const numbers = all.slice(all.findIndex(number => number !== null))
  numbers.forEach((number, i) =>
    assert.ok(number !== null && (i === 0 || number >= numbers[i - 1]!), `${number} after ${numbers[i - 1]}`),
  )
  return { first, last, stream }
}

/**
 * The tests of encoders of hardware that is not there, which codecs of Enhanced RTMP share. `become` is what
 * fakeHardware() returns for `nvenc` and `vaapi`.
 */
export function suiteOfHardware<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  become: (elements: string) => void,
  nvenc: HardwareEncoder,
  vaapi: HardwareEncoder,
): Suite {
  const test = suite(`hardware: outputs of ${codec.name}`, { timeout: 120_000 })
  test.before(() => passed(nvenc.element, vaapi.element))
  test.before.each(() => void logged.splice(0))

  for (const [vcodec, element] of [
    [nvenc.vcodec, nvenc.element],
    [vaapi.vcodec, vaapi.element],
  ] as const) {
    test(`${vcodec} is ${element}: keyframes where asked for, with gpuAcceleration or without`, async () => {
      const { first, stream } = await aired(codec, { vcodec, gpuAcceleration: false }, (_, packets) => packets >= 55)
      assert.equal([first.codec, first.encoder, first.encoderReason], [codec.codec, element, null])
      const keys = stream.pictures.flatMap(({ key }, i) => (key ? [i] : []))
      assert.equal(keys.slice(0, 3), [0, 25, 50])
    })
  }

  const software = codec.encoder
  const failed = new RegExp(`^${nvenc.element} failed: ERR_ENCODE.*${software} takes over$`)
  for (const how of ['fail:60', 'hang:60'] as const) {
    test(`${how.slice(0, 4)} on air: ${software} takes over on the same connection, in the same codec`, async () => {
      become(`${nvenc.element}=${how} ${vaapi.element}=ok`)
      const { first, last } = await aired(
        codec,
        { vcodec: nvenc.vcodec },
        (encoder, packets) => encoder !== nvenc.element && packets >= 59 + 50,
      )
      assert.equal([first.encoder, last.encoder, last.codec], [nvenc.element, software, codec.codec])
      assert.ok(
        logged.some(line => failed.test(line)),
        logged.join('\n'),
      )
    })
  }

  test('one that was named and cannot be had: why, and no other one', async () => {
    const takeBack = refuse(nvenc.element, 'it is gone')
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const output = new RTMPOutput(server.url(), { width, height, vcodec: nvenc.vcodec, connectTimeout: 30_000 })
    const error = await output.start().then(
      () => null,
      (reason: Error & { code: string }) => reason,
    )
    assert.is(error?.code, 'ERR_ENCODE')
    assert.ok(error!.message.includes(`${nvenc.element}: it is gone`), error!.message)
    await output.stop()
    takeBack()
  })

  return test
}
