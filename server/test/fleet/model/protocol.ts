/**
 * The lease protocol as a state machine: two workers, a store, and a destination with one key. What the workers and the
 * store decide is the code of the product (`Rules`); the model adds time, the network, and faults.
 *
 * A tick is a sixth of the TTL: a worker renews once a tick. All times are relative to now, and old ones are all
 * equally old, so that there are finitely many states.
 */
import { afterReplacement, afterReturn, heldLeases, standing } from '../../../src/fleet/keeping.js'
import { NOTHING_KEPT, type Keeping } from '../../../src/fleet/keeping.js'
import type { Standing } from '../../../src/fleet/lease-store.js'
import type { Lease } from '../../../src/fleet/worker-rules.js'
import { CHANNEL, LEAST_BACKUP_AGE, RULES, shifted, tick, TTL, WORKERS } from './state.js'
import type { Fault, Publisher, Request, Rules, Scenario, State, WorkerState } from './state.js'
import { execute } from './store.js'

export interface Step {
  readonly label: string
  readonly state: State
}

const sessionOf = (worker: number, { session }: WorkerState) => `${worker}.${session}`

/**
 * All that may happen next. What a worker does without a fault in between is one step: nobody sees the states within,
 * and a pause, a delay and a loss at each place in it are steps of their own.
 */
export function* steps(state: State, scenario: Scenario): Generator<Step> {
  const model = { scenario, rules: { ...RULES, ...scenario.rules } }
  for (const index of WORKERS) {
    const worker = state.workers[index]!
    const change = (part: Partial<WorkerState>) => put(state, index, { ...worker, ...part })
    const faults: [Fault | null, string, State][] = []
    if (worker.run === 'up') {
      yield* ownSteps(state, model, index)
      // What is due at once comes before all else that the worker does, except that it stands still.
      if (!worker.request?.answer && worker.link !== 'connected') {
        yield* requests(state, model, index)
        yield* connects(state, model, index)
      }
      faults.push(['pause', 'pause', change({ run: 'paused' })])
    }
    if (worker.run === 'paused') faults.push([null, 'resume', change({ run: 'up' })])
    if (worker.run === 'dead') faults.push([null, 'restart', change(restarted(worker))])
    else faults.push(['crash', 'crash', without(change({ run: 'dead', request: null, link: 'none' }), index)])
    if (worker.request && worker.request.answer === null && state.up && !worker.apart) {
      faults.push([null, 'execute', executed(state, model, index, worker.request)])
    }
    if (state.publishers.some(one => one.worker === index)) faults.push(['cut', 'cut', without(state, index)])
    if (worker.apart) faults.push([null, 'joined again', change({ apart: false })])
    else faults.push(['partition', 'cut off the store', change({ apart: true })])
    for (const [fault, label, next] of faults) yield* spent(`${label} ${index}`, next, fault)
  }
  for (const request of state.late) {
    if (!state.up) continue
    const late = state.late.filter(one => one !== request)
    const { content, granted } = execute(state, model.rules, request)
    yield { label: `execute late ${request.worker}`, state: { ...state, late, content, granted } }
  }
  yield* storeFaults(state)
  if (mayTick(state, model)) yield { label: 'tick', state: tick(state, scenario) }
}

interface Model {
  readonly scenario: Scenario
  readonly rules: Rules
}

/** What a worker that runs does as soon as it can. */
function* ownSteps(state: State, { scenario, rules }: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const { keeping, request, link } = worker
  const lease = keeping.leases.get(CHANNEL) ?? null
  if (request?.answer) yield { label: `receive ${index}`, state: put(state, index, received(worker, rules, request)) }
  else if (request && request.sentAt < 0) {
    const gone = put(state, index, { ...worker, request: null })
    yield { label: `give up ${index}`, state: gone }
    const late = [...state.late, { ...request, sentAt: 0 }]
    yield { label: `give up, while it is on its way ${index}`, state: { ...gone, late } }
  }
  const closed = without(put(state, index, { ...worker, link: 'none' }), index)
  const connected = state.publishers.some(one => one.worker === index)
  if ((link === 'connected' || link === 'live') && !connected) yield { label: `notice ${index}`, state: closed }
  else if (link === 'connected') yield look(state, rules, index)
  if (link === 'checked') yield* connect(state, scenario, index)
  if (connected && stops(lease, scenario, rules)) yield { label: `stop ${index}`, state: closed }
}

