import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { sleep } from '../../until'
import { garbage, type ServeFile } from './behaviour'
import { MEDIA_STREAM, type Connection } from './connection'
import { parseFlv, TAG_TYPES, type FlvTag } from './flv'

const CHUNK_STREAMS = { script: 5, audio: 4, video: 6 } as const

/** Sends a file's tags to a player; returns when they are through or the player has left. */
export async function serveFile(connection: Connection, behaviour: ServeFile): Promise<void> {
  const { pace = 'real', loop = false, until = Infinity, then = 'fin', edit = (tag: FlvTag) => [tag] } = behaviour
  const { before, mediaStream } = behaviour
  let tags = parseFlv(readFileSync(behaviour.file))
  const from = performance.now()
  let index = 0
  let offset = 0
  let sinceTurn = 0
  do {
    for (const original of tags) {
      const timestamp = original.timestamp + offset
      if (timestamp >= until) return connection.end(then)
      if (pace === 'real') await sleep(timestamp - (performance.now() - from))
      // That a player has left is told in a turn of the event loop; promises alone never let it turn.
      else if (++sinceTurn % 64 === 0) await setImmediate()
      if (!connection.open || connection.ended || connection.socket.destroyed) return
      for (const tag of edit({ ...original, timestamp }, index)) {
        await before?.(connection, tag, index)
        if (connection.ended) return
        await sendTag(connection, tag, mediaStream)
      }
      index++
    }
    offset += lengthOf(tags)
    // No server repeats onMetaData in mid-stream.
    tags = tags.filter(tag => tag.type !== 'script')
  } while (loop && tags.length > 0)
  connection.end(then)
}

async function sendTag(
  connection: Connection,
  { type, timestamp, data }: FlvTag,
  mediaStream = MEDIA_STREAM,
): Promise<void> {
  connection.sent++
  const flowing = connection.send(CHUNK_STREAMS[type], TAG_TYPES[type], mediaStream, data, timestamp >>> 0)
  if (!flowing) await drained(connection)
}

/** The player reads slower than we send: go on when it has, or has left. */
export function drained({ socket }: Connection): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
    if (socket.destroyed) done()
  })
}

/** To about the end of the last picture: a seam of some ms in a loop is nothing that a player notices. */
function lengthOf(tags: readonly FlvTag[]): number {
  return Math.max(...tags.map(tag => tag.timestamp)) + 33
}

/** Media that no decoder can make sense of, 25 times a second, until the player leaves. */
export async function playGarbage(connection: Connection, what: 'random' | 'avc-header'): Promise<void> {
  // Profile and level, then the set's length, then nothing of the set.
  const truncated = Buffer.of(0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1e, 0xff, 0xe1, 0x7f)
  if (what === 'avc-header') await sendTag(connection, { type: 'video', timestamp: 0, data: truncated })
  for (let i = 0; connection.open && !connection.ended; i++) {
    const noise = garbage(1000, i + 1)
    const head = what === 'avc-header' ? Buffer.of(i % 25 ? 0x27 : 0x17, 1, 0, 0, 0) : Buffer.alloc(0)
    await sendTag(connection, { type: 'video', timestamp: i * 40, data: Buffer.concat([head, noise]) })
    if (what === 'random') await sendTag(connection, { type: 'audio', timestamp: i * 40, data: noise.subarray(0, 200) })
    await sleep(40)
  }
}
