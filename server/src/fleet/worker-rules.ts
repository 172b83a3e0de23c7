/**
 * The rules of a worker, as values: what it may conclude from the store's answers. Times are ms of its own monotonic
 * clock, and a confirmation counts from the time before its statement was sent, so that no pause and no delay makes a
 * lease look fresher than it is. A clock of the wall decides nothing.
 *
 * - A worker connects only with a lease confirmed less than a third of its TTL ago. It looks before it connects, and
 *   again when the connection stands, before it publishes: a process that was frozen in between closes it again.
 * - What is live stays live: nothing here closes it, except where two publishers do harm (`stopDueMs`).
 * - A lease that is another's now (`superseded`) comes back by a new acquire alone.
 * - Attendance: a worker takes what it does not hold only after its heartbeats have been confirmed for one TTL without
 *   a gap. When the store was away, or was restored, the leases in it look expired though their holders live: in that
 *   time each of them renews, or claims back what the store has forgotten.
 */
import type { RenewedLease } from './lease-store.js'

/** A lease may be used to connect for this part of its TTL. */
export const CONNECT_PARTS = 3
/** Renewals in a TTL: one that fails can be repeated before the lease may no longer be used. */
export const RENEW_PARTS = 6
/**
 * Where a destination takes two publishers, this part of the TTL without a confirmation ends the stream. At two thirds,
 * a lease may have expired if the store's clock was set by a third, which nobody notices: a stop has a fifteenth of the
 * TTL until then, and two fifths where no clock was set.
 */
const STOP_PART = 0.6

export interface Attendance {
  /** When the last confirmed heartbeat was sent. null: none yet. */
  readonly confirmedAt: number | null
  /** When the store executed it, by the store's clock. */
  readonly storeAt: number
  /** Heartbeats are confirmed without a gap since then. */
  readonly since: number
}

export const NOT_ATTENDING: Attendance = { confirmedAt: null, storeAt: 0, since: 0 }

export type Lease =
  | { readonly kind: 'held'; readonly epoch: bigint; readonly confirmedAt: number }
  /** We had lost it, or the store went back in time and has it from us again: it may be used after a new acquire. */
  | { readonly kind: 'claimed'; readonly epoch: bigint; readonly confirmedAt: number }
  | { readonly kind: 'superseded'; readonly epoch: bigint; readonly by: string | null }

/**
 * `confirmed`: it may be used to connect. `stale`: not so now; nobody else has it. `lost`: somebody else may have it.
 * `superseded`: somebody else has it.
 */
export type LeaseState = 'confirmed' | 'stale' | 'lost' | 'superseded'

/**
 * A heartbeat was confirmed. `continuous`: the store says that it is as the worker left it. `wentBack`: it is not, or
 * its clock was set: what passed between two confirmed heartbeats by its clock and by the worker's own does not agree.
 */
export function attend(
  before: Attendance,
  beat: { readonly sentAt: number; readonly storeAt: number; readonly continuous: boolean; readonly ttlMs: number },
): { readonly attendance: Attendance; readonly wentBack: boolean } {
  const { sentAt, storeAt, continuous, ttlMs } = beat
  if (before.confirmedAt === null) {
    return { attendance: { confirmedAt: sentAt, storeAt, since: sentAt }, wentBack: !continuous }
  }
  const [ownMs, storeMs] = [sentAt - before.confirmedAt, storeAt - before.storeAt]
  const slackMs = ttlMs / CONNECT_PARTS
  const wentBack = !continuous || storeMs < 0 || storeMs > ownMs + slackMs
  const gap = ownMs > slackMs
  return { attendance: { confirmedAt: sentAt, storeAt, since: wentBack || gap ? sentAt : before.since }, wentBack }
}

/** 0 also in a gap that has not ended: a store that is back may hear of a take-over before it hears a heartbeat. */
export function attendedMs({ confirmedAt, since }: Attendance, now: number, ttlMs: number): number {
  return confirmedAt === null || now - confirmedAt > ttlMs / CONNECT_PARTS ? 0 : now - since
}

/** A lease after an acquire that was granted. */
export function acquired(epoch: bigint, sentAt: number): Lease {
  return { kind: 'held', epoch, confirmedAt: sentAt }
}

/** A lease after a renewal; `askedEpoch`: the one in the statement. An answer to an older question changes nothing. */
export function renewed(
  lease: Lease,
  answer: RenewedLease,
  beat: {
    readonly askedEpoch: bigint
    readonly sentAt: number
    readonly wentBack: boolean
    readonly ttlMs: number
  },
): Lease {
  if (lease.kind === 'superseded' || lease.epoch !== beat.askedEpoch) return lease
  if (!answer.kept) return { kind: 'superseded', epoch: lease.epoch, by: answer.holder }
  // A lease that was lost may have been another's meanwhile, in a store that has been restored since: it stays lost.
  const wasLost = beat.sentAt - lease.confirmedAt >= beat.ttlMs
  const kind = beat.wentBack || answer.claimed || wasLost ? 'claimed' : lease.kind
  return { kind, epoch: answer.epoch, confirmedAt: wasLost ? lease.confirmedAt : beat.sentAt }
}

/** Another process has the worker's name, and all that goes with it. */
export function replaced(lease: Lease): Lease {
  return { kind: 'superseded', epoch: lease.epoch, by: null }
}

/** How long targets may connect and reconnect from now on, ms; 0: not at all. */
export function mayConnectMs(lease: Lease | null, now: number, ttlMs: number): number {
  if (lease?.kind !== 'held') return 0
  return Math.max(0, lease.confirmedAt + ttlMs / CONNECT_PARTS - now)
}

/** A claimed lease gets a new epoch when all who may have a better claim have had the time to say so. */
export function mayReacquire(lease: Lease, attendance: Attendance, now: number, ttlMs: number): boolean {
  return lease.kind === 'claimed' && attendedMs(attendance, now, ttlMs) >= ttlMs
}

/**
 * Where a destination takes two publishers: time until its stream must have ended, ms; 0: now. A successor may connect
 * when the whole TTL is over.
 */
export function stopDueMs(lease: Lease, now: number, ttlMs: number): number {
  if (lease.kind === 'superseded') return 0
  return Math.max(0, lease.confirmedAt + STOP_PART * ttlMs - now)
}

export function leaseState(lease: Lease, now: number, ttlMs: number): LeaseState {
  if (lease.kind === 'superseded') return 'superseded'
  if (now - lease.confirmedAt >= ttlMs) return 'lost'
  return mayConnectMs(lease, now, ttlMs) > 0 ? 'confirmed' : 'stale'
}