const stops = (lease: Lease | null, { server }: Scenario, rules: Rules): boolean =>
  server === 'takes-both' && lease !== null && rules.stopDueMs(lease, 0, TTL) <= 0

/** A statement to the store, and each way in which it may end. */
function* requests(state: State, { rules }: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  if (worker.request) return
  const { keeping, registered } = worker
  const lease = keeping.leases.get(CHANNEL) ?? null
  const wants = lease === null || lease.kind === 'superseded' || rules.mayReacquire(lease, keeping.attendance, 0, TTL)
  const kinds: Request['kind'][] = worker.beaten ? [] : [registered ? 'renew' : 'register']
  if (registered && wants && worker.link === 'none') kinds.push('acquire')
  for (const kind of kinds) {
    const sent: Request = {
      ...{ kind, worker: index, session: sessionOf(index, worker), sentAt: 0, answer: null },
      ...{ asked: heldLeases(keeping), standing: standingOf(keeping) },
    }
    const beaten = worker.beaten || kind === 'renew'
    const waiting = put(state, index, { ...worker, request: sent, beaten })
    const unanswered = put(waiting, index, { ...worker, beaten: worker.beaten || kind !== 'acquire' })
    const label = `${kind} ${index}`
    yield* spent(`${label}, late`, waiting, 'delay')
    const paused = (of: State) => put(of, index, { ...of.workers[index]!, run: 'paused' })
    yield* spent(`${label}, paused before it is sent`, paused(waiting), 'pause')
    if (!state.up || worker.apart) {
      if (kind !== 'acquire') yield { label: `${label} in vain`, state: unanswered }
      continue
    }
    const done = executed(waiting, { rules }, index, sent)
    yield { label, state: put(done, index, received(done.workers[index]!, rules, done.workers[index]!.request!)) }
    yield* spent(`${label}, paused before the answer`, paused(done), 'pause')
    yield* spent(`${label}, lost`, unanswered, 'lose-request')
    const lost = { ...done, workers: unanswered.workers }
    yield* spent(`${label}, answer lost`, lost, 'lose-answer')
  }
}

function* connects(state: State, { scenario, rules }: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const lease = worker.keeping.leases.get(CHANNEL) ?? null
  if (worker.link !== 'none' || rules.mayConnectMs(lease, 0, TTL) <= 0) return
  const checked = put(state, index, { ...worker, link: 'checked' })
  yield* spent(`connect ${index}, slowly`, checked, 'slow-connect')
  const frozen = put(state, index, { ...worker, link: 'checked', run: 'paused' })
  yield* spent(`connect ${index}, paused before`, frozen, 'pause')
  for (const step of connect(checked, scenario, index)) {
    const connected = step.state.workers[index]!
    if (connected.link === 'none') continue
    yield look(step.state, rules, index)
    const paused = put(step.state, index, { ...connected, run: 'paused' })
    yield* spent(`connect ${index}, paused after`, paused, 'pause')
  }
}

/** The connection stands: before it publishes, a worker looks at its lease again. */
function look(state: State, rules: Rules, index: number): Step {
  const worker = state.workers[index]!
  const may = !rules.looksAgain || rules.mayConnectMs(worker.keeping.leases.get(CHANNEL) ?? null, 0, TTL) > 0
  if (!may) return { label: `close ${index}`, state: without(put(state, index, { ...worker, link: 'none' }), index) }
  // Of a truth that no worker knows: the last one to whom the store gave the lease.
  const wrong = state.granted.worker === index ? null : 'publishes without being the last who got the lease'
  return { label: `publish ${index}`, state: { ...put(state, index, { ...worker, link: 'live' }), wrong } }
}

