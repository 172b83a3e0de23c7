/** What the model of the lease protocol is in; what happens to it is in protocol.ts. */
import { afterAcquire, afterRenewal, NOTHING_KEPT, type Keeping } from '../../../src/fleet/keeping.js'
import type { HeldLease, Renewed, Standing } from '../../../src/fleet/lease-store.js'
import { acquireLease, beatWorker, releaseLease, renewLease } from '../../../src/fleet/store-rules.js'
import type { LeaseRow, WorkerRow } from '../../../src/fleet/store-rules.js'
import { mayConnectMs, mayReacquire, stopDueMs } from '../../../src/fleet/worker-rules.js'

export const TTL = 6
/** A server that takes over closes the connection before within so many ticks. */
const KICK_TICKS = 2
/**
 * A backup that is restored is older than that. A store that loses what it has acknowledged a moment ago, and was never
 * away, would have to be noticed by nothing at all.
 */
export const LEAST_BACKUP_AGE = TTL
export const CHANNEL = 'studio'
export const WORKERS = [0, 1] as const

/** What is decided, and by which code. */
export const RULES = {
  ...{ afterAcquire, afterRenewal, mayConnectMs, mayReacquire, stopDueMs },
  ...{ acquireLease, beatWorker, releaseLease, renewLease },
  /** A worker looks again when the connection stands. */
  looksAgain: true,
}
export type Rules = typeof RULES

export interface Scenario {
  /** `refuses` a second publisher; `takes-over`: closes the first; `takes-both`. */
  readonly server: 'refuses' | 'takes-over' | 'takes-both'
  /** How often each fault may happen. */
  readonly faults: Partial<Record<Fault, number>>
  /** Only the store has faults: then nothing that is live may end. */
  readonly healthy?: boolean
  readonly rules?: Partial<Rules>
}

export const FAULTS = [
  'pause',
  'crash',
  'lose-request',
  'lose-answer',
  /** A statement that the store executes later, or never; its answer may come later still. */
  'delay',
  'slow-connect',
  /** The network between a worker and the store is cut. */
  'partition',
  'store-away',
  'restore',
  'clock-jump',
  'clock-back',
  /** No faults: people move a channel. */
  'release',
  'hand-over',
  /** The network, or the destination, ends a connection. */
  'cut',
] as const
export type Fault = (typeof FAULTS)[number]

export type Answer =
  | { readonly kind: 'renewed'; readonly answer: Renewed }
  | { readonly kind: 'acquired'; readonly epoch: bigint | null; readonly reason: string }
  | { readonly kind: 'registered'; readonly taken: boolean }
  | { readonly kind: 'released' }

export interface Request {
  readonly kind: 'renew' | 'acquire' | 'register' | 'release'
  readonly worker: number
  readonly session: string
  readonly sentAt: number
  readonly asked: readonly HeldLease[]
  readonly standing: Standing
  /** The number of a heartbeat. */
  readonly number: number
  /** Of a release. */
  readonly successor: number | null
  /** null: not executed yet. */
  readonly answer: Answer | null
}

export interface WorkerState {
  readonly run: 'up' | 'paused' | 'dead'
  readonly session: number
  readonly apart: boolean
  readonly registered: boolean
  readonly keeping: Keeping
  /** Its process has not been registered before. */
  readonly fresh: boolean
  /** On their way: a heartbeat, and an acquire or a release. */
  readonly beat: Request | null
  readonly ask: Request | null
  /** Heartbeats that it has sent. */
  readonly beats: number
  /** `checked`: it is about to connect. `connected`: the server has taken it, and it publishes nothing yet. */
  readonly link: 'none' | 'checked' | 'connected' | 'live'
  readonly beaten: boolean
}

export interface Content {
  readonly row: LeaseRow | null
  readonly workers: readonly WorkerRow[]
}

export interface Publisher {
  readonly worker: number
  /** When another took its place; null: it has it. */
  readonly kickedAt: number | null
}

export interface State {
  readonly up: boolean
  readonly content: Content
  readonly backup: Content | null
  readonly backupAge: number
  /** The truth, which no restore takes back: the last grant. */
  readonly granted: { readonly epoch: bigint; readonly worker: number }
  readonly workers: readonly WorkerState[]
  readonly late: readonly Request[]
  readonly publishers: readonly Publisher[]
  /** Ticks for which two have been connected without a pause. */
  readonly overlap: number
  readonly faults: Partial<Record<Fault, number>>
  /** Something that must not be. */
  readonly wrong: string | null
}

