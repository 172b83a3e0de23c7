// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Flood, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { bounded } from '../lib/flooded'
import { codeOf } from '../lib/served'
import { TRANSPORTS } from '../lib/transports'

// Servers that mean harm: the connection ends with a code, memory and stop() stay bounded, nothing goes on afterwards.
const test = suite('capture: floods', { timeout: 40_000 })

const small = { size: '160x90', fps: 25, gop: 25, duration: 1, audio: null } as const

const FLOODS: Flood['what'][] = [
  'pings',
  'short-pings',
  'bandwidths',
  'buffer-lengths',
  'cue-points',
  'statuses',
  'amf3',
]
for (const transport of TRANSPORTS) {
  for (const what of FLOODS) {
    test(`${what}, ${transport}`, async () => {
      await using server = await startRtmpServer({ kind: 'flood', what })
      // librtmp reads 50 kB of a command slowly, on a busy machine for seconds.
      const capture = new RTMPCapture(server.url(), { transport, reconnect: false, connectTimeout: 20_000 })
      const started = codeOf(capture.start())
      await bounded(
        async () => {
          assert.is(await started, 'ERR_BAD_STREAM')
          assert.is(capture.state.phase, 'failed')
        },
        () => capture.stop(),
      )
      await until(() => server.connections.every(({ open }) => !open))
    })
  }
}

for (const transport of TRANSPORTS) {
  test(`before there is an answer to the first command, ${transport}`, async () => {
    await using server = await startRtmpServer({ kind: 'flood-connect', what: 'short-pings' })
    const capture = new RTMPCapture(server.url(), { transport, reconnect: false })
    const started = codeOf(capture.start())
    await bounded(
      async () => assert.is(await started, 'ERR_BAD_STREAM'),
      () => capture.stop(),
    )
  })

  test(`beside a live stream, ${transport}`, async () => {
    const file = await makeFile(tempFile('in.flv'), small)
    const pings = Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.of(0xc2, 0, 6, 0, 0, 0, 1)))
    const first = Buffer.of(2, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0, 0, 6, 0, 0, 0, 1)
    let flooding = false
    const mangle = (bytes: Buffer): Buffer => (flooding ? Buffer.concat([bytes, first, pings]) : bytes)
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, mangle })
    // What the guard of a busy machine needs is no stall.
    const capture = new RTMPCapture(server.url(), { transport, reconnect: false, stallTimeout: 30_000 })
    await capture.start()
    flooding = true
    await bounded(
      async () => {
        await until(() => capture.state.phase === 'failed')
        assert.is(capture.state.reason, 'ERR_BAD_STREAM')
      },
      () => capture.stop(),
    )
  })
}

test('with reconnect each attempt is bounded, and all of them together', async () => {
  await using server = await startRtmpServer({ kind: 'flood', what: 'short-pings' })
  const capture = new RTMPCapture(server.url(), {
    reconnect: { initialDelay: 10, maxDelay: 50 },
    connectTimeout: 20_000,
  })
  const started = codeOf(capture.start())
  // start() has one attempt; what follows it is a stream that was live.
  await bounded(
    async () => void (await started),
    () => capture.stop(),
  )
})

/** Metadata of so many levels, whose innermost object never ends. */
function nested(depth: number, type: 3 | 8): Buffer {
  const level = Buffer.from(type === 3 ? [0, 1, 0x6b, 3] : [0, 1, 0x6b, 8, 0, 0, 0, 1])
  return Buffer.concat([encodeAmf('onMetaData'), Buffer.of(3), Buffer.alloc(depth * level.length, level)])
}

for (const transport of TRANSPORTS) {
  for (const decode of transport === 'librtmp' ? [true] : [true, false]) {
    test(`metadata of 200,000 levels is left out, and the stream plays (${transport}, decode: ${decode})`, async () => {
      const file = await makeFile(tempFile('in.flv'), small)
      const edit = (tag: FlvTag, index: number): FlvTag[] => {
        const harm = ([3, 8] as const).map(
          (type): FlvTag => ({
            type: 'script',
            timestamp: tag.timestamp,
            data: nested(200_000, type),
          }),
        )
        return index === 0 || index === 10 ? [...harm, tag] : [tag]
      }
      await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, edit })
      const warnings: string[] = []
      const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void warnings.push(text) }
      await using capture = new RTMPCapture(server.url(), { transport, decode, logger, reconnect: false })
      let frames = 0
      if (decode)
        capture.frames$.subscribe({
          next: frame => {
            frames++
            frame.close()
          },
          error() {},
        })
      await capture.start()
      await until(() => (decode ? frames : server.connections[0]!.sent) > 30)
      assert.is(capture.state.phase, 'live')
      // Through librtmp it does not come as far as there.
      if (transport === 'rtmp2') assert.match(warnings.join('\n'), /more than 32 levels deep is left out/)
    })
  }
}

test('what a server says is one short line without secrets', async () => {
  const base64 = Buffer.from('topsecretkey').toString('base64')
  const spellings = `topsecretkey %74opsecret%6bey ${base64}`
  const description = `\u001b[31mrefused\r\nfake: a log line ${spellings} ${'y'.repeat(60_000)}`
  await using server = await startRtmpServer({ kind: 'reject-connect', description })
  const lines: string[] = []
  const log = (text: string): void => void lines.push(text)
  await using capture = new RTMPCapture(server.url('topsecretkey'), {
    reconnect: false,
    logger: { debug: log, info: log, warn: log, error: log },
  })
  const error = await capture.start().then(
    () => null,
    (it: unknown) => it,
  )
  assert.instance(error, RxGstError)
  const { code, message, gst } = error as RxGstError
  assert.is(code, 'ERR_CONNECT_REJECTED')
  assert.ok(message.length < 400, message)
  for (const text of [message, gst!.text, gst!.debug, ...lines]) {
    assert.not.match(text, /[\p{Cc}]|opsecretkey|opsecret%6b|dG9wc2VjcmV0a2V5/u)
    assert.ok(text.length < 1500, `${text.length} characters`)
  }
  assert.match(message, /\\x1b\[31mrefused\\r\\nfake: a log line \*\*\* \*\*\* \*\*\*/)
})

test.run()
