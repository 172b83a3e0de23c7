import { setImmediate } from 'node:timers/promises'
import { encodeAmf } from './amf0'
import type { Flood } from './behaviour'
import { encodeMessage } from './chunk'
import { MEDIA_STREAM, type Connection } from './connection'
import { uint16, uint32 } from './fields'
import { drained } from './play'

const MOST = 0xffffff
const LARGEST_CHUNK = 0x7fffffff
const VIDEO = 9

/** Bytes without end; each step is one message, or the part of one that is sent. */
function* messages(what: Flood['what']): Generator<Buffer> {
  const video = (payload: Buffer) => ({ type: VIDEO, streamId: MEDIA_STREAM, timestamp: 0, payload })
  const control = (type: number, ...parts: Buffer[]) =>
    encodeMessage(2, { type, streamId: 0, timestamp: 0, payload: Buffer.concat(parts) }, 128)
  const many = (bytes: Buffer) => Buffer.concat(Array.from({ length: Math.ceil(65_536 / bytes.length) }, () => bytes))
  const setChunkSize = (size: number) =>
    encodeMessage(2, { type: 1, streamId: 0, timestamp: 0, payload: uint32(size) }, 128)
  switch (what) {
    case 'message': {
      const whole = encodeMessage(6, video(Buffer.alloc(MOST, 0x27)), 4096)
      for (;;) for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536)
    }
    case 'chunk-size': {
      yield setChunkSize(LARGEST_CHUNK)
      const whole = encodeMessage(6, video(Buffer.alloc(MOST, 0x27)), LARGEST_CHUNK)
      for (;;) for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536)
    }
    case 'chunk-streams':
      for (let id = 3; ; id = id >= 65_598 ? 3 : id + 1) yield firstChunk(id)
    case 'zero-chunk':
      yield setChunkSize(0)
      for (;;) yield encodeMessage(6, video(Buffer.alloc(1000, 0x27)), 128)
    case 'pings':
      for (;;)
        yield encodeMessage(
          2,
          { type: 4, streamId: 0, timestamp: 0, payload: Buffer.concat([uint16(6), uint32(1)]) },
          128,
        )
    case 'short-pings': {
      yield control(4, uint16(6), uint32(1))
      // A header of one byte: all as in the one before.
      const block = many(Buffer.concat([Buffer.of(0xc2), uint16(6), uint32(1)]))
      for (;;) yield block
    }
    case 'bandwidths': {
      const block = many(Buffer.concat([control(6, uint32(5000), Buffer.of(2)), control(5, uint32(6000))]))
      for (;;) yield block
    }
    case 'buffer-lengths': {
      const block = many(control(4, uint16(3), uint32(1), uint32(3000)))
      for (;;) yield block
    }
    case 'cue-points': {
      const payload = encodeAmf('onCuePoint', null)
      const block = many(encodeMessage(5, { type: 18, streamId: MEDIA_STREAM, timestamp: 0, payload }, 128))
      for (;;) yield block
    }
    case 'statuses': {
      const status = { level: 'status', code: 'NetStream.Play.Reset', description: 'x'.repeat(50_000) }
      const payload = encodeAmf('onStatus', 0, null, status)
      for (;;) yield encodeMessage(3, { type: 20, streamId: MEDIA_STREAM, timestamp: 0, payload }, 4096)
    }
    case 'amf3': {
      const payload = Buffer.concat([Buffer.of(0), encodeAmf('onTime', 1)])
      const block = many(encodeMessage(5, { type: 15, streamId: MEDIA_STREAM, timestamp: 0, payload }, 128))
      for (;;) yield block
    }
    case 'metadata': {
      const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`field${i}`, i]))
      const payload = encodeAmf('onMetaData', fields)
      for (;;) yield encodeMessage(5, { type: 18, streamId: MEDIA_STREAM, timestamp: 0, payload }, 4096)
    }
  }
}

/** A full header on any chunk stream, and the first 4096 bytes of a message of 16 MiB. */
function firstChunk(id: number): Buffer {
  const basic =
    id < 64 ? Buffer.of(id) : id < 320 ? Buffer.of(0, id - 64) : Buffer.of(1, (id - 64) & 255, (id - 64) >> 8)
  const header = Buffer.alloc(11)
  header.writeUIntBE(MOST, 3, 3)
  header[6] = VIDEO
  header.writeUInt32LE(MEDIA_STREAM, 7)
  return Buffer.concat([basic, header, Buffer.alloc(4096, 0x27)])
}

export async function flood(connection: Connection, kind: Pick<Flood, 'what' | 'bytes'>): Promise<void> {
  const { what, bytes = Infinity } = kind
  // Answers to pings are read by nobody.
  if (/pings|bandwidths/.test(what)) connection.socket.pause()
  let sent = 0
  let turn = 0
  for (const part of messages(what)) {
    if (!connection.open || connection.ended || connection.socket.destroyed || sent >= bytes) return
    sent += part.length
    connection.sent++
    if (!connection.socket.write(part)) await drained(connection)
    else if (++turn % 64 === 0) await setImmediate()
  }
}
