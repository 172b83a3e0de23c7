import { createServer, type Server } from 'node:net'
import { freePort } from '../ports'
import { until, type UntilOptions } from '../../until'
import type { Behaviour, Ending } from './behaviour'
import { Connection } from './connection'

type Choose = Behaviour | ((index: number) => Behaviour)

export interface RtmpServer extends AsyncDisposable {
  readonly port: number
  url(stream?: string, app?: string): string
  /** Every connection so far, also the closed ones. */
  readonly connections: readonly Connection[]
  /** How the connections that come from now on are treated; a function is asked with 0, 1, 2 … */
  behave(behaviour: Choose): void
  /** Resolves with the connection number `index` when it is there and fulfils the condition. */
  connection(index: number, condition?: (it: Connection) => boolean, options?: UntilOptions): Promise<Connection>
  /** Ends all open connections. */
  cut(how: Ending): void
  /** Closes the port, so that connecting is refused, and cuts all connections. Idempotent. */
  stop(): Promise<void>
}

/**
 * An RTMP server that lies on request. It takes GStreamer's rtmp2src and rtmp2sink, librtmp and ffmpeg as clients, and
 * knows what they said: `connections[n].tags`, `.commands`, `.goodbye`.
 */
export async function startRtmpServer(
  behaviour: Choose,
  { port, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<RtmpServer> {
  const chosen = port ?? (await freePort())
  const connections: Connection[] = []
  let choose = behaviour

  const server = createServer({ allowHalfOpen: false }, socket => {
    const index = connections.length
    connections.push(new Connection(index, socket, typeof choose === 'function' ? choose(index) : choose))
  })
  await listen(server, chosen, host)

  const cut = (how: Ending) => {
    for (const connection of connections) if (connection.open) connection.end(how)
  }
  const stop = async () => {
    // Not 'fin': a client that never reads to the end would hold the server for ever.
    for (const { socket } of connections) socket.destroy()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  return {
    port: chosen,
    url: (stream = 'test', app = 'live') =>
      `rtmp://${host.includes(':') ? `[${host}]` : host}:${chosen}/${app}/${stream}`,
    connections,
    behave: next => void (choose = next),
    connection: (index, condition = () => true, options) =>
      until(() => connections.slice(index, index + 1).find(condition), {
        what: () => `connection ${index} (${connections.length} so far: ${connections.map(summary).join('; ')})`,
        ...options,
      }),
    cut,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

const summary = ({ open, commands, bytesIn, tags, sent }: Connection) =>
  `${open ? 'open' : 'closed'}, ${bytesIn} bytes and ${tags.length} tags in, ${sent} out, ${commands.join(' ')}`
