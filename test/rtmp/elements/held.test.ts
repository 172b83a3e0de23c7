// suite: deep
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { gst, run } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { encodeMessage } from '../../support/peers/rtmp/chunk'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { over, running } from '../../e2e/lib/running'

const test = suite('rxrtmpsrc while nobody takes', { timeout: 60_000 })

/** A ping of 18 bytes: what is received makes the client write. */
const PING = Buffer.from('020000000000060400000000000600000001', 'hex')

/** Bytes of a connection over IPv4 that the kernel has not handed over to the other side; undefined: it is closed. */
function onTheWay({ localPort = 0, remotePort = 0 }: Socket): number | undefined {
  const [here, there] = [localPort, remotePort].map(port => port.toString(16).toUpperCase().padStart(4, '0'))
  const queue = new RegExp(`:${here} \\w+:${there} \\w+ (\\w+):`).exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1]
  return queue === undefined ? undefined : parseInt(queue, 16)
}

test('a connection that breaks loses nothing of what came before', async () => {
  const size = { size: '640x360', duration: 3, pattern: 'noise', bitrate: '12M' } as const
  const file = await makeFile(tempFile('broken.flv'), size)
  // What the queue, the thread behind it and the socket hold: the server's own socket keeps nothing that would be lost.
  const most = 1.4e6
  let bytes = 0
  let sent = 0
  const edit = (tag: FlvTag): FlvTag[] => {
    if (tag.type !== 'video' || tag.data[1] !== 1) return [tag]
    bytes += tag.data.length
    if (bytes > most) return []
    sent++
    return [tag]
  }
  await using server = await startRtmpServer({
    kind: 'serve-file',
    file,
    pace: 'full',
    then: 'silence',
    edit,
    mangle: bytes => Buffer.concat([bytes, PING]),
  })
  await running(
    gst`rxrtmpsrc name=source location=${server.url()}
      source.video ! appsink name=video sync=true max-buffers=0  source.audio ! fakesink`,
    async p => {
      let got = 0
      p.packets$('video').subscribe({ next: () => got++, error: () => {} })
      await p.start()
      const [connection] = server.connections
      // All of it is on this side of the network.
      const { socket } = connection!
      await until(() => connection!.ended === 'silence' && socket.writableLength === 0 && onTheWay(socket) === 0)
      connection!.end('rst')
      await over(p)
      assert.is(p.state.reason, 'ERR_CONNECTION_LOST')
      assert.ok(bytes > most && got === sent, `${got} of ${sent} packets`)
    },
  )
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const rss = (): number => (collect(), process.memoryUsage().rss)

test('what a server calls, and nobody takes, is not kept', async () => {
  const file = await makeFile(tempFile('called.flv'), { size: '160x90', duration: 4 })
  // Of 4000 values, about 37 times a second.
  const payload = encodeAmf(
    'onNothing',
    0,
    null,
    Array.from({ length: 3900 }, () => true),
  )
  const called = encodeMessage(3, { type: 20, streamId: 1, timestamp: 0, payload }, 4096)
  let calls = 0
  const mangle = (bytes: Buffer, index: number): Buffer => {
    // Not before the server has told the size of its chunks.
    if (index < 16 || index % 2) return bytes
    calls++
    return Buffer.concat([bytes, called])
  }
  await using server = await startRtmpServer({ kind: 'serve-file', file, mangle, then: 'silence' })
  // The first picture is shown after an hour: the thread behind the queue waits with it.
  const graph = gst`rxrtmpsrc name=source location=${server.url()}
    source.video ! fakesink sync=true ts-offset=3600000000000  source.audio ! fakesink`
  const p = run(graph)
  try {
    p.start().catch(() => {})
    await until(() => calls > 20)
    const before = rss()
    await until(() => server.connections[0]!.ended === 'silence')
    const grown = rss() - before
    assert.ok(calls > 120 && server.connections[0]!.open, `${calls} calls`)
    // A sanitizer keeps what is given back for a while.
    assert.ok(grown < (process.env.ASAN_OPTIONS === undefined ? 15e6 : 400e6), `${grown} bytes`)
  } finally {
    await p.stop()
  }
})

test.run()
