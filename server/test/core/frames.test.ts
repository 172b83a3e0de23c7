import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import {
  encodeFrame,
  FrameError,
  FrameReader,
  FrameSocket,
  type Header,
  MOST_FRAME_BYTES,
  MOST_HEADER_BYTES,
  MOST_QUEUED_BYTES,
} from '../../src/core/frames.js'

const test = suite('frames')

const lengths = (total: number, header: number) => {
  const start = Buffer.alloc(8)
  start.writeUInt32BE(total, 0)
  start.writeUInt32BE(header, 4)
  return start
}

test('frames come out as they went in, however the bytes are cut', () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251))
  const wire = Buffer.concat([
    encodeFrame({ type: 'a' }),
    encodeFrame({ type: 'b', text: 'ü'.repeat(100) } as Header, bytes),
    encodeFrame({ type: 'c' }, new Uint8Array([1])),
  ])
  for (const size of [1, 3, 7, 8, 9, 1000, wire.length]) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < wire.length; at += size) frames.push(...reader.push(wire.subarray(at, at + size)))
    assert.equal(
      frames.map(({ header }) => header.type),
      ['a', 'b', 'c'],
      `pieces of ${size}`,
    )
    assert.equal((frames[1]!.header as { text?: string }).text, 'ü'.repeat(100))
    assert.ok(frames[1]!.bytes.equals(bytes))
    assert.equal([...frames[2]!.bytes], [1])
  }
})

test('what is too large or no frame is refused before it is collected', () => {
  const hostile: Buffer[] = [
    lengths(MOST_FRAME_BYTES + 5, 2),
    lengths(0xffffffff, 0),
    lengths(MOST_HEADER_BYTES + 100, MOST_HEADER_BYTES + 1),
    lengths(10, 7),
    lengths(0, 0),
    Buffer.concat([lengths(6, 2), Buffer.from('{x')]),
    Buffer.concat([lengths(6, 2), Buffer.from('{}')]),
    Buffer.concat([lengths(8, 4), Buffer.from('null')]),
    Buffer.concat([lengths(14, 10), Buffer.from('{"type":1}')]),
  ]
  for (const bytes of hostile) {
    assert.throws(
      () => new FrameReader().push(bytes),
      (error: Error) => error instanceof FrameError,
    )
  }
  assert.throws(() => encodeFrame({ type: 'x' }, Buffer.alloc(MOST_FRAME_BYTES)), /a frame of/)
})

async function pair(): Promise<{ server: Server; ours: Socket; theirs: Socket }> {
  const path = tempFile('frames.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const theirs = connect(path)
  const [ours] = (await once(server, 'connection')) as [Socket]
  return { server, ours, theirs }
}

test('a hostile frame ends the connection and is told', async () => {
  const { server, ours, theirs } = await pair()
  theirs.on('error', () => {})
  const closed: (Error | null)[] = []
  const seen: string[] = []
  new FrameSocket(ours, { onFrame: header => seen.push(header.type), onClose: error => closed.push(error) })
  theirs.write(Buffer.concat([encodeFrame({ type: 'ok' }), lengths(0xffffffff, 1)]))
  await until(() => closed.length === 1)
  assert.instance(closed[0], FrameError)
  await until(() => theirs.destroyed || theirs.readableEnded)
  server.close()
})

test('a peer that does not read loses what can be missed, then the connection', async () => {
  const { server, ours, theirs } = await pair()
  theirs.pause()
  const closed: (Error | null)[] = []
  const socket = new FrameSocket<Header, Header>(ours, { onFrame: () => {}, onClose: error => closed.push(error) })
  const bytes = Buffer.alloc(512 * 1024)
  let sent = 0
  while (socket.send({ type: 'preview' }, bytes)) sent += bytes.length
  assert.ok(sent < 8 * 1024 * 1024, `${sent} bytes were taken`)
  assert.is(socket.dropped, 1)
  assert.ok(socket.send({ type: 'status' }), 'a status is never dropped')
  for (let i = 0; i < (2 * MOST_QUEUED_BYTES) / bytes.length && socket.open; i += 1) socket.send({ type: 'log' }, bytes)
  assert.not.ok(socket.open)
  await until(() => closed.length === 1)
  assert.match(closed[0]?.message ?? '', /does not read/)
  theirs.destroy()
  server.close()
})

test('end() sends what waits', async () => {
  const { server, ours, theirs } = await pair()
  const sender = new FrameSocket<Header, Header>(ours, { onFrame: () => {}, onClose: () => {} })
  const seen: number[] = []
  let closed = 0
  new FrameSocket(theirs, { onFrame: (_, bytes) => seen.push(bytes.length), onClose: () => (closed += 1) })
  for (let i = 0; i < 10; i += 1) sender.send({ type: 'event' }, Buffer.alloc(100_000))
  sender.end()
  await until(() => closed === 1)
  assert.equal(seen, Array(10).fill(100_000))
  server.close()
})

test.run()
