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
}

export interface WorkerRow {
  readonly session: string
  readonly heartbeatAt: number
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
  readonly ageMs: number
  readonly attendedMs: number
  /** Of the worker, and of all rows of workers. */
  readonly seenEpoch: bigint
  /** No other worker is registered. */
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
  if (elapsedMs < 0 || elapsedMs > of.ageMs + ttlMs / SLACK_PARTS) return { granted: false, reason: 'discontinuity' }
  if (row === null || !isOurs(row, of)) {
    // What has expired is not ours any more, whoever's name is on it: it may be of a store from the past.
    if (row !== null && !isFree(row, now)) return { granted: false, reason: 'held' }
    const attended = of.attendedMs >= Math.max(ttlMs, row?.ttlMs ?? 0)
    if (!attended && !of.alone) return { granted: false, reason: 'not-attended' }
  }
  const epoch = highest((row?.epoch ?? 0n) + 1n, of.seenEpoch + 1n, of.clockEpoch)
  const taken = { holder: of.name, session: of.session, epoch, expiresAt: now + ttlMs, ttlMs, reservedFor: null }
  return { granted: true, row: taken }
}

function isOurs(row: LeaseRow, { session, name, now }: AcquireCase): boolean {
  const named = row.session === session || (row.session === null && row.reservedFor === name)
  return named && !isExpired(row, now)
}

/** A lease that ends later than any lease could is one of a clock that was set back since: it has expired too. */
function isExpired(row: LeaseRow, now: number): boolean {
  return row.expiresAt < now || row.expiresAt > now + row.ttlMs + row.ttlMs / SLACK_PARTS
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
export function renewLease(of: RenewCase): { readonly row: LeaseRow; readonly claimed: boolean } | null {
  const { row, session, ttlMs } = of
  if (row !== null && row.session !== session && row.epoch >= of.epoch) return null
  const epoch = highest(row?.epoch ?? 0n, of.epoch)
  const kept = { holder: of.name, session, epoch, expiresAt: of.now + ttlMs, ttlMs, reservedFor: null }
  return { row: kept, claimed: row === null || row.epoch < of.epoch }
}

/** null: it is not this worker's, or has another epoch. */
export function releaseLease(
  row: LeaseRow | null,
  of: { readonly session: string; readonly epoch: bigint; readonly successor: string | null; readonly now: number },
): LeaseRow | null {
  if (row === null || row.session !== of.session || row.epoch !== of.epoch) return null
  const expiresAt = of.successor === null ? of.now : of.now + row.ttlMs
  return { ...row, holder: null, session: null, expiresAt, reservedFor: of.successor }
}

export interface RegisterCase {
  readonly worker: WorkerRow | null
  readonly session: string
  readonly previous: readonly string[]
  readonly now: number
}

/**
 * `taken`: a living process has the name. `inherits`: the leases of the process before are the new one's: it ended so
 * short a time ago that nobody else can have them, not even in a store that was restored.
 */
export function registerWorker(of: RegisterCase): { readonly taken: boolean; readonly inherits: boolean } {
  const { worker, now } = of
  if (worker === null) return { taken: false, inherits: false }
  const silentMs = now - worker.heartbeatAt
  const fresh = silentMs >= 0 && silentMs <= worker.ttlMs
  const same = worker.session === of.session || of.previous.includes(worker.session)
  return { taken: fresh && !same, inherits: fresh && same }
}

export function highest(...epochs: readonly bigint[]): bigint {
  let most = 0n
  for (const epoch of epochs) if (epoch > most) most = epoch
  return most
}
