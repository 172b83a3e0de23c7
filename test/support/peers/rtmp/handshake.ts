import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'

/**
 * 'half': S0 and S1, and no S2 ever; 'random': a version in S1 and nothing of C1 in S2, as Flash Media Server has them
 * for clients of which it knows the digest; 'in turn': S2 behind C2.
 */
export type HandshakeManner = 'plain' | 'half' | 'random' | 'in turn'

const SIZE = 1536

/** S0 and S1, and S2 as the echo of C1; a zero version in S1 says that no digests are wanted. */
function answer(c1: Buffer, manner: HandshakeManner): { s0s1: Buffer; s2: Buffer } {
  if (manner === 'random') {
    const version = Buffer.of(0, 0, 0, 1, 5, 0, 17, 1)
    const s1 = Buffer.concat([version, randomBytes(SIZE - version.length)])
    return { s0s1: Buffer.concat([Buffer.of(3), s1]), s2: randomBytes(SIZE) }
  }
  const s0s1 = Buffer.alloc(1 + SIZE, 0x5a)
  s0s1[0] = 3
  s0s1.fill(0, 1, 9)
  return { s0s1, s2: Buffer.from(c1) }
}

/**
 * The server's side of the handshake; resolves with the bytes that came after it, or null when the client left: with
 * 'half' only then.
 */
export async function shakeHands(socket: Socket, manner: HandshakeManner = 'plain'): Promise<Buffer | null> {
  const [hello, early] = (await read(socket, 1 + SIZE)) ?? []
  if (!hello) return null
  const { s0s1, s2 } = answer(hello.subarray(1), manner)
  const later = manner === 'half' || manner === 'in turn'
  socket.write(later ? s0s1 : Buffer.concat([s0s1, s2]))
  if (manner === 'half') {
    socket.resume()
    return new Promise(resolve => socket.once('close', () => resolve(null)))
  }
  const [, rest] = (await read(socket, SIZE, early)) ?? []
  if (rest && manner === 'in turn') socket.write(s2)
  return rest ?? null
}

/** Exactly `count` bytes, and what came with them; null when the connection ends before. */
function read(socket: Socket, count: number, start: Buffer = Buffer.alloc(0)): Promise<[Buffer, Buffer] | null> {
  return new Promise(resolve => {
    let bytes = start
    const finish = (value: [Buffer, Buffer] | null) => {
      socket.off('data', more).off('close', gone).off('end', gone)
      socket.pause()
      resolve(value)
    }
    const check = () => {
      if (bytes.length >= count) finish([bytes.subarray(0, count), bytes.subarray(count)])
    }
    const more = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      check()
    }
    const gone = () => finish(null)
    socket.on('data', more).on('close', gone).on('end', gone)
    socket.resume()
    check()
  })
}
