import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { WebhookBody } from '../../src/monitor/webhook'
import { freePort } from '../support/peers/ports'

export interface Received {
  headers: IncomingMessage['headers']
  text: string
  body: WebhookBody
}

type Answer = (response: ServerResponse, received: Received, index: number) => void

export const answer =
  (status: number, headers = {}): Answer =>
  response =>
    void response.writeHead(status, headers).end('a text that nobody reads')
/** Takes the request, and says nothing. */
export const hang: Answer = () => {}
/** Closes the connection in place of an answer. */
export const cut: Answer = response => void response.socket?.destroy()
/** Answers, and never ends its answer. */
export const drip: Answer = response => {
  response.writeHead(200)
  response.write('and')
}

/** An HTTP server that gets webhooks and treats them as it is told. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = []
  answer: Answer = answer(204)
  readonly #server: Server
  #port = 0

  constructor() {
    this.#server = createServer((request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      request.on('end', () => {
        const received = { headers: request.headers, text, body: JSON.parse(text) as WebhookBody }
        this.received.push(received)
        this.answer(response, received, this.received.length - 1)
      })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hooks/secret-path`
  }

  /** Alerts as 'id event', as they came. */
  get seen(): string[] {
    return this.received.map(({ body }) => `${body.alert.id} ${body.event}`)
  }

  /** Listens, on the port that it had before if it had one. */
  async start(): Promise<this> {
    this.#port ||= await freePort()
    await new Promise<void>((resolve, reject) =>
      this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve),
    )
    return this
  }

  /** Whoever waits for an answer gets none. */
  drop(): void {
    this.#server.closeAllConnections()
  }

  async stop(): Promise<void> {
    this.drop()
    if (this.#server.listening) await new Promise(resolve => this.#server.close(resolve))
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.stop()
}
