import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** How a network lies. */
export interface Lie {
  /** Each packet of media of this number, counted per direction, is lost; 0: none. */
  loseEach?: number
  /** Time that each packet takes, ms. */
  delayMs?: number
}

/** A network of UDP between one caller and a peer on this machine. */
export interface UdpProxy extends AsyncDisposable {
  readonly port: number
  /** Packets that it has lost. */
  readonly lost: number
  lie(how: Lie): void
}

/** Smaller packets are handshakes and reports: without them nothing is lost, for nothing begins. */
const MEDIA_BYTES = 500

export async function startUdpProxy(port: number, lie: Lie = {}): Promise<UdpProxy> {
  const near = createSocket('udp4')
  const far = createSocket('udp4')
  let how = lie
  let lost = 0
  let caller: RemoteInfo | null = null
  const timers = new Set<NodeJS.Timeout>()
  const pass = (from: Socket, send: (bytes: Buffer) => void, note: (peer: RemoteInfo) => void): void => {
    let count = 0
    from.on('message', (bytes, peer) => {
      note(peer)
      if (bytes.length >= MEDIA_BYTES && how.loseEach && ++count % how.loseEach === 0) return void lost++
      const timer = setTimeout(() => {
        timers.delete(timer)
        send(bytes)
      }, how.delayMs ?? 0)
      timers.add(timer)
    })
    from.on('error', () => {})
  }
  pass(
    near,
    bytes => far.send(bytes, port, '127.0.0.1'),
    peer => (caller = peer),
  )
  pass(
    far,
    bytes => caller && near.send(bytes, caller.port, caller.address),
    () => {},
  )
  near.bind(0, '127.0.0.1')
  far.bind(0, '127.0.0.1')
  await Promise.all([once(near, 'listening'), once(far, 'listening')])
  return {
    port: near.address().port,
    get lost() {
      return lost
    },
    lie: next => void (how = next),
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer)
      near.close()
      far.close()
    },
  }
}
