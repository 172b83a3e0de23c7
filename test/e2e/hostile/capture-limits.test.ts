import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { usage } from '../../support/usage'
import { codeOf, pictures, serveWhole } from '../lib/served'

const test = suite('capture: what a peer may send', { timeout: 40_000 })

/** A relay looks at librtmp's. */
const OWN_CHUNKS = ['rxrtmp', 'rtmp2'] as const
const small = { size: '320x180', fps: 25, gop: 25, duration: 2, audio: null } as const

/** Served at the speed of the network. Returns the code with which the capture ends. */
async function endOf(
  file: string,
  options: RTMPCaptureOptions,
  edit?: (tag: FlvTag, index: number) => FlvTag[],
): Promise<string> {
  await using server = await startRtmpServer(serveWhole(file, edit && { edit }))
  await using capture = new RTMPCapture(server.url(), { dropPolicy: 'block', ...options })
  return await codeOf(
    (async () => {
      await capture.start()
      for await (const frame of capture.aiterFrames()) frame.close()
    })(),
  )
}

test('pictures beyond maxWidth and maxHeight are refused, either way up, before they are decoded', async () => {
  const wide = await makeFile(tempFile('wide.flv'), { ...small, size: '640x360' })
  const tall = await makeFile(tempFile('tall.flv'), { ...small, size: '360x640' })
  for (const file of [wide, tall]) {
    assert.is(await endOf(file, { maxWidth: 639, maxHeight: 360 }), 'ERR_UNSUPPORTED_MEDIA')
    assert.is(await endOf(file, { maxWidth: 640, maxHeight: 300 }), 'ERR_UNSUPPORTED_MEDIA')
    const { frames } = await pictures(file, { maxWidth: 640, maxHeight: 360 })
    assert.is(frames.length, 50)
  }
})

test('a size that grows in the middle of a stream is refused then, for good', async () => {
  const [one, two] = [
    await makeFile(tempFile('a.flv'), small),
    await makeFile(tempFile('b.flv'), { ...small, size: '640x360' }),
  ]
  await using server = await startRtmpServer(index => serveWhole(index === 0 ? one : two))
  await using capture = new RTMPCapture(server.url(), {
    dropPolicy: 'block',
    maxWidth: 320,
    maxHeight: 180,
    reconnect: { initialDelay: 50 },
  })
  const started = capture.start()
  let count = 0
  const code = await codeOf(
    (async () => {
      for await (const frame of capture.aiterFrames()) {
        assert.is(frame.width, 320)
        frame.close()
        count++
      }
    })(),
  )
  await started
  assert.equal([code, count], ['ERR_UNSUPPORTED_MEDIA', 50])
  assert.equal([capture.state.phase, server.connections.length], ['failed', 2])
})

test('a size that cropping hides counts as it is coded', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, x264: 'crop-rect=0,0,320,0', size: '640x360' })
  const { frames } = await pictures(file, { maxWidth: 640, maxHeight: 360 }, { count: 1 })
  assert.is(frames[0]!.width, 320)
  assert.is(await endOf(file, { maxWidth: 320, maxHeight: 360 }), 'ERR_UNSUPPORTED_MEDIA')
})

test('maxFps: too many a second in their own time and in ours; a burst is none', async () => {
  const fast = await makeFile(tempFile('fast.flv'), { ...small, fps: 60 })
  assert.is(await endOf(fast, { maxFps: 30 }), 'ERR_UNSUPPORTED_MEDIA')
  assert.is((await pictures(fast, { maxFps: 60 })).frames.length, 120)
})

for (const transport of OWN_CHUNKS) {
  test(`a message of more than 8 MiB closes the connection, ${transport}`, async () => {
    const file = await makeFile(tempFile('in.flv'), small)
    const huge = (tag: FlvTag, index: number) =>
      index === 10 ? [{ ...tag, data: Buffer.alloc(9 * 1024 * 1024, 0x27) }] : [tag]
    assert.is(await endOf(file, { reconnect: false, transport }, huge), 'ERR_BAD_STREAM')
  })
}

/** The first chunk of a message of 16 MiB, on a chunk stream of its own. The rest never comes. */
function beginning(chunkStream: number): Buffer {
  const head = Buffer.alloc(3 + 11 + 4096, 1)
  head[0] = 1
  head.writeUInt16LE(chunkStream - 64, 1)
  head.writeUIntBE(0, 3, 3)
  head.writeUIntBE(0xffffff, 6, 3)
  head[9] = 9
  head.writeUInt32LE(1, 10)
  return head
}

async function flood(server: RtmpServer, count: number): Promise<void> {
  const { socket } = server.connections.at(-1)!
  for (let i = 0; i < count && !socket.destroyed; i++) socket.write(beginning(1000 + i))
  await new Promise(resolve => setTimeout(resolve, 0))
}

for (const transport of OWN_CHUNKS) {
  for (const live of [true, false]) {
    const where = live ? 'beside' : 'in place of'
    test(`messages without an end close the connection ${where} a live stream, ${transport}`, async () => {
      const file = await makeFile(tempFile('in.flv'), small)
      await using server = await startRtmpServer(
        live ? { kind: 'serve-file', file, loop: true } : { kind: 'play-then-nothing' },
      )
      await using capture = new RTMPCapture(server.url(), { reconnect: false, transport })
      const started = codeOf(capture.start())
      await (live ? started : server.connection(0, it => it.role === 'player'))
      const before = usage().rss
      // 40 MB of 64 GB that they would be in the end.
      await flood(server, 10_000)
      await until(() => capture.state.phase === 'failed')
      assert.is(capture.state.reason, 'ERR_BAD_STREAM')
      if (!live) assert.is(await started, 'ERR_BAD_STREAM')
      await until(() => !server.connections[0]!.open)
      assert.ok(usage().rss - before < 200e6, `${(usage().rss - before) / 1e6} MB more`)
    })
  }
}

test.run()
