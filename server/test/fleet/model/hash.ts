/** States as numbers, so that one that was met is known again. Of epochs and heartbeats their order alone matters. */
import type { Lease } from '../../../src/fleet/worker-rules.js'
import { FAULTS, type Content, type Request, type State } from './state.js'

const RUNS = ['up', 'paused', 'dead']
const LINKS = ['none', 'checked', 'connected', 'live']
const KINDS = [
  ...['renew', 'acquire', 'register', 'release', 'held', 'claimed', 'superseded'],
  ...['renewed', 'acquired', 'registered', 'released'],
]
/** Stands for null. */
const NOTHING = -99
/** Epochs are set apart from other numbers until their order is known, and so are each worker's heartbeats. */
const EPOCH = 1_000_000
const BEAT = 10_000_000

/** 53 bits. */
export function hashOf(state: State): number {
  const parts: number[] = []
  const add = (...more: readonly number[]) => void parts.push(...more)
  const epoch = (value: bigint) => void parts.push(EPOCH + Number(value))
  const beat = (worker: number, value: number) => void parts.push(BEAT * (worker + 1) + value)
  const session = (text: string | null) => add(text === null ? NOTHING : Number(text))
  const content = ({ row, workers }: Content) => {
    if (row) {
      session(row.session)
      epoch(row.epoch)
      add(row.expiresAt, Number(row.claimed), row.reservedFor === null ? NOTHING : Number(row.reservedFor.slice(-1)))
    } else add(NOTHING)
    for (const [index, worker] of workers.entries()) {
      session(worker.session)
      add(worker.heartbeatAt)
      beat(index, worker.beat)
      beat(index, worker.unbrokenSince)
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
    add(KINDS.indexOf(of.kind), of.worker, of.sentAt, ageMs, attendedMs, of.successor ?? NOTHING)
    beat(of.worker, of.number)
    beat(of.worker, of.standing.beat)
    session(of.session)
    epoch(seenEpoch)
    for (const asked of of.asked) epoch(asked.epoch)
    const { answer } = of
    if (!answer) return add(NOTHING)
    add(KINDS.indexOf(answer.kind))
    if (answer.kind === 'registered') return add(Number(answer.taken))
    if (answer.kind === 'released') return
    if (answer.kind === 'acquired') {
      add(answer.reason.length)
      return answer.epoch === null ? add(NOTHING) : epoch(answer.epoch)
    }
    if (!answer.answer.known) return add(NOTHING)
    add(answer.answer.storeAt, Number(answer.answer.continuous))
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
  for (const [index, worker] of state.workers.entries()) {
    const { run, apart, registered, fresh, beaten, link, keeping } = worker
    add(RUNS.indexOf(run), LINKS.indexOf(link), worker.session)
    add(Number(apart), Number(registered), Number(fresh), Number(beaten))
    const { attendance, leases, seenEpoch, returned } = keeping
    add(attendance.confirmedAt ?? NOTHING, attendance.storeAt, attendance.since, Number(returned))
    beat(index, worker.beats)
    beat(index, keeping.beat)
    epoch(seenEpoch)
    lease(leases.get('studio'))
    request(worker.beat)
    request(worker.ask)
  }
  for (const late of state.late) request(late)
  for (const { worker, kickedAt } of state.publishers) add(worker, kickedAt ?? NOTHING)
  add(NOTHING)
  for (const fault of FAULTS) add(state.faults[fault] ?? 0)
  return hash(ranked(parts))
}

function ranked(parts: readonly number[]): readonly number[] {
  const order = [...new Set(parts.filter(part => part >= EPOCH))].sort((a, b) => a - b)
  const ranks = new Map<number, number>()
  let [kind, rank] = [-1, 0]
  for (const part of order) {
    const own = Math.floor(part / BEAT)
    if (own !== kind) [kind, rank] = [own, 0]
    ranks.set(part, EPOCH + BEAT * kind + rank)
    rank += 1
  }
  return parts.map(part => ranks.get(part) ?? part)
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