function* connect(state: State, { server }: Scenario, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const before = state.publishers.filter(one => one.worker !== index && one.kickedAt === null)
  if (before.length > 0 && server === 'refuses') {
    yield { label: `refused ${index}`, state: put(state, index, { ...worker, link: 'none' }) }
    return
  }
  const connected = put(state, index, { ...worker, link: 'connected' })
  const others = state.publishers.filter(one => one.worker !== index)
  const taken = (kept: readonly Publisher[]) =>
    [...kept, { worker: index, kickedAt: null }].sort((a, b) => a.worker - b.worker)
  if (server === 'takes-both' || others.length === 0) {
    yield { label: `connect ${index}`, state: { ...connected, publishers: taken(others) } }
    return
  }
  yield { label: `connect ${index}`, state: { ...connected, publishers: taken([]) } }
  const slowly = taken(others.map(one => ({ ...one, kickedAt: one.kickedAt ?? 0 })))
  yield { label: `connect ${index}, the other is closed later`, state: { ...connected, publishers: slowly } }
}

function executed(state: State, { rules }: Pick<Model, 'rules'>, index: number, request: Request): State {
  const { content, granted, answer } = execute(state, rules, request)
  const worker = state.workers[index]!
  return { ...put(state, index, { ...worker, request: { ...request, answer } }), content, granted }
}

function received(worker: WorkerState, rules: Rules, { sentAt, asked, answer }: Request): WorkerState {
  const { keeping } = worker
  const done = { ...worker, request: null }
  if (answer === null) return done
  if (answer.kind === 'registered') {
    if (answer.taken) return { ...done, beaten: true, keeping: afterReplacement(keeping) }
    return { ...done, registered: true, keeping: worker.fresh ? keeping : afterReturn(keeping), fresh: false }
  }
  if (answer.kind === 'acquired') {
    const { epoch, reason } = answer
    if (epoch !== null) return { ...done, keeping: rules.afterAcquire(keeping, CHANNEL, sentAt, epoch) }
    return { ...done, registered: worker.registered && reason !== 'replaced' }
  }
  if (!answer.answer.known) return { ...done, registered: false, beaten: false }
  return { ...done, keeping: rules.afterRenewal(keeping, { sentAt, asked, ttlMs: TTL }, answer.answer).keeping }
}

function* storeFaults(state: State): Generator<Step> {
  if (state.up) yield* spent('store goes away', { ...state, up: false }, 'store-away')
  else yield { label: 'store comes back', state: { ...state, up: true } }
  yield* spent('the clock of the store jumps', { ...state, content: shifted(state.content, 2 * TTL) }, 'clock-jump')
  if (state.faults.restore && state.backup === null) {
    yield { label: 'backup', state: { ...state, backup: state.content, backupAge: 0 } }
  }
  if (state.backup && state.backupAge >= LEAST_BACKUP_AGE) {
    yield* spent('restore', { ...state, content: state.backup, backup: null }, 'restore')
  }
}

/** Time passes when all who run have done what they do at once. */
function mayTick({ workers, publishers }: State, { scenario, rules }: Model): boolean {
  return workers.every(({ run, beaten, request, link, keeping }, index) => {
    if (run !== 'up') return true
    const connected = publishers.some(({ worker }) => worker === index)
    if (link === 'connected' || (link === 'live' && !connected)) return false
    if (connected && stops(keeping.leases.get(CHANNEL) ?? null, scenario, rules)) return false
    return request ? request.answer === null && request.sentAt === 0 : beaten
  })
}

function restarted(worker: WorkerState): Partial<WorkerState> {
  const keeping = { ...NOTHING_KEPT, seenEpoch: worker.keeping.seenEpoch }
  return { run: 'up', session: worker.session + 1, registered: false, fresh: true, beaten: false, keeping }
}

function standingOf(keeping: Keeping): Standing {
  const now = standing(keeping, 0, TTL)
  return { ...now, attendedMs: Math.min(now.attendedMs, TTL) }
}

function put(state: State, index: number, worker: WorkerState): State {
  return { ...state, workers: state.workers.map((one, other) => (other === index ? worker : one)) }
}

function without(state: State, index: number): State {
  return { ...state, publishers: state.publishers.filter(({ worker }) => worker !== index) }
}

/** Nothing where the fault has happened often enough. */
function* spent(label: string, state: State, fault: Fault | null): Generator<Step> {
  if (fault === null) return yield { label, state }
  const left = state.faults[fault] ?? 0
  if (left > 0) yield { label, state: { ...state, faults: { ...state.faults, [fault]: left - 1 } } }
}
