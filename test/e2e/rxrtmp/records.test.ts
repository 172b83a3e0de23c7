import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError, type RTMPCaptureOptions } from '../../../src/index'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { AV1, encoded, fileOf, H264, HEVC, type Encoding } from '../lib/encoded'
import { capturing, serveWhole } from '../lib/served'
import { until } from '../../support/until'

// Configuration records that are none: left out, counted and told; a stream that has no other ends with the reason.
const test = suite('configuration records', { timeout: 90_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 30_000, gpuAcceleration: false, reconnect: false } as const
const SHOT = { pictures: 40, width: 64, height: 64 }
/** The packet type and the FourCC, before the record. */
const HEAD_BYTES = 5

const record = (like: FlvTag, bytes: readonly number[], timestamp = like.timestamp): FlvTag => ({
  ...like,
  timestamp,
  data: Buffer.concat([like.data.subarray(0, HEAD_BYTES), Buffer.from(bytes)]),
})
const NONE = [9, 9, 9]

function lines() {
  const lines: string[] = []
  const put = (...text: unknown[]): void => void lines.push(text.join(' '))
  return { lines, logger: { debug: () => {}, info: put, warn: put, error: put } }
}

/** Units of AV1 without the headers that stand before a keyframe: temporal delimiters and sequence headers. */
function headless(tag: FlvTag): FlvTag {
  const { data } = tag
  const kept = [data.subarray(0, HEAD_BYTES)]
  for (let at = HEAD_BYTES; at < data.length; ) {
    let [size, next] = [0, at + 1 + ((data[at]! >> 2) & 1)]
    for (let shift = 0; ; shift += 7) {
      const byte = data[next++]!
      size |= (byte & 127) << shift
      if (byte < 128) break
    }
    if (((data[at]! >> 3) & 15) !== 1) kept.push(data.subarray(at, next + size))
    at = next + size
  }
  return { ...tag, data: Buffer.concat(kept) }
}

/** What start() says, and after how long, ms. */
async function refused(tags: readonly FlvTag[], options: RTMPCaptureOptions) {
  await using server = await startRtmpServer({ ...serveWhole(fileOf(tags), { pace: 'real', loop: true }) })
  await using capture = new RTMPCapture(server.url(), { ...OWN, ...options })
  const from = performance.now()
  const error = await capture.start().then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.instance(error, RxGstError)
  const { code, message } = error as RxGstError
  return { code, message, ms: performance.now() - from }
}

/** All pictures up to the end, which is an error where the server closes. */
async function take(capture: RTMPCapture): Promise<void> {
  try {
    for await (const frame of capture.aiterFrames()) frame.close()
  } catch (error) {
    assert.match((error as RxGstError).code, /ERR_STREAM_ENDED|ERR_CONNECTION_LOST/)
  }
}

for (const decode of [true, false]) {
  const how = decode ? 'decoded' : 'watched'
  for (const [name, encoding, means] of [
    ['H.264', H264, /H.264 configuration record that is none/],
    ['HEVC', HEVC, /HEVC configuration record that is none/],
    ['AV1', AV1, /AV1 whose keyframes have no sequence header/],
  ] as const) {
    test(`${name}, ${how}: a stream whose only record is none is refused at once`, async () => {
      const [config, ...pictures] = (await encoded(encoding, SHOT)).tags as [FlvTag, ...FlvTag[]]
      const rest = encoding === AV1 ? pictures.map(headless) : pictures
      const { code, message, ms } = await refused([record(config, NONE), ...rest], { decode })
      assert.is(code, 'ERR_BAD_STREAM', message)
      assert.match(message, means)
      assert.ok(ms < 15_000, `${ms} ms`)
    })

    test(`${name}, ${how}: between good pictures it is left out, counted, and told once`, async () => {
      const { tags } = await encoded(encoding, SHOT)
      const at = (index: number): number => tags[index]!.timestamp
      const mixed = [
        ...tags.slice(0, 10),
        record(tags[0]!, NONE, at(10)),
        ...tags.slice(10, 30),
        record(tags[0]!, [], at(30)),
        ...tags.slice(30),
      ]
      const { lines: log, logger } = lines()
      await capturing(fileOf(mixed), { ...OWN, decode, logger }, async capture => {
        await capture.start()
        if (decode) await take(capture)
        await until(() => capture.state.phase === 'failed')
        const { mended, decoded } = capture.stats()
        // av1parse of 1.22 writes no record, so the one at the beginning is empty.
        const own = tags[0]!.data.length > HEAD_BYTES ? 0 : 1
        assert.equal([mended, decoded], [2 + own, decode ? 40 : 0])
      })
      const told = log.filter(line => line.includes(`A configuration record of ${encoding.fourCc} (`))
      assert.is(told.length, 1, log.join('\n'))
    })
  }

  test(`AV1, ${how}: with sequence headers in its keyframes it plays without a record`, async () => {
    const [config, ...pictures] = (await encoded(AV1, SHOT)).tags as [FlvTag, ...FlvTag[]]
    const { lines: log, logger } = lines()
    const file = fileOf([record(config, NONE), ...pictures])
    await capturing(file, { ...OWN, decode, logger }, async capture => {
      await capture.start()
      assert.equal([capture.info?.video?.codec, capture.info?.video?.width], ['av1', 64])
      assert.is(capture.stats().mended, 1)
    })
    assert.ok(log.some(line => line.includes('A configuration record of av01')))
  })
}

/** Pictures of NAL units behind lengths, without the parameter sets among them. */
function withoutSets(tag: FlvTag, isSet: (first: number) => boolean): FlvTag {
  const { data } = tag
  const head = HEAD_BYTES + ((data[0]! & 15) === 1 ? 3 : 0)
  const kept = [data.subarray(0, head)]
  for (let at = head; at < data.length; ) {
    const next = at + 4 + data.readUInt32BE(at)
    if (!isSet(data[at + 4]!)) kept.push(data.subarray(at, next))
    at = next
  }
  return { ...tag, data: Buffer.concat(kept) }
}

for (const [name, encoding, isSet] of [
  ['H.264', H264, first => [7, 8].includes(first & 31)],
  ['HEVC', HEVC, first => [32, 33, 34].includes((first >> 1) & 63)],
] as readonly (readonly [string, Encoding, (first: number) => boolean])[]) {
  test(`${name}: neither a record nor parameter sets`, async () => {
    const { tags } = await encoded(encoding, SHOT)
    const pictures = tags.slice(1).map(tag => withoutSets(tag, isSet))
    for (const decode of [true, false]) {
      const { code, message, ms } = await refused(pictures, { decode })
      assert.is(code, 'ERR_BAD_STREAM', message)
      assert.match(message, /keyframes without parameter sets, and no configuration record/)
      assert.ok(ms > 2500 && ms < 20_000, `${ms} ms`)
    }
  })
}

test('pictures without a record, joined in mid-group: the keyframe with parameter sets is waited for', async () => {
  const elements = `x264enc bframes=2 key-int-max=100 speed-preset=ultrafast ! h264parse config-interval=-1 !
    video/x-h264,stream-format=avc,alignment=au`
  const { tags } = await encoded({ ...H264, elements }, { ...SHOT, pictures: 150 })
  // Four seconds of pictures come before the keyframe.
  const file = fileOf(tags.slice(5))
  await using server = await startRtmpServer({ ...serveWhole(file, { pace: 'real' }), then: 'silence' })
  await using capture = new RTMPCapture(server.url(), { ...OWN, dropPolicy: 'block', stallTimeout: 20_000 })
  await capture.start()
  ;(await capture.getFrame()).close()
})

test.run()
