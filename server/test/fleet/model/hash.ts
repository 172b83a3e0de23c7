/** States as numbers, so that one that was met is known again. Of epochs their order alone matters. */
import type { Lease } from '../../../src/fleet/worker-rules.js'
import { FAULTS, type Content, type Request, type State } from './state.js'

const RUNS = ['up', 'paused', 'dead']
const LINKS = ['none', 'checked', 'connected', 'live']
const KINDS = ['renew', 'acquire', 'register', 'held', 'claimed', 'superseded', 'renewed', 'acquired', 'registered']
/** Stands for null. */
const NOTHING = -99
/** Epochs are set apart from other numbers until their order is known. */
const EPOCH = 1_000_000

/** 53 bits. */
export function hashOf(state: State): number {
  const parts: number[] = []
  const add = (...more: readonly number[]) => void parts.push(...more)
  const epoch = (value: bigint) => void parts.push(EPOCH + Number(value))
  const session = (text: string | null) => add(text === null ? NOTHING : Number(text))
  const content = ({ row, workers }: Content) => {
    if (row) {
      session(row.session)
      epoch(row.epoch)
      add(row.expiresAt)
    } else add(NOTHING)
    for (const worker of workers) {
      session(worker.session)
      add(worker.heartbeatAt)
      epoch(worker.seenEpoch)
    }
  }
  const lease = (of: Lease | undefined) => {
    if (!of) return add(NOTHING)
    add(KINDS.indexOf(of.kind), of.kind === 'superseded' ? NOTHING : of.confirmedAt)
    epoch(of.epoch)
  }
  const request = (of: Request | null) => {
    if (!of) return add(NOTHING)
    const { ageMs, attendedMs, seenEpoch } = of.standing
    add(KINDS.indexOf(of.kind), of.worker, of.sentAt, ageMs, attendedMs)
    session(of.session)
    epoch(seenEpoch)
    for (const asked of of.asked) epoch(asked.epoch)
    const { answer } = of
    if (!answer) return add(NOTHING)
    add(KINDS.indexOf(answer.kind))
    if (answer.kind === 'registered') return add(Number(answer.taken))
    if (answer.kind === 'acquired') {
      add(answer.reason.length)
      return answer.epoch === null ? add(NOTHING) : epoch(answer.epoch)
    }
    if (!answer.answer.known) return add(NOTHING)
    add(answer.answer.elapsedMs)
    epoch(answer.answer.seenEpoch)
    for (const told of answer.answer.leases) {
      add(Number(told.kept), Number(told.claimed))
      epoch(told.epoch)
    }
  }
  add(Number(state.up), state.backupAge, state.overlap, state.granted.worker, state.late.length)
  epoch(state.granted.epoch)
  content(state.content)
  if (state.backup) content(state.backup)
  else add(NOTHING)
  for (const {
    run,
    apart,
    session: number,
    registered,
    fresh,
    beaten,
    link,
    keeping,
    request: waiting,
  } of state.workers) {
    add(
      RUNS.indexOf(run),
      Number(apart),
      number,
      Number(registered),
      Number(fresh),
      Number(beaten),
      LINKS.indexOf(link),
    )
    const { attendance, leases, seenEpoch, returned } = keeping
    add(attendance.confirmedAt ?? NOTHING, attendance.since, Number(returned))
    epoch(seenEpoch)
    lease(leases.get('studio'))
    request(waiting)
  }
  for (const late of state.late) request(late)
  for (const { worker, kickedAt } of state.publishers) add(worker, kickedAt ?? NOTHING)
  add(NOTHING)
  for (const fault of FAULTS) add(state.faults[fault] ?? 0)
  return hash(ranked(parts))
}

function ranked(parts: readonly number[]): readonly number[] {
  const epochs = [...new Set(parts.filter(part => part >= EPOCH))].sort((a, b) => a - b)
  return parts.map(part => (part >= EPOCH ? EPOCH + epochs.indexOf(part) : part))
}

function hash(parts: readonly number[]): number {
  let [high, low] = [0x811c9dc5, 0x1b873593]
  for (const part of parts) {
    // Sessions and ages have decimals.
    const value = Math.round(part * 100)
    high = Math.imul(high ^ value, 0x01000193) ^ (high >>> 15)
    low = Math.imul(low ^ value, 0x85ebca6b) ^ (low >>> 13)
  }
  return (high >>> 0) * 0x200000 + ((low >>> 0) & 0x1fffff)
}