export function initialState({ faults }: Scenario): State {
  const attendance = { confirmedAt: 0, storeAt: 0, since: -TTL }
  const worker: WorkerState = {
    ...{ run: 'up', apart: false, session: 0, registered: true, fresh: false, beat: null, ask: null, link: 'none' },
    ...{ beaten: true, beats: 1, keeping: { ...NOTHING_KEPT, attendance, beat: 1 } },
  }
  const row = (index: number): WorkerRow => ({
    ...{ session: `${index}.0`, heartbeatAt: 0, beat: 1, unbrokenSince: 1, seenEpoch: 0n, ttlMs: TTL },
  })
  const content = { row: null, workers: WORKERS.map(row) }
  return {
    ...{ up: true, content, backup: null, backupAge: 0, granted: { epoch: 0n, worker: -1 } },
    ...{ workers: [worker, worker], late: [], publishers: [], overlap: 0, faults, wrong: null },
  }
}

export function tick(state: State, { server }: Scenario): State {
  const publishing = ({ worker }: Publisher) => state.workers[worker]!.link === 'live'
  const running = ({ worker }: Publisher) => state.workers[worker]!.run === 'up'
  const both = server === 'takes-both'
  const counted = both ? state.publishers.filter(one => publishing(one) && running(one)) : state.publishers
  const overlap = counted.length > 1 ? state.overlap + 1 : 0
  return {
    ...state,
    overlap,
    content: shifted(state.content, 1),
    backup: state.backup && shifted(state.backup, 1),
    backupAge: Math.min(LEAST_BACKUP_AGE, state.backupAge + 1),
    publishers: state.publishers.flatMap(one => {
      if (one.kickedAt === null) return [one]
      return one.kickedAt - 1 > -KICK_TICKS ? [{ ...one, kickedAt: one.kickedAt - 1 }] : []
    }),
    workers: state.workers.map(worker => ({
      ...worker,
      beaten: worker.run === 'dead',
      beat: worker.beat && { ...olderAnswer(worker.beat, 1), sentAt: older(worker.beat.sentAt, 1) },
      ask: worker.ask && { ...worker.ask, sentAt: older(worker.ask.sentAt, 1) },
      keeping: olderKeeping(worker.keeping),
    })),
  }
}

/** Nothing asks how much older a time is. */
const OLDEST = TTL + 3
const older = (time: number, ticks: number) => (time <= -OLDEST ? -OLDEST : Math.max(-OLDEST, time - ticks))

/** The clock of the store is set: to all others, its times are earlier or later. */
export function withClock(state: State, ticks: number): State {
  return {
    ...state,
    content: shifted(state.content, ticks),
    backup: state.backup && shifted(state.backup, ticks),
    workers: state.workers.map(worker => {
      const { attendance } = worker.keeping
      const storeAt = older(attendance.storeAt, ticks)
      const beat = worker.beat && olderAnswer(worker.beat, ticks)
      return { ...worker, beat, keeping: { ...worker.keeping, attendance: { ...attendance, storeAt } } }
    }),
  }
}

function olderAnswer(request: Request, ticks: number): Request {
  const { answer } = request
  if (answer?.kind !== 'renewed' || !answer.answer.known) return request
  const storeAt = older(answer.answer.storeAt, ticks)
  return { ...request, answer: { ...answer, answer: { ...answer.answer, storeAt } } }
}

export function shifted({ row, workers }: Content, ticks: number): Content {
  return {
    row: row && { ...row, expiresAt: older(row.expiresAt, ticks) },
    workers: workers.map(worker => ({ ...worker, heartbeatAt: older(worker.heartbeatAt, ticks) })),
  }
}

function olderKeeping(keeping: Keeping): Keeping {
  const { confirmedAt, storeAt, since } = keeping.attendance
  const attendance = {
    confirmedAt: confirmedAt === null ? null : older(confirmedAt, 1),
    storeAt: older(storeAt, 1),
    since: older(since, 1),
  }
  const leases = [...keeping.leases].map(([channel, lease]) => {
    const aged = lease.kind === 'superseded' ? lease : { ...lease, confirmedAt: older(lease.confirmedAt, 1) }
    return [channel, aged] as const
  })
  return { ...keeping, attendance, leases: new Map(leases) }
}
