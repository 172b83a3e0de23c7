/** The state of a fleet in memory: of one process, and gone with it. The same rules as of the one in PostgreSQL. */
import type { Clock } from 'rxgst/checks'
import type { FleetEvent, FleetState, NewFleetEvent, PutOptions, StoredChannel } from './fleet-state.js'
import {
  changedMeanwhile,
  channelUnknown,
  checkName,
  eventLimit,
  MOST_EVENTS_KEPT,
  shownUser,
  storedCosts,
  storedDocument,
  storedEvents,
} from './state-rules.js'

const NOWHERE = { costCores: null, preferredWorker: null, nextWorker: null, nextReady: false }

export class LocalState implements FleetState {
  private readonly rows = new Map<string, StoredChannel>()
  private readonly drained = new Set<string>()
  private readonly kept: FleetEvent[] = []
  private lastId = 0n

  constructor(private readonly clock: Clock) {}

  async channels(): Promise<readonly StoredChannel[]> {
    return [...this.rows.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  async putChannel(name: string, document: unknown, { by, ifMatch }: PutOptions): Promise<string> {
    checkName(name, 'channel')
    const { json, etag } = storedDocument(document)
    const row = this.rows.get(name)
    if (ifMatch !== undefined && ifMatch !== (row?.etag ?? null)) throw changedMeanwhile(name)
    if (row?.etag === etag) return etag
    const changed = { name, document: JSON.parse(json) as unknown, etag, changedBy: shownUser(by) }
    this.rows.set(name, { ...NOWHERE, ...row, ...changed })
    return etag
  }

  async deleteChannel(name: string, { ifMatch }: Pick<PutOptions, 'ifMatch'>): Promise<void> {
    const { etag } = this.rowOf(name)
    if (ifMatch !== undefined && ifMatch !== etag) throw changedMeanwhile(name)
    this.rows.delete(name)
  }

  async prefer(channel: string, worker: string | null): Promise<void> {
    if (worker !== null) checkName(worker, 'worker')
    this.rows.set(channel, { ...this.rowOf(channel), preferredWorker: worker })
  }

  async appoint(channel: string, worker: string | null): Promise<void> {
    if (worker !== null) checkName(worker, 'worker')
    const row = this.rowOf(channel)
    this.rows.set(channel, { ...row, nextWorker: worker, nextReady: row.nextReady && row.nextWorker === worker })
  }

  async ready(channel: string, worker: string): Promise<boolean> {
    const row = this.rows.get(channel)
    if (row?.nextWorker !== worker) return false
    this.rows.set(channel, { ...row, nextReady: true })
    return true
  }

  async measured(costs: ReadonlyMap<string, number>): Promise<void> {
    for (const [channel, costCores] of storedCosts(costs)) {
      const row = this.rows.get(channel)
      if (row) this.rows.set(channel, { ...row, costCores })
    }
  }

  async drains(): Promise<ReadonlySet<string>> {
    return new Set(this.drained)
  }

  async setDrain(worker: string, drain: boolean, _by: string): Promise<void> {
    checkName(worker, 'worker')
    if (drain) this.drained.add(worker)
    else this.drained.delete(worker)
  }

  async addEvents(worker: string, events: readonly NewFleetEvent[]): Promise<void> {
    checkName(worker, 'worker')
    const at = this.clock.unix()
    for (const event of storedEvents(events)) this.kept.push({ ...event, worker, at, id: (this.lastId += 1n) })
    this.kept.splice(0, this.kept.length - MOST_EVENTS_KEPT)
  }

  async eventsAfter(id: bigint, limit: number): Promise<readonly FleetEvent[]> {
    const from = this.kept.findIndex(event => event.id > id)
    return from < 0 ? [] : this.kept.slice(from, from + eventLimit(limit))
  }

  async lastEvents(limit: number): Promise<readonly FleetEvent[]> {
    const count = eventLimit(limit)
    return count === 0 ? [] : this.kept.slice(-count)
  }

  private rowOf(channel: string): StoredChannel {
    const row = this.rows.get(channel)
    if (!row) throw channelUnknown(channel)
    return row
  }
}
