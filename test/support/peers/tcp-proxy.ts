import { connect, createServer, type Socket } from 'node:net'
import { freePort } from './ports'
import { reset } from './reset'
import { Lane } from './tcp-lane'

/** 'up' = from the client to the server, 'down' = from the server to the client. */
export type Direction = 'up' | 'down' | 'both'

export interface TcpProxyOptions {
  /** Where it listens; a free port unless given. */
  port?: number
  host?: string
}

/**
 * A proxy that behaves like a bad network between a client and 127.0.0.1:`port`. All of it can change while it runs.
 */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** rtmp://127.0.0.1:port/app/stream, through the proxy. */
  url(stream: string, app?: string): string
  /** Connections that were accepted so far. */
  readonly accepted: number
  /** Connections that are open now. */
  readonly open: number
  /** Bytes handed on so far, over all connections. */
  readonly bytes: Readonly<Record<'up' | 'down', number>>
  /** Ends all connections on both sides; 'fin' = in order, 'rst' = reset. Returns how many. New ones are accepted. */
  cut(how: 'fin' | 'rst'): number
  /** Hands nothing on any more; connections stay, and new ones are accepted. The kernel's own buffers still fill. */
  freeze(direction?: Direction): void
  /** Goes on, with all bytes that were held back. */
  thaw(direction?: Direction): void
  /** At most so many bytes a second and connection; Infinity = as many as come. */
  throttle(bytesPerSecond: number, direction?: Direction): void
  /** Delays every byte by so many ms; 0 = not at all. */
  delay(ms: number, direction?: Direction): void
  /** Closes the port: connecting is refused. Connections stay. */
  refuse(): Promise<void>
  /** Opens the port again. */
  accept(): Promise<void>
  /** Sends new connections to this port. */
  redirect(target: number): void
  /** Resets all connections and closes the port. Idempotent. */
  stop(): Promise<void>
}

/** Milliseconds in which a side that got our FIN may close by itself. */
const LEAVE = 1000
const SIDES = { up: ['up'], down: ['down'], both: ['up', 'down'] } as const

interface Link {
  ends: readonly [client: Socket, server: Socket]
  up: Lane
  down: Lane
}

/** Starts a proxy before the server on `target`. */
export async function startTcpProxy(
  target: number,
  { port, host = '127.0.0.1' }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const chosen = port ?? (await freePort())
  const links = new Set<Link>()
  const rules = { up: { rate: Infinity, delay: 0, frozen: false }, down: { rate: Infinity, delay: 0, frozen: false } }
  const bytes = { up: 0, down: 0 }
  let accepted = 0
  let goal = target

  // allowHalfOpen: a side's end is handed on in its turn, behind the bytes that it sent.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    accepted++
    const server = connect({ port: goal, host, allowHalfOpen: true, noDelay: true })
    const link: Link = {
      ends: [client, server],
      up: new Lane(client, server, rules.up, count => void (bytes.up += count)),
      down: new Lane(server, client, rules.down, count => void (bytes.down += count)),
    }
    links.add(link)
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // A reset is handed on as a reset, by whichever side it came from.
      end.on('error', () => reset(other))
      end.on('close', () => {
        if (client.destroyed && server.destroyed) links.delete(link)
      })
    }
  })

  const change = (direction: Direction, apply: (rule: (typeof rules)['up']) => void) => {
    for (const side of SIDES[direction]) {
      apply(rules[side])
      for (const link of links) link[side].changed()
    }
  }
  const accept = async () => {
    if (listener.listening) return
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(chosen, '127.0.0.1', () => (listener.off('error', reject), resolve()))
    })
  }
  // close() calls back when the last connection is gone too: the port is closed at once.
  const refuse = async () => void (listener.listening && listener.close())
  const cut = (how: 'fin' | 'rst') => {
    const count = links.size
    for (const { ends, up, down } of links) {
      up.drop()
      down.drop()
      for (const end of ends) {
        if (how === 'rst') reset(end)
        else {
          end.end()
          setTimeout(() => end.destroy(), LEAVE).unref()
        }
      }
    }
    return count
  }
  const stop = async () => {
    cut('rst')
    await refuse()
  }
  await accept()

  return {
    port: chosen,
    url: (stream, app = 'live') => `rtmp://127.0.0.1:${chosen}/${app}/${stream}`,
    get accepted() {
      return accepted
    },
    get open() {
      return links.size
    },
    bytes,
    cut,
    freeze: (direction = 'both') => change(direction, rule => void (rule.frozen = true)),
    thaw: (direction = 'both') => change(direction, rule => void (rule.frozen = false)),
    throttle: (rate, direction = 'both') => change(direction, rule => void (rule.rate = rate)),
    delay: (ms, direction = 'both') => change(direction, rule => void (rule.delay = ms)),
    refuse,
    accept,
    redirect: port => void (goal = port),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
