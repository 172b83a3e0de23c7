/** What a worker keeps of its leases, as a value, and what each answer of the store makes of it. */
import type { HeldLease, Renewed, Standing } from './lease-store.js'
import { highest } from './store-rules.js'
import {
  acquired,
  attend,
  attendedMs,
  NOT_ATTENDING,
  renewed,
  replaced,
  type Attendance,
  type Lease,
} from './worker-rules.js'

export interface Keeping {
  readonly attendance: Attendance
  readonly leases: ReadonlyMap<string, Lease>
  /** The number of the last heartbeat whose answer it has; 0: none. */
  readonly beat: number
  /** The highest epoch that it has seen of any channel. */
  readonly seenEpoch: bigint
  /** The store did not know the worker any more, and has registered it again: it is one that was restored. */
  readonly returned: boolean
}

export const NOTHING_KEPT: Keeping = {
  attendance: NOT_ATTENDING,
  leases: new Map(),
  beat: 0,
  seenEpoch: 0n,
  returned: false,
}

/** Those to renew. */
export function heldLeases({ leases }: Keeping): HeldLease[] {
  return [...leases].flatMap(([channel, { kind, epoch }]) => (kind === 'superseded' ? [] : [{ channel, epoch }]))
}

export function standing({ attendance, beat, seenEpoch }: Keeping, now: number, ttlMs: number): Standing {
  const ageMs = attendance.confirmedAt === null ? 0 : now - attendance.confirmedAt
  return { beat, ageMs, attendedMs: attendedMs(attendance, now, ttlMs), seenEpoch }
}

/** `sentAt`: when the statement began to be sent, by the worker's own clock; `number`: that of the heartbeat. */
export function afterRenewal(
  keeping: Keeping,
  beat: {
    readonly number: number
    readonly sentAt: number
    readonly asked: readonly HeldLease[]
    readonly ttlMs: number
  },
  answer: Extract<Renewed, { known: true }>,
): { readonly keeping: Keeping; readonly wentBack: boolean } {
  const { sentAt, asked, ttlMs } = beat
  const { attendance, wentBack } = attend(keeping.attendance, {
    ...{ sentAt, ttlMs, storeAt: answer.storeAt },
    continuous: answer.continuous && !keeping.returned,
  })
  const epochs = new Map(asked.map(({ channel, epoch }) => [channel, epoch]))
  const leases = new Map(keeping.leases)
  for (const told of answer.leases) {
    const [lease, askedEpoch] = [leases.get(told.channel), epochs.get(told.channel)]
    if (lease && askedEpoch !== undefined)
      leases.set(told.channel, renewed(lease, told, { askedEpoch, sentAt, wentBack, ttlMs }))
  }
  const seenEpoch = highest(keeping.seenEpoch, answer.seenEpoch, ...answer.leases.map(({ epoch }) => epoch))
  return { keeping: { attendance, leases, beat: beat.number, seenEpoch, returned: false }, wentBack }
}

export function afterAcquire(keeping: Keeping, channel: string, sentAt: number, epoch: bigint): Keeping {
  const before = keeping.leases.get(channel)
  const seenEpoch = highest(keeping.seenEpoch, epoch)
  // An answer that was overtaken by a later one.
  if (before && before.kind !== 'superseded' && before.epoch > epoch) return { ...keeping, seenEpoch }
  // It was granted before the worker found that the store had been away: by a store that may have been restored since.
  const overtaken = sentAt < keeping.attendance.since
  const lease: Lease = overtaken ? { kind: 'claimed', epoch, confirmedAt: sentAt } : acquired(epoch, sentAt)
  return { ...keeping, seenEpoch, leases: new Map(keeping.leases).set(channel, lease) }
}

export function withoutLease(keeping: Keeping, channel: string): Keeping {
  const leases = new Map(keeping.leases)
  leases.delete(channel)
  return { ...keeping, leases }
}

/**
 * `known`: the store knew this process before, and knew nothing of it now: what the worker had attended was another
 * store.
 */
export function afterRegistration(keeping: Keeping, beat: number, known: boolean): Keeping {
  return known ? { ...keeping, beat, attendance: NOT_ATTENDING, returned: true } : { ...keeping, beat }
}

/** Another process has the worker's name. */
export function afterReplacement(keeping: Keeping): Keeping {
  const leases = new Map([...keeping.leases].map(([channel, lease]) => [channel, replaced(lease)]))
  return { ...keeping, leases, attendance: NOT_ATTENDING, returned: false }
}
