/** The process of the embedded RTMP server: `node main.js SOCKET`. It is told on the socket what to listen to. */
import { createServer } from 'node:net'
import { FrameSocket } from '../core/frames.js'
import { RtmpServer } from './rtmp-server.js'
import { OTHER_ADDRESS, type FromIngest, type ToIngest } from './wire.js'

/** A process to which nobody comes has been forgotten. */
const FIRST_CONNECTION_MS = 30_000

type Wire = FrameSocket<ToIngest, FromIngest>

const [path] = process.argv.slice(2)
if (path === undefined) {
  console.error('usage: node main.js SOCKET')
  process.exit(2)
}

let wire: Wire | null = null
let handedOver = false
let rtmp: Promise<RtmpServer> | null = null
/** Of `rtmp`. */
let address = ''
let alone = setTimeout(() => process.exit(0), FIRST_CONNECTION_MS)

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // Whoever read it has gone.
// A terminal sends these to the whole group, and the supervisor decides.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.title = 'rxgst ingest'
process.umask(0o077)

createServer(socket => {
  // A second supervisor is taken only where the first one has said so.
  if (wire?.open && !handedOver) return void socket.destroy()
  clearTimeout(alone)
  handedOver = false
  const own: Wire = new FrameSocket<ToIngest, FromIngest>(socket, {
    onFrame: message => void take(own, message),
    onClose: () => {
      if (wire === own && !handedOver) process.exit(0)
    },
  })
  wire = own
  own.send({ type: 'hello', pid: process.pid, version: process.version })
}).listen(path)

async function take(from: Wire, message: ToIngest): Promise<void> {
  const { id } = message
  try {
    await handle(message)
    from.send({ type: 'done', id, error: null })
  } catch (error) {
    const { message: text, code = 'ERR_INGEST' } = error as NodeJS.ErrnoException
    const remedy = 'Free the address, or name another one as server.ingest.listen.'
    from.send({ type: 'done', id, error: { code, message: text, fault: 'machine', retryable: true, remedy } })
  }
}

async function handle(message: ToIngest): Promise<void> {
  if (message.type === 'configure') {
    const wanted = `${message.host} ${message.port}`
    // Whoever takes it over does not know what it was told.
    if (rtmp && address !== wanted)
      throw Object.assign(new Error('it listens at another address'), { code: OTHER_ADDRESS })
    address = wanted
    rtmp ??= RtmpServer.listen(message.host, message.port, event => wire?.send({ type: 'event', event }))
    rtmp.catch(() => {
      rtmp = null
    })
    const server = await rtmp
    server.setStreams(message.streams)
  } else if (message.type === 'hand-over') {
    handedOver = true
    alone = setTimeout(() => process.exit(0), message.deadlineMs)
  } else if (message.type === 'stop') setImmediate(() => process.exit(0))
}
