/**
 * The frames of core/wire.ts on a stream socket, in both directions:
 *
 *   length of what follows | length of the header | header, JSON in UTF-8 | bytes
 *        4 bytes, BE               4 bytes, BE
 *
 * Both sides take the other for hostile: what breaks a bound or is no frame ends the connection.
 */
import type { Socket } from 'node:net'

export const MOST_HEADER_BYTES = 1024 * 1024
/** Of header and bytes together. */
export const MOST_FRAME_BYTES = 8 * 1024 * 1024
/** What may wait in a socket before frames that can be missed are dropped. */
export const DROPPABLE_QUEUE_BYTES = 2 * 1024 * 1024
/** What may wait in a socket at all: a peer that reads so little is lost. */
export const MOST_QUEUED_BYTES = 32 * 1024 * 1024

const LENGTH_BYTES = 4

/** Frames that come again, or that a viewer can miss. */
const DROPPABLE: ReadonlySet<string> = new Set(['sample', 'thumbnail', 'preview', 'metrics'])

export interface Header {
  readonly type: string
}

export interface Frame<H extends Header = Header> {
  readonly header: H
  /** Empty: the frame has none. A view of memory that nobody else writes. */
  readonly bytes: Buffer
}

/** What came is no frame, or one that is too large. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** One frame as it goes on the wire. Throws FrameError where it is too large. */
export function encodeFrame(header: Header, bytes: Uint8Array = new Uint8Array()): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  if (text.length > MOST_HEADER_BYTES) throw new FrameError(`a header of ${text.length} bytes (${header.type})`)
  const length = text.length + bytes.length
  if (length > MOST_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes (${header.type})`)
  const frame = Buffer.allocUnsafe(2 * LENGTH_BYTES + length)
  frame.writeUInt32BE(LENGTH_BYTES + length, 0)
  frame.writeUInt32BE(text.length, LENGTH_BYTES)
  text.copy(frame, 2 * LENGTH_BYTES)
  frame.set(bytes, 2 * LENGTH_BYTES + text.length)
  return frame
}

/** Cuts what a socket gives into frames. Holds one incomplete frame at most. */
export class FrameReader<H extends Header = Header> {
  private frame = Buffer.alloc(2 * LENGTH_BYTES)
  private filled = 0

  /** The frames that are complete now. Throws FrameError; the connection is of no use then. */
  push(chunk: Uint8Array): Frame<H>[] {
    const frames: Frame<H>[] = []
    let rest = chunk
    while (rest.length > 0) {
      const piece = rest.subarray(0, this.frame.length - this.filled)
      this.frame.set(piece, this.filled)
      this.filled += piece.length
      rest = rest.subarray(piece.length)
      if (this.filled < this.frame.length) break
      if (this.filled === 2 * LENGTH_BYTES) this.frame = withRoom(this.frame)
      if (this.filled < this.frame.length) continue
      frames.push(parseFrame<H>(this.frame))
      this.frame = Buffer.alloc(2 * LENGTH_BYTES)
      this.filled = 0
    }
    return frames
  }
}

/** The two lengths, and room for all that they tell of. */
function withRoom(lengths: Buffer): Buffer<ArrayBuffer> {
  const frame = Buffer.allocUnsafe(neededBytes(lengths))
  lengths.copy(frame)
  return frame
}

function neededBytes(start: Buffer): number {
  const length = start.readUInt32BE(0)
  const headerLength = start.readUInt32BE(LENGTH_BYTES)
  if (length > LENGTH_BYTES + MOST_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes`)
  if (headerLength > MOST_HEADER_BYTES) throw new FrameError(`a header of ${headerLength} bytes`)
  if (headerLength + LENGTH_BYTES > length) throw new FrameError('a header that is longer than its frame')
  return LENGTH_BYTES + length
}

function parseFrame<H extends Header>(frame: Buffer): Frame<H> {
  const headerEnd = 2 * LENGTH_BYTES + frame.readUInt32BE(LENGTH_BYTES)
  let header: unknown
  try {
    header = JSON.parse(frame.toString('utf8', 2 * LENGTH_BYTES, headerEnd))
  } catch {
    throw new FrameError('a header that is no JSON')
  }
  if (typeof header !== 'object' || header === null || typeof (header as Partial<Header>).type !== 'string') {
    throw new FrameError('a header without a type')
  }
  return { header: header as H, bytes: frame.subarray(headerEnd) }
}

export interface FrameSocketHandlers<In extends Header> {
  onFrame(header: In, bytes: Buffer): void
  /** Once. `error`: why the connection ended; null: the peer or close() ended it. */
  onClose(error: Error | null): void
}

/** A connected socket that carries frames: `In` are the headers that come, `Out` those that go. */
export class FrameSocket<In extends Header, Out extends Header> {
  /** Frames that were dropped, since more than DROPPABLE_QUEUE_BYTES waited. */
  dropped = 0
  private readonly socket: Socket
  private readonly reader = new FrameReader<In>()
  private failure: Error | null = null

  constructor(socket: Socket, handlers: FrameSocketHandlers<In>) {
    this.socket = socket
    socket.on('data', chunk => {
      try {
        for (const { header, bytes } of this.reader.push(chunk as Buffer)) {
          if (socket.destroyed) return
          handlers.onFrame(header, bytes)
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        this.fail(error)
      }
    })
    socket.on('error', error => (this.failure ??= error))
    socket.on('close', () => handlers.onClose(this.failure))
  }

  get open(): boolean {
    return !this.socket.destroyed && this.socket.writable
  }

  /**
   * Sends a frame, or drops it and returns false: the connection is closed, or the frame is a sample, a thumbnail, a
   * piece of a preview or metrics and too much waits. After a lost piece a preview goes on with a keyframe.
   */
  send(header: Out, bytes?: Uint8Array): boolean {
    if (!this.open) return false
    const waiting = this.socket.writableLength
    if (waiting > DROPPABLE_QUEUE_BYTES && DROPPABLE.has(header.type)) {
      this.dropped += 1
      return false
    }
    if (waiting > MOST_QUEUED_BYTES) {
      this.fail(new FrameError(`the peer does not read: ${waiting} bytes wait`))
      return false
    }
    this.socket.write(encodeFrame(header, bytes))
    return true
  }

  /** Sends what waits, then ends. */
  end(): void {
    this.socket.end()
  }

  close(): void {
    this.socket.destroy()
  }

  private fail(error: Error): void {
    this.failure ??= error
    this.socket.destroy()
  }
}
