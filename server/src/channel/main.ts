/**
 * The process of one channel: `node main.js SOCKET`. It listens on the Unix socket, which only its user may open, and
 * is told all else there: nothing about a channel stands in the arguments.
 */
import { rmSync, writeSync } from 'node:fs'
import { flv } from 'rxgst'
import { Channel } from './channel.js'
import { Link } from './link.js'
import { bootMs } from '../core/boot-clock.js'
import { ownVersion } from '../core/version.js'

const SIGNAL_STOP_MS = 10_000
const STDERR = 2

const [path] = process.argv.slice(2)
if (path === undefined) {
  say('usage: node main.js SOCKET')
  process.exit(2)
}

const link = new Link({
  version: ownVersion(),
  exit(code, why) {
    rmSync(path, { force: true })
    say(`the channel ends: ${why}`)
    process.exit(code)
  },
  die(why) {
    rmSync(path, { force: true })
    say(`the channel is killed by itself: ${why}`)
    process.kill(process.pid, 'SIGKILL')
  },
  onName: name => (process.title = `rxgst channel ${name}`),
  bootMs,
})
const channel = new Channel({
  send: (message, bytes) => link.send(message, bytes),
  flv,
  now: () => performance.now(),
  unix: () => Date.now(),
  bootMs,
})

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // Whoever read it has gone.
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, onFault)
process.on('SIGTERM', () => void link.end(SIGNAL_STOP_MS, 'it was terminated'))
// A terminal sends these to the whole group, and the supervisor decides.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

// Only its user may open the socket; recordings are as the system wants them.
const umask = process.umask(0o177)
rmSync(path, { force: true })
await link.listen(path, channel)
process.umask(umask)

/** A line on stderr, which the supervisor keeps for the case that the process dies. */
function say(text: string): void {
  try {
    writeSync(STDERR, `${text}\n`)
  } catch {
    // Nobody reads it any more.
  }
}

function onFault(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  say(channel.mask(text))
  process.exit(1)
}
