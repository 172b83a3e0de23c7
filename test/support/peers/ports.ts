import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'

// Below the range (32768 and up) from which Linux takes the ports of outgoing connections, so that a server can be
// stopped and started again on its port without finding it taken.
const FIRST = 12_000
const BLOCK = 250
const BLOCKS = 80
let next = 0
let end = 0
let taking: Promise<void> | null = null

/**
 * A TCP port on which nothing listens. No test file that runs beside this one gets it, not even while nothing is there:
 * a server that is stopped comes back to it, and a connection to it is refused.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 2 * BLOCK; tries++) {
    while (next === end) await (taking ??= takeBlock().finally(() => (taking = null)))
    const port = next++
    const server = createServer()
    if (!(await listening(server, port))) continue
    await new Promise(resolve => server.close(resolve))
    return port
  }
  throw new Error('no free port')
}

/** Takes ports for this process alone: a server on the first of them says so for as long as the process runs. */
async function takeBlock(): Promise<void> {
  for (let tries = 0; tries < BLOCKS; tries++) {
    const port = FIRST + ((process.pid + tries) % BLOCKS) * BLOCK
    const server = createServer(socket => socket.destroy())
    if (!(await listening(server, port))) continue
    server.unref()
    next = port + 1
    end = port + BLOCK
    return
  }
  throw new Error('no free ports')
}

/** On all addresses: a server that listens on any of them is in the way. */
function listening(server: Server, port: number): Promise<boolean> {
  return new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen(port, () => resolve(true))
  })
}

/** A port of UDP on which nothing listens; likewise. */
export async function freeUdpPort(): Promise<number> {
  for (let tries = 0; tries < BLOCK; tries++) {
    const port = await freePort()
    const socket = createSocket('udp4')
    const free = await new Promise<boolean>(resolve => {
      socket.once('error', () => resolve(false))
      socket.bind(port, () => resolve(true))
    })
    await new Promise<void>(resolve => socket.close(resolve))
    if (free) return port
  }
  throw new Error('no free port of UDP')
}

/** Whether something is bound to this port of UDP, of IPv4 or IPv6. */
export async function bindsUdp(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const tables = await Promise.all(['udp', 'udp6'].map(name => readFile(`/proc/net/${name}`, 'utf8')))
  return tables.some(table => new RegExp(`^ *\\d+: [0-9A-F]+:${hex} `, 'm').test(table))
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
