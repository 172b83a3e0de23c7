/** Connections to the database: few, each wait with a deadline, and none in use that did not answer in time. */
import { Client, Pool, type ClientConfig, type QueryResultRow } from 'pg'
import type { Clock } from 'rxgst/checks'
import type { Address } from './address.js'
import { Crowd, Late, storeProblem } from './problems.js'

/** Heartbeats have one of them for themselves, all other statements take turns on the other. A third one listens. */
const MOST_POOLED = 2
/** Of the time for a statement: a heartbeat has to leave time for another one. */
const URGENT_PART = 0.5
/** A connection may take longer than a statement waits for it: the next one uses it. */
const CONNECT_PARTS = 2
const MOST_WAITING = 1000
const IDLE_MS = 30_000
const KEEP_ALIVE_MS = 5000
/** The server gives a statement up before we do, so that we hear why. */
const SERVER_PART = 0.8

export interface DatabaseOptions {
  readonly address: Address
  /** For a connection and a statement together, ms. */
  readonly timeoutMs: number
  readonly applicationName: string
  readonly clock: Clock
}

export class Database {
  private readonly pool: Pool
  private readonly waits: Waits
  private readonly turns = new Turns()
  private readonly clients = new Set<object>()
  /** After close(): no connection is open. */
  private ended: () => void = () => {}

  constructor(private readonly options: DatabaseOptions) {
    this.waits = new Waits(options.clock)
    this.pool = new Pool({
      ...clientConfig(options),
      max: MOST_POOLED,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: CONNECT_PARTS * options.timeoutMs,
    })
    // A connection that breaks tells its statement, where one runs, and the pool, which throws it away.
    this.pool.on('error', () => {})
    this.pool.on('connect', client => {
      this.clients.add(client)
      client.on('error', () => {})
    })
    this.pool.on('remove', client => {
      this.clients.delete(client)
      this.ended()
    })
  }

  get shown(): string {
    return this.options.address.shown
  }

  /** One statement. Rejects with Problem, after timeoutMs at the latest. */
  async query<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const late = this.waits.begin(this.options.timeoutMs)
    let leave = () => {}
    try {
      leave = await this.turns.enter(late)
      return await this.run<R>(late, text, values)
    } catch (error) {
      throw storeProblem(error, this.shown)
    } finally {
      late.end()
      leave()
    }
  }

  /** The same for a heartbeat: it waits behind no other statement, and half as long for its answer. */
  async urgent<R extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<R[]> {
    const late = this.waits.begin(URGENT_PART * this.options.timeoutMs)
    try {
      return await this.run<R>(late, text, values)
    } catch (error) {
      throw storeProblem(error, this.shown)
    } finally {
      late.end()
    }
  }

  private async run<R extends QueryResultRow>(late: Wait, text: string, values: readonly unknown[]): Promise<R[]> {
    const connecting = this.pool.connect()
    const client = await late.orResult(connecting, lateClient => lateClient.release())
    try {
      // Errors between two statements end the client as well; the statement rejects with them.
      const { rows } = await late.orResult(client.query<R>(text, [...values]))
      client.release()
      return rows
    } catch (error) {
      // Only an error of the server leaves the connection in order.
      client.release(isOfServer(error) ? undefined : true)
      throw error
    }
  }

  /** Work on a connection of its own, which is cut after `timeoutMs`. Rejects with Problem. */
  async session<T>(timeoutMs: number, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.connect()
    const late = this.waits.begin(timeoutMs)
    try {
      return await late.orResult(work(client))
    } catch (error) {
      throw storeProblem(error, this.shown)
    } finally {
      late.end()
      // What was not committed is taken back.
      destroy(client)
    }
  }

  /** A connection of its own; end() it. Rejects with Problem. */
  async connect(): Promise<Client> {
    const client = new Client(clientConfig(this.options))
    client.on('error', () => {})
    const late = this.waits.begin(this.options.timeoutMs)
    try {
      await late.orResult(client.connect())
      return client
    } catch (error) {
      destroy(client)
      throw storeProblem(error, this.shown)
    } finally {
      late.end()
    }
  }

  /** A server that does not answer is left. */
  async close(): Promise<void> {
    const late = this.waits.begin(this.options.timeoutMs)
    try {
      await late.orResult(this.pool.end())
      // The pool does not wait for the ends of its connections.
      const allEnded = new Promise<void>(resolve => {
        this.ended = () => this.clients.size === 0 && resolve()
        this.ended()
      })
      await late.orResult(allEnded)
    } catch (error) {
      if (!(error instanceof Late)) throw storeProblem(error, this.shown)
      // Their sockets would keep the process.
      for (const client of this.clients) destroy(client)
    } finally {
      late.end()
    }
  }
}

/** Ends a connection at once, answered or not. */
export function destroy(client: object): void {
  // pg's own way waits for the server.
  const { connection } = client as { connection?: { stream?: { destroy(): void } } }
  connection?.stream?.destroy()
}

function clientConfig({ address, timeoutMs, applicationName }: DatabaseOptions): ClientConfig {
  const { host, port, user, password, database, ssl } = address
  const serverMs = Math.max(1, Math.round(timeoutMs * SERVER_PART))
  return {
    ...{ host, port, user, password, database, ssl },
    application_name: applicationName.slice(0, 63),
    statement_timeout: serverMs,
    lock_timeout: serverMs,
    idle_in_transaction_session_timeout: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  }
}

/** An error that came from the server in answer to a statement, and that ended the statement alone. */
function isOfServer(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && severity === 'ERROR'
}

/** One statement after the other. */
class Turns {
  private taken = false
  private readonly waiting: (() => void)[] = []

  /** How to leave. */
  async enter(late: Wait): Promise<() => void> {
    const leave = () => {
      const next = this.waiting.shift()
      if (next) next()
      else this.taken = false
    }
    if (!this.taken) {
      this.taken = true
      return leave
    }
    if (this.waiting.length >= MOST_WAITING) throw new Crowd()
    await late.orResult(new Promise<void>(resolve => this.waiting.push(resolve)), leave)
    return leave
  }
}

type Wait = ReturnType<Waits['begin']>

class Waits {
  constructor(private readonly clock: Clock) {}

  begin(ms: number) {
    let fail: (error: Error) => void = () => {}
    const over = new Promise<never>((_, reject) => (fail = reject))
    over.catch(() => {})
    // A process that stood still reads what has arrived meanwhile before it gives up: timers come first otherwise.
    const late = () => (timer = this.clock.setTimeout(() => fail(new Late()), 0))
    let timer = this.clock.setTimeout(late, ms)
    return {
      end: () => this.clock.clearTimeout(timer),
      /** Rejects with Late; what comes after that goes to `onLate`. */
      orResult: async <T>(work: Promise<T>, onLate: (result: T) => void = () => {}): Promise<T> => {
        let waiting = true
        work.then(
          result => waiting || onLate(result),
          () => {},
        )
        try {
          return await Promise.race([work, over])
        } finally {
          waiting = false
        }
      },
    }
  }
}
