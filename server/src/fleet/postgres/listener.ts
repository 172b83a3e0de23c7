/** Hears of changes by NOTIFY, on a connection of its own. It may miss some: the store says null when it may have. */
import type { Client } from 'pg'
import type { Clock } from 'rxgst/checks'
import type { StoreChange } from '../lease-store.js'
import { destroy, type Database } from './database.js'

const CHANNEL = 'rxgst_fleet'
const TABLES: ReadonlySet<string> = new Set(['leases', 'channels', 'workers', 'events'])

export interface ListenerOptions {
  readonly database: Database
  readonly clock: Clock
  /** Between two looks without news, and before a connection is made anew, ms. */
  readonly pollMs: number
}

export class Listener {
  private client: Client | null = null
  private timer: unknown
  /** Between the first watcher and the end of the last one. */
  private run: object | null = null
  private readonly watchers = new Set<(change: StoreChange | null) => void>()

  constructor(private readonly options: ListenerOptions) {}

  /** Returns how to end it. */
  watch(onChange: (change: StoreChange | null) => void): () => void {
    const watcher = (change: StoreChange | null) => onChange(change)
    this.watchers.add(watcher)
    if (this.run === null) {
      this.run = {}
      void this.turn(this.run)
    }
    return () => {
      if (this.watchers.delete(watcher) && this.watchers.size === 0) this.end()
    }
  }

  end(): void {
    this.watchers.clear()
    this.run = null
    this.options.clock.clearTimeout(this.timer)
    this.drop()
  }

  private tell(change: StoreChange | null): void {
    for (const watcher of this.watchers) watcher(change)
  }

  /** A connection that is broken is noticed here at the latest: each turn asks it something. */
  private async turn(run: object): Promise<void> {
    const { database, clock, pollMs } = this.options
    try {
      if (this.client === null) await this.listen(await database.connect(), run)
      else await this.ping(this.client)
    } catch {
      // The store is away. Whoever renews its leases knows that too, and tells.
      if (this.run === run) this.drop()
    }
    if (this.run !== run) return
    this.tell(null)
    this.timer = clock.setTimeout(() => void this.turn(run), pollMs)
  }

  private async listen(client: Client, run: object): Promise<void> {
    if (this.run !== run) return destroy(client)
    this.client = client
    client.on('notification', ({ payload = '' }) => {
      const [table = '', ...key] = payload.split(' ')
      if (this.run !== run || !TABLES.has(table)) return
      this.tell({ table: table as StoreChange['table'], key: key.join(' ') })
    })
    client.once('end', () => {
      if (this.client === client) this.client = null
    })
    await this.ask(client, `LISTEN ${CHANNEL}`)
  }

  private ping(client: Client): Promise<void> {
    return this.ask(client, 'SELECT 1')
  }

  private ask(client: Client, text: string): Promise<void> {
    const { clock, pollMs } = this.options
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => reject(new Error('late')), pollMs)
      client
        .query(text)
        .then(() => resolve(), reject)
        .finally(() => clock.clearTimeout(timer))
    })
  }

  private drop(): void {
    if (this.client) destroy(this.client)
    this.client = null
  }
}
