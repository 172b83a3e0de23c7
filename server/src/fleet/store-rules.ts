/**
 * The rules of the store, as values. The SQL of postgres/statements.ts says the same, and a test runs both side by
 * side. `now` is the store's clock, ms: no other clock decides here.
 *
 * Why an epoch never goes back. An epoch is more than each of these:
 * 1. the epoch of the lease before;
 * 2. the highest epoch that the worker has seen, which it keeps on its own disk;
 * 3. the highest epoch that any worker in the store has seen: each heartbeat writes it down;
 * 4. the store's clock in milliseconds.
 * A database that was restored from a backup, or a standby that lost the last commits, has lost 1 and 3. It gets 3 back
 * within the time that a worker has to wait before it may take a lease that is not its own (attendance, in
 * worker-rules.ts), since each living worker sends a heartbeat in that time. An epoch that no living worker has seen is
 * known to none, except to a destination that fences by epochs: 4 is there for it. So an epoch goes back only where the
 * database was restored, and its clock was set back to before the backup, and the holder of the lost epoch is away.
 */

export interface LeaseRow {
  readonly holder: string | null
  /** null: released, or kept for `reservedFor` up to `expiresAt`. */
  readonly session: string | null
  readonly epoch: bigint
  readonly expiresAt: number
  readonly ttlMs: number
  readonly reservedFor: string | null
  /** A worker has claimed it back. Somebody may have a better claim: for its holder, too, it takes attendance. */
  readonly claimed: boolean
}

export interface WorkerRow {
  readonly session: string
  readonly heartbeatAt: number
  /** The number of that heartbeat. */
  readonly beat: number
  /** The first heartbeat since which the store has been as this worker left it. */
  readonly unbrokenSince: number
  readonly seenEpoch: bigint
  readonly ttlMs: number
}

export interface AcquireCase {
  /** null: nobody has held this channel. */
  readonly row: LeaseRow | null
  /** The row of the worker's name. null: there is none. */
  readonly worker: WorkerRow | null
  readonly name: string
  readonly session: string
  readonly beat: number
  readonly ageMs: number
  readonly attendedMs: number
  /** Of the worker, and of all rows of workers. */
  readonly seenEpoch: bigint
  /** No other worker is registered, in a store that cannot have been restored. */
  readonly alone: boolean
  readonly ttlMs: number
  readonly now: number
  /** The clock in the epoch; the model of the protocol has another one. */
  readonly clockEpoch: bigint
}

export type AcquireVerdict =
  | { readonly granted: true; readonly row: LeaseRow }
  | { readonly granted: false; readonly reason: 'held' | 'not-attended' | 'discontinuity' | 'replaced' }

/** The store's time and a worker's may differ by so much between two statements: a part of the TTL. */
export const SLACK_PARTS = 3

export function acquireLease(of: AcquireCase): AcquireVerdict {
  const { row, worker, now, ttlMs } = of
  if (worker === null || worker.session !== of.session) return { granted: false, reason: 'replaced' }
  const elapsedMs = now - worker.heartbeatAt
  const seen = worker.beat === of.beat && elapsedMs >= 0 && elapsedMs <= of.ageMs + ttlMs / SLACK_PARTS
  if (!seen) return { granted: false, reason: 'discontinuity' }
  const named = row !== null && isNamed(row, of)
  if (row !== null && !named && !isFree(row, now)) return { granted: false, reason: 'held' }
  // What has expired is not ours any more, whoever's name is on it: it may be of a store from the past.
  const ours = named && !row.claimed && !isExpired(row, now)
  const attended = of.alone || of.attendedMs >= Math.max(ttlMs, row?.ttlMs ?? 0)
  if (!ours && !attended) return { granted: false, reason: 'not-attended' }
  const epoch = highest((row?.epoch ?? 0n) + 1n, of.seenEpoch + 1n, of.clockEpoch)
  return { granted: true, row: { ...heldRow(of), epoch, claimed: false } }
}

function isNamed(row: LeaseRow, { session, name }: AcquireCase): boolean {
  return row.session === session || (row.session === null && row.reservedFor === name)
}

function heldRow({ name, session, now, ttlMs }: Pick<AcquireCase, 'name' | 'session' | 'now' | 'ttlMs'>) {
  return { holder: name, session, expiresAt: now + ttlMs, ttlMs, reservedFor: null }
}

