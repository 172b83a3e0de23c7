/** Takes the WebSockets of viewers: who may see, and how many. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { nameSchema } from '../../core/schema.js'
import { Problem } from '../../core/problem.js'
import type { ServerPort } from '../../core/server-port.js'
import type { Access } from '../access/access.js'
import { requireChannel, requireRole } from '../access/roles.js'
import { asProblem, PROBLEM_TYPE, problemDocument } from '../http/problem-response.js'
import { PREVIEW_PATH, PREVIEW_QUERY } from '../routes/preview.js'
import { CLOSE, type PreviewCounts, showPreview, type ViewerClock } from './preview.js'

export const MOST_PREVIEWS = 16
/** A viewer has nothing to say. */
const MOST_MESSAGE_BYTES = 1024
/** Time that viewers have to say good-bye when the server stops. */
const CLOSE_MS = 1000

export class PreviewDoor {
  readonly #port: ServerPort
  readonly #access: Access
  readonly #counts: PreviewCounts
  readonly #clock: ViewerClock
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  })

  constructor(port: ServerPort, access: Access, counts: PreviewCounts, clock: ViewerClock) {
    this.#port = port
    this.#access = access
    this.#counts = counts
    this.#clock = clock
  }

  open(request: IncomingMessage, socket: Duplex, head: Buffer, admit: (request: IncomingMessage) => void): void {
    // A connection that breaks in the handshake is nobody's error.
    socket.on('error', () => socket.destroy())
    try {
      admit(request)
      const url = new URL(request.url!, 'http://rxgst')
      const id = nameSchema.safeParse(PREVIEW_PATH.exec(url.pathname)?.[1])
      const query = PREVIEW_QUERY.safeParse(Object.fromEntries(url.searchParams))
      if (!id.success || !query.success) throw noSocket()
      const who = this.#access.identify(request) ?? this.#access.nobody(request)
      requireRole(who, 'viewer')
      this.#access.checkOrigin(request, false)
      requireChannel(who, id.data)
      this.#port.channel(id.data)
      if (this.#counts.open >= MOST_PREVIEWS) throw tooMany()
      this.#sockets.handleUpgrade(request, socket, head, viewer =>
        showPreview(
          viewer,
          this.#port.preview(id.data, query.data.side),
          () => this.#access.stillValid(request, who),
          this.#counts,
          this.#clock,
        ),
      )
    } catch (error) {
      refuse(socket, asProblem(error))
    }
  }

  close(): void {
    for (const socket of this.#sockets.clients) {
      const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
      socket.once('close', () => clearTimeout(timer))
      socket.close(CLOSE.going, 'the server stops')
    }
    this.#sockets.close()
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problemDocument(problem))
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // A client that goes on sending would keep the connection.
    () => socket.destroy(),
  )
}

const noSocket = (): Problem =>
  new Problem(404, 'ERR_PATH', 'there is no WebSocket at this path', {
    remedy: 'The preview is at /api/v1/channels/{id}/preview.',
  })

const tooMany = (): Problem =>
  new Problem(503, 'ERR_PREVIEWS', `there are ${MOST_PREVIEWS} viewers already`, {
    fault: 'machine',
    retryable: true,
    remedy: 'Close another preview.',
  })
