// The server of the demo: `rxgst serve` in a process of its own, with a channel for each of the demo's streams.
import { fork } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./demo-server-child.mjs', import.meta.url))
const HOST = '127.0.0.1'
const MOST_PORTS = 100
const START_MS = 60_000
/** Of its channels; they need a tenth of it. Then it ends at once. */
const STOP_MS = 4500
const LOOK_MS = 20
const KEPT_LOG = 16_384

/**
 * Starts it for these streams. It takes `port` for RTMP, or the next free one. Resolves when both its servers answer;
 * rejects with what it says of itself.
 */
export async function startDemoServer({ port: wished, streams, signal }) {
  const port = await freePortFrom(wished)
  // Ctrl-C on the terminal is for the demo, which ends this process in turn. In all other cases its IPC channel does.
  const child = fork(CHILD, [String(port), ...streams], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true })
  const exited = new Promise(resolve => child.once('exit', resolve))
  let log = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => void (output = (output + text).slice(-KEPT_LOG)))
  child.stderr.setEncoding('utf8').on('data', text => void (log = (log + text).slice(-KEPT_LOG)))
  const close = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGTERM'), STOP_MS)
    await exited
    clearTimeout(timer)
  }
  const deadline = performance.now() + START_MS
  const pageLink = () => /http:\/\/\S+\/login\?token=\S+/.exec(output)?.[0]
  while (!pageLink() || !(await accepts(port))) {
    const late = performance.now() > deadline
    if (!late && child.exitCode === null && child.signalCode === null && !signal.aborted) {
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
      continue
    }
    await close()
    throw new Error(`the server ${late ? 'does not answer' : 'has ended'}: ${log.trim().split('\n').at(-1)}`)
  }
  return { port, page: pageLink(), url: stream => `rtmp://${HOST}:${port}/live/${stream}`, close }
}

/** The next port of this machine that nobody has. */
export async function freePortFrom(first) {
  for (let port = first; port < Math.min(first + MOST_PORTS, 65_536); port++) if (await isFree(port)) return port
  throw new Error(`the ports from ${first} on are taken`)
}

function isFree(port) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', error => (['EADDRINUSE', 'EACCES'].includes(error.code) ? resolve(false) : reject(error)))
    server.listen({ port, host: HOST }, () => server.close(() => resolve(true)))
  })
}

/** Whether a server listens on this port of this machine. */
export function accepts(port) {
  return new Promise(resolve => {
    const socket = connect({ port, host: HOST })
    const end = answer => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