/** A lease that ends later than any lease could is one of a clock that was set back since: it has expired too. */
function isExpired(row: LeaseRow, now: number): boolean {
  return row.expiresAt <= now || row.expiresAt > now + row.ttlMs + row.ttlMs / SLACK_PARTS
}

function isFree(row: LeaseRow, now: number): boolean {
  return (row.session === null && row.reservedFor === null) || isExpired(row, now)
}

export interface RenewCase {
  readonly row: LeaseRow | null
  readonly name: string
  readonly session: string
  /** That the worker holds. */
  readonly epoch: bigint
  readonly ttlMs: number
  readonly now: number
}

/**
 * The row with a new expiry; null: the lease is another's. A row of an older epoch than the worker's is one from the
 * past, since epochs only grow: the worker claims its lease back, and of two that claim the one with the later epoch
 * gets it.
 */
export function renewLease(of: RenewCase): LeaseRow | null {
  const { row } = of
  if (row !== null && row.session !== of.session && row.epoch >= of.epoch) return null
  return { ...heldRow(of), epoch: highest(row?.epoch ?? 0n, of.epoch), claimed: isFromPast(of) || row!.claimed }
}

const isFromPast = ({ row, epoch }: RenewCase): boolean => row === null || row.epoch < epoch

/**
 * The numbers of the worker's row after a heartbeat. null: a later one was executed before, and nobody waits for this
 * one any more. A break is told to each heartbeat of a worker that has not confirmed one since: an answer that is lost
 * must not hide it.
 */
export function beatWorker(
  worker: Pick<WorkerRow, 'beat' | 'unbrokenSince'>,
  of: { readonly number: number; readonly confirmed: number; readonly leases: readonly RenewCase[] },
): (Pick<WorkerRow, 'beat' | 'unbrokenSince'> & { readonly continuous: boolean }) | null {
  if (worker.beat >= of.number) return null
  const known = worker.beat >= of.confirmed && worker.unbrokenSince <= of.confirmed
  const continuous = known && !of.leases.some(isFromPast)
  return { beat: of.number, unbrokenSince: continuous ? worker.unbrokenSince : of.number, continuous }
}

/** null: it is not this worker's, or has another epoch. */
export function releaseLease(
  row: LeaseRow | null,
  of: { readonly session: string; readonly epoch: bigint; readonly successor: string | null; readonly now: number },
): LeaseRow | null {
  if (row === null || row.session !== of.session || row.epoch !== of.epoch) return null
  const reservedFor = row.claimed || isExpired(row, of.now) ? null : of.successor
  const expiresAt = reservedFor === null ? of.now : of.now + row.ttlMs
  return { ...row, holder: null, session: null, expiresAt, reservedFor, claimed: false }
}

export interface RegisterCase {
  readonly worker: WorkerRow | null
  /** The rows of all other workers. */
  readonly others: readonly WorkerRow[]
  readonly session: string
  readonly previous: readonly string[]
  readonly beat: number
  readonly ttlMs: number
  readonly now: number
}

export interface RegisterVerdict {
  /** A living process has the name. */
  readonly taken: boolean
  /**
   * The leases of the process before are the new one's: it ended so short a time ago that nobody else can have them,
   * not even in a store that was restored.
   */
  readonly inherits: boolean
  /** That of the living workers, where it is another one. A lease means the same time to all of them. */
  readonly otherTtlMs: number | null
}

export function registerWorker(of: RegisterCase): RegisterVerdict {
  const { worker, session, now } = of
  const other = of.others.filter(({ ttlMs }) => ttlMs !== of.ttlMs).find(row => isFresh(row, now))
  if (other) return { taken: false, inherits: false, otherTtlMs: other.ttlMs }
  if (worker === null) return { taken: false, inherits: false, otherTtlMs: null }
  const fresh = isFresh(worker, now)
  const own = worker.session === session ? worker.beat < of.beat : of.previous.includes(worker.session)
  return { taken: fresh && !own, inherits: fresh && own, otherTtlMs: null }
}

/**
 * It is alive, as far as the store knows. A heartbeat may be later than `now` by a moment, since a statement reads the
 * clock before it waits for the row; one that is much later is of before the clock was set back.
 */
function isFresh({ heartbeatAt, ttlMs }: WorkerRow, now: number): boolean {
  return heartbeatAt <= now + ttlMs / SLACK_PARTS && now <= heartbeatAt + ttlMs
}

export function highest(...epochs: readonly bigint[]): bigint {
  let most = 0n
  for (const epoch of epochs) if (epoch > most) most = epoch
  return most
}
