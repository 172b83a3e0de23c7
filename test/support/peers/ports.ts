import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'

// Below the range (32768 and up) from which Linux takes the ports of outgoing connections, so that a server can be
// stopped and started again on its port without finding it taken. Test files that run side by side start elsewhere.
const FIRST = 12_000
const COUNT = 20_000
let next = (process.pid * 61) % COUNT

/** A TCP port on which nothing listens. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = FIRST + next
    next = (next + 1) % COUNT
    if (await canListen(port)) return port
  }
  throw new Error('no free port')
}

function canListen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    // On all addresses: a server that listens on any of them is in the way.
    server.listen(port, () => server.close(() => resolve(true)))
  })
}

/** Whether something accepts connections on this port now. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Whether the programs at both ends of all connections of this port of IPv4 have read what was sent. */
export async function allIsRead(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map(row => row.trim().split(/\s+/))
  // Local and remote address, state (0A: listens), bytes that wait to be sent and to be read.
  return rows.every(
    ([, local = '', remote = '', state, queues]) =>
      state === '0A' || !(local.endsWith(`:${hex}`) || remote.endsWith(`:${hex}`)) || queues === '00000000:00000000',
  )
}

/** Whether something listens on this port of IPv4, found out without a connection: some servers take but one. */
export async function listens(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return (await readFile('/proc/net/tcp', 'utf8')).includes(`:${hex} 00000000:0000 0A`)
}
