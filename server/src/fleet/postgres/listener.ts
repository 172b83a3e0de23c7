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
  onChange(change: StoreChange | null): void
}

export class Listener {
  private client: Client | null = null
  private timer: unknown
  private ended = false

  constructor(private readonly options: ListenerOptions) {
    void this.turn()
  }

  end(): void {
    this.ended = true
    this.options.clock.clearTimeout(this.timer)
    if (this.client) destroy(this.client)
    this.client = null
  }

  /** A connection that is broken is noticed here at the latest: each turn asks it something. */
  private async turn(): Promise<void> {
    const { database, clock, pollMs, onChange } = this.options
    try {
      if (this.client === null) await this.listen(await database.connect())
      else await this.ping(this.client)
    } catch {
      // The store is away. Whoever renews its leases knows that too, and tells.
      this.drop()
    }
    if (this.ended) return
    onChange(null)
    this.timer = clock.setTimeout(() => void this.turn(), pollMs)
  }

  private async listen(client: Client): Promise<void> {
    if (this.ended) return destroy(client)
    this.client = client
    client.on('notification', ({ payload = '' }) => {
      const [table = '', ...key] = payload.split(' ')
      if (this.ended || !TABLES.has(table)) return
      this.options.onChange({ table: table as StoreChange['table'], key: key.join(' ') })
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
