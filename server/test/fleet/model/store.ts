/** The store of the model: the rules of the product on its one lease. */
import type { Renewed } from '../../../src/fleet/lease-store.js'
import { highest, registerWorker, type WorkerRow } from '../../../src/fleet/store-rules.js'
import { CHANNEL, TTL, type Answer, type Content, type Request, type Rules, type State } from './state.js'

const name = (worker: number) => `worker-${worker}`

/** The store executes a statement. */
export function execute(
  { content, granted }: State,
  rules: Rules,
  request: Request,
): { readonly content: Content; readonly answer: Answer; readonly granted: State['granted'] } {
  const { session, worker: index } = request
  const { row, workers } = content
  const own = workers[index]!
  const withOwn = (change: Partial<WorkerRow>) =>
    workers.map((one, other) => (other === index ? { ...one, ...change } : one))
  if (request.kind === 'register') {
    const previous = [`${index}.${Number(session.split('.')[1]) - 1}`]
    const { taken, inherits } = registerWorker({
      ...{ worker: own, others: [], session, previous, beat: request.number, ttlMs: TTL, now: 0 },
    })
    if (taken) return { content, granted, answer: { kind: 'registered', taken } }
    const inherited = inherits && row?.session === own.session ? { ...row, session } : row
    const answer = { kind: 'registered', taken } as const
    const numbers = { beat: request.number, unbrokenSince: request.number }
    return { content: { row: inherited, workers: withOwn({ session, heartbeatAt: 0, ...numbers }) }, granted, answer }
  }
  if (request.kind === 'acquire') {
    const { beat, ageMs, attendedMs } = request.standing
    const seen = [request.standing.seenEpoch, ...workers.map(({ seenEpoch }) => seenEpoch)]
    const verdict = rules.acquireLease({
      ...{ row, worker: own, name: name(index), session, beat, ageMs, attendedMs, alone: false, ttlMs: TTL, now: 0 },
      seenEpoch: highest(...seen),
      // The clock of an honest server: later than all grants before.
      clockEpoch: granted.epoch + 1n,
    })
    if (!verdict.granted) return { content, granted, answer: { kind: 'acquired', epoch: null, reason: verdict.reason } }
    const answer = { kind: 'acquired', epoch: verdict.row.epoch, reason: '' } as const
    return { content: { row: verdict.row, workers }, granted: { epoch: verdict.row.epoch, worker: index }, answer }
  }
  if (request.kind === 'release') {
    const [{ epoch }, answer] = [request.asked[0]!, { kind: 'released' } as const]
    const successor = request.successor === null ? null : name(request.successor)
    const released = rules.releaseLease(row, { session, epoch, successor, now: 0 })
    return { content: { row: released ?? row, workers }, granted, answer }
  }
  const cases = request.asked.map(({ epoch }) => ({ row, name: name(index), session, epoch, ttlMs: TTL, now: 0 }))
  const { number, standing } = request
  const beat =
    own.session === session ? rules.beatWorker(own, { number, confirmed: standing.beat, leases: cases }) : null
  if (!beat) {
    return { content, granted, answer: { kind: 'renewed', answer: { known: false } } }
  }
  const seenEpoch = highest(own.seenEpoch, request.standing.seenEpoch)
  let after = row
  const leases = cases.map(one => {
    const kept = rules.renewLease(one)
    if (!kept)
      return { channel: CHANNEL, kept: false, epoch: row?.epoch ?? 0n, holder: row?.holder ?? null, claimed: false }
    after = kept
    return { channel: CHANNEL, kept: true, epoch: kept.epoch, holder: name(index), claimed: kept.claimed }
  })
  const { continuous, ...numbers } = beat
  const answer: Renewed = { known: true, storeAt: 0, continuous, seenEpoch, leases }
  const beaten = { row: after, workers: withOwn({ heartbeatAt: 0, ...numbers, seenEpoch }) }
  return { content: beaten, granted, answer: { kind: 'renewed', answer } }
}
