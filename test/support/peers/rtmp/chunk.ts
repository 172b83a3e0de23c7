export interface Message {
  /** 1 … 6 protocol, 8 audio, 9 video, 18 data, 20 command. */
  type: number
  streamId: number
  /** ms, 32 bits. */
  timestamp: number
  payload: Buffer
}

const EXTENDED = 0xffffff

interface ChunkStream {
  timestamp: number
  /** What the last header said, which a header without one repeats. */
  delta: number
  length: number
  type: number
  streamId: number
  extended: boolean
  parts: Buffer[]
  received: number
}

/** Puts messages together from the bytes of a connection, behind the handshake. */
export class ChunkReader {
  #chunkSize = 128
  #bytes: Buffer = Buffer.alloc(0)
  readonly #streams = new Map<number, ChunkStream>()

  push(data: Buffer): Message[] {
    this.#bytes = this.#bytes.length ? Buffer.concat([this.#bytes, data]) : data
    const messages: Message[] = []
    for (let used = this.#readChunk(messages); used > 0; used = this.#readChunk(messages)) {
      this.#bytes = this.#bytes.subarray(used)
    }
    return messages
  }

  /** Reads one chunk if it is there in full; returns the bytes used, 0 when there is more to come. */
  #readChunk(messages: Message[]): number {
    const bytes = this.#bytes
    if (bytes.length === 0) return 0
    const format = bytes[0]! >> 6
    const short = bytes[0]! & 63
    const at = short === 0 ? 2 : short === 1 ? 3 : 1
    const headerLength = [11, 7, 3, 0][format]!
    if (bytes.length < at + headerLength) return 0

    const id = short === 0 ? bytes[1]! + 64 : short === 1 ? bytes.readUInt16LE(1) + 64 : short
    const stream = this.#streams.get(id) ?? newStream()
    const field = format < 3 ? bytes.readUIntBE(at, 3) : -1
    const extended = format < 3 ? field === EXTENDED : stream.extended
    const length = format < 2 ? bytes.readUIntBE(at + 3, 3) : stream.length
    const fresh = stream.received === 0 || format < 3
    const body = at + headerLength + (extended ? 4 : 0)
    const count = Math.min(this.#chunkSize, fresh ? length : length - stream.received)
    if (bytes.length < body + count) return 0

    // The chunk is complete: only now does anything change.
    this.#streams.set(id, stream)
    if (fresh) {
      if (format < 3) stream.delta = extended ? bytes.readUInt32BE(at + headerLength) : field
      if (format < 2) {
        stream.length = length
        stream.type = bytes[at + 6]!
      }
      if (format === 0) stream.streamId = bytes.readUInt32LE(at + 7)
      stream.timestamp = (format === 0 ? stream.delta : stream.timestamp + stream.delta) >>> 0
      stream.extended = extended
      stream.parts = []
      stream.received = 0
    }
    // A copy: the socket's memory is not ours to keep.
    stream.parts.push(Buffer.from(bytes.subarray(body, body + count)))
    stream.received += count
    if (stream.received >= stream.length) {
      this.#complete(stream, messages)
      stream.received = 0
    }
    return body + count
  }

  #complete(stream: ChunkStream, messages: Message[]): void {
    const { type, streamId, timestamp } = stream
    const payload = Buffer.concat(stream.parts)
    if (type === 1) this.#chunkSize = payload.readUInt32BE() & 0x7fffffff
    else if (type === 2) this.#forget(payload.readUInt32BE())
    messages.push({ type, streamId, timestamp, payload })
  }

  /** The rest of a message will not come. */
  #forget(id: number): void {
    const stream = this.#streams.get(id)
    if (stream) stream.received = 0
  }
}

function newStream(): ChunkStream {
  return { timestamp: 0, delta: 0, length: 0, type: 0, streamId: 0, extended: false, parts: [], received: 0 }
}

/** One message as chunks: a full header, then headers that repeat it. `chunkStream` 2 … 63. */
export function encodeMessage(chunkStream: number, message: Message, chunkSize: number): Buffer {
  const { type, streamId, timestamp, payload } = message
  const extended = timestamp >= EXTENDED
  const head = Buffer.alloc(12)
  head[0] = chunkStream
  head.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3)
  head.writeUIntBE(payload.length, 4, 3)
  head[7] = type
  head.writeUInt32LE(streamId, 8)
  const extension = Buffer.alloc(extended ? 4 : 0)
  if (extended) extension.writeUInt32BE(timestamp >>> 0)

  const parts = [head, extension, payload.subarray(0, chunkSize)]
  for (let at = chunkSize; at < payload.length; at += chunkSize) {
    parts.push(Buffer.of(0xc0 | chunkStream), extension, payload.subarray(at, at + chunkSize))
  }
  return Buffer.concat(parts)
}
