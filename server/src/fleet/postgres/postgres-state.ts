/**
 * The state of a fleet in PostgreSQL. LeaseStore.watch() tells of changes: of documents and placements as those of
 * channels, of drains as those of workers, of events as such; costs are no news.
 */
import type { FleetEvent, FleetState, NewFleetEvent, PutOptions, StoredChannel } from '../fleet-state.js'
import {
  changedMeanwhile,
  channelUnknown,
  checkName,
  eventLimit,
  shownUser,
  storedCosts,
  storedDocument,
  storedEvents,
} from '../state-rules.js'
import type { Database } from './database.js'
import {
  ADD_EVENTS,
  APPOINT,
  CHANNELS,
  DELETE,
  DOCUMENTS,
  DRAIN,
  DRAINS,
  EVENTS_AFTER,
  LAST_EVENTS,
  MEASURED,
  PREFER,
  PRUNE,
  PUT,
  PUT_NEW,
  PUT_OVER,
  READY,
  TTL,
  UNDRAIN,
} from './state-statements.js'

/** Of the form of documents, not of the schema. */
const DOCUMENT_VERSION = 1
/** Each worker prunes after so many events of its own: few for the store, which keeps a hundred times as many. */
const PRUNE_EVERY = 1000

type Document = Pick<StoredChannel, 'document' | 'etag' | 'changedBy'>

export class PostgresState implements FleetState {
  /** Documents as they were read last: a look at a fleet without changes carries none. */
  private documents: ReadonlyMap<string, Document> = new Map()
  private addedSincePrune = PRUNE_EVERY

  /** `database`: its owner closes it. */
  constructor(private readonly database: Database) {}

  /** Documents are as new as their etag; those that have changed since the last look are read by a statement more. */
  async channels(): Promise<readonly StoredChannel[]> {
    const rows = await this.database.query<ChannelRow>(CHANNELS)
    const known = this.documents
    const changed = rows.filter(({ name, etag }) => known.get(name)?.etag !== etag).map(({ name }) => name)
    const read = changed.length === 0 ? [] : await this.database.query<DocumentRow>(DOCUMENTS, [changed])
    const fresh = new Map(
      read.map(({ name, document, etag, changed_by: changedBy }) => [name, { document, etag, changedBy }]),
    )
    const documents = new Map<string, Document>()
    const channels: StoredChannel[] = []
    for (const { name, etag, changed_by: changedBy, ...row } of rows) {
      const held = known.get(name)
      const document = fresh.get(name) ?? (held?.etag === etag ? { ...held, changedBy } : null)
      // Deleted between the two statements.
      if (document === null) continue
      documents.set(name, document)
      channels.push({
        ...{ name, ...document, costCores: row.cost_cores },
        ...{ preferredWorker: row.preferred_worker, nextWorker: row.next_worker, nextReady: row.next_ready },
      })
    }
    this.documents = documents
    return channels.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  async putChannel(name: string, document: unknown, { by, ifMatch }: PutOptions): Promise<string> {
    checkName(name, 'channel')
    const { json, etag } = storedDocument(document)
    const values = [name, json, DOCUMENT_VERSION, etag, shownUser(by)]
    if (ifMatch === undefined) await this.database.query(PUT, values)
    else {
      const done =
        ifMatch === null
          ? await this.database.query(PUT_NEW, values)
          : await this.database.query(PUT_OVER, [...values, ifMatch])
      if (done.length === 0) throw changedMeanwhile(name)
    }
    return etag
  }

  async deleteChannel(name: string, { ifMatch }: Pick<PutOptions, 'ifMatch'>): Promise<void> {
    const [row] = await this.database.query<DeleteRow>(DELETE, [name, ifMatch === undefined, ifMatch ?? null])
    if (row!.gone) return
    throw row!.there ? changedMeanwhile(name) : channelUnknown(name)
  }

  async prefer(channel: string, worker: string | null): Promise<void> {
    await this.place(PREFER, channel, worker)
  }

  async appoint(channel: string, worker: string | null): Promise<void> {
    await this.place(APPOINT, channel, worker)
  }

  async ready(channel: string, worker: string): Promise<boolean> {
    return (await this.database.query(READY, [channel, worker])).length > 0
  }

  async measured(costs: ReadonlyMap<string, number>): Promise<void> {
    const rows = storedCosts(costs)
    if (rows.length === 0) return
    await this.database.query(MEASURED, [rows.map(([channel]) => channel), rows.map(([, cores]) => cores)])
  }

  async drains(): Promise<ReadonlySet<string>> {
    return new Set((await this.database.query<{ worker: string }>(DRAINS)).map(({ worker }) => worker))
  }

  async setDrain(worker: string, drain: boolean, by: string): Promise<void> {
    checkName(worker, 'worker')
    if (drain) await this.database.query(DRAIN, [worker, shownUser(by)])
    else await this.database.query(UNDRAIN, [worker])
  }

  /** An event that is added is added, though the older ones could not be pruned: the next one tries again. */
  async addEvents(worker: string, events: readonly NewFleetEvent[]): Promise<void> {
    checkName(worker, 'worker')
    const stored = storedEvents(events)
    if (stored.length === 0) return
    await this.database.query(ADD_EVENTS, [worker, JSON.stringify(stored)])
    this.addedSincePrune += stored.length
    if (this.addedSincePrune < PRUNE_EVERY) return
    await this.database.query(PRUNE).then(
      () => (this.addedSincePrune = 0),
      () => {},
    )
  }

  async eventsAfter(id: bigint, limit: number): Promise<readonly FleetEvent[]> {
    return (await this.database.query<EventRow>(EVENTS_AFTER, [id, eventLimit(limit)])).map(eventOf)
  }

  async lastEvents(limit: number): Promise<readonly FleetEvent[]> {
    return (await this.database.query<EventRow>(LAST_EVENTS, [eventLimit(limit)])).map(eventOf).reverse()
  }

  /** Of the workers; null: there are none. */
  async ttlMs(): Promise<number | null> {
    return (await this.database.query<{ ttl_ms: number | null }>(TTL))[0]!.ttl_ms
  }

  private async place(statement: string, channel: string, worker: string | null): Promise<void> {
    if (worker !== null) checkName(worker, 'worker')
    if ((await this.database.query(statement, [channel, worker])).length === 0) throw channelUnknown(channel)
  }
}

const eventOf = ({ id, at, ...event }: EventRow): FleetEvent => ({ ...event, id: BigInt(id), at: Math.round(at) })

interface ChannelRow {
  readonly name: string
  readonly etag: string
  readonly changed_by: string
  readonly cost_cores: number | null
  readonly preferred_worker: string | null
  readonly next_worker: string | null
  readonly next_ready: boolean
}

interface DocumentRow {
  readonly name: string
  readonly document: unknown
  readonly etag: string
  readonly changed_by: string
}

interface DeleteRow {
  readonly gone: boolean
  readonly there: boolean
}

type EventRow = Omit<FleetEvent, 'id'> & { readonly id: string }
