/**
 * The lease protocol as a state machine: two workers, a store, and a destination with one key. What the workers and the
 * store decide is the code of the product (`Rules`); the model adds time, the network, and faults.
 *
 * A tick is a sixth of the TTL: a worker renews once a tick. All times are relative to now, and old ones are all
 * equally old, so that there are finitely many states.
 */
import { afterRegistration, afterReplacement, heldLeases, standing, withoutLease } from '../../../src/fleet/keeping.js'
import { NOTHING_KEPT, type Keeping } from '../../../src/fleet/keeping.js'
import type { Standing } from '../../../src/fleet/lease-store.js'
import type { Lease } from '../../../src/fleet/worker-rules.js'
import { CHANNEL, LEAST_BACKUP_AGE, RULES, tick, TTL, withClock, WORKERS } from './state.js'
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
  const model = { scenario, rules: rulesOf(scenario) }
  for (const index of WORKERS) {
    const worker = state.workers[index]!
    const change = (part: Partial<WorkerState>) => put(state, index, { ...worker, ...part })
    const faults: [Fault | null, string, () => State][] = []
    if (worker.run === 'up') {
      yield* ownSteps(state, model, index)
      // What is due at once comes before all else that the worker does, except that it stands still.
      if (!worker.beat?.answer && !worker.ask?.answer && worker.link !== 'connected') {
        yield* requests(state, model, index)
        yield* connects(state, model, index)
      }
      faults.push(['pause', 'pause', () => change({ run: 'paused' })])
    }
    if (worker.run === 'paused') faults.push([null, 'resume', () => change({ run: 'up' })])
    if (worker.run === 'dead') faults.push([null, 'restart', () => change(restarted(worker))])
    else {
      const dead = () => change({ run: 'dead', beat: null, ask: null, link: 'none' })
      faults.push(['crash', 'crash', () => without(dead(), index)])
    }
    for (const request of [worker.beat, worker.ask]) {
      if (!request || request.answer !== null || !state.up || worker.apart) continue
      faults.push([null, `execute ${request.kind}`, () => executed(state, model, index, request)])
    }
    if (state.publishers.some(one => one.worker === index)) faults.push(['cut', 'cut', () => without(state, index)])
    if (worker.apart) faults.push([null, 'joined again', () => change({ apart: false })])
    else faults.push(['partition', 'cut off the store', () => change({ apart: true })])
    for (const [fault, label, next] of faults) yield* spent(`${label} ${index}`, state, fault, next)
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

const merged = new WeakMap<Scenario, Rules>()

function rulesOf(scenario: Scenario): Rules {
  const rules = merged.get(scenario) ?? { ...RULES, ...scenario.rules }
  merged.set(scenario, rules)
  return rules
}

interface Model {
  readonly scenario: Scenario
  readonly rules: Rules
}

/** What a worker that runs does as soon as it can. */
function* ownSteps(state: State, { scenario, rules }: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const { keeping, link } = worker
  const lease = keeping.leases.get(CHANNEL) ?? null
  for (const request of [worker.beat, worker.ask]) {
    if (request?.answer) {
      yield { label: `receive ${request.kind} ${index}`, state: put(state, index, received(worker, rules, request)) }
    } else if (request && request.sentAt < 0) {
      const gone = put(state, index, { ...worker, [slotOf(request.kind)]: null })
      yield { label: `give up ${index}`, state: gone }
      const late = [...state.late, { ...request, sentAt: 0 }]
      yield { label: `give up, while it is on its way ${index}`, state: { ...gone, late } }
    }
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

const slotOf = (kind: Request['kind']) => (kind === 'renew' || kind === 'register' ? 'beat' : 'ask')

/** Statements to the store. */
function* requests(state: State, model: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const { keeping, registered, beat, ask, beaten, link } = worker
  const lease = keeping.leases.get(CHANNEL) ?? null
  const base = { worker: index, session: sessionOf(index, worker), sentAt: 0, answer: null, successor: null }
  const asked = heldLeases(keeping)
  const standing = standingOf(keeping)
  const number = worker.beats + 1
  if (beat === null && !beaten) {
    const kind = registered ? 'renew' : 'register'
    const sending = { ...worker, beats: number, beaten: kind === 'renew' }
    yield* ways(state, model, { ...base, kind, asked, standing, number }, sending)
  }
  const mayAsk = lease?.kind !== 'claimed' || model.rules.mayReacquire(lease, keeping.attendance, 0, TTL)
  if (ask === null && registered && lease?.kind !== 'held' && mayAsk && link === 'none') {
    yield* ways(state, model, { ...base, kind: 'acquire', asked, standing, number: 0 }, worker)
  }
  if (ask !== null || asked.length === 0) return
  for (const fault of ['release', 'hand-over'] as const) {
    if (!state.faults[fault]) continue
    const given = without(put(state, index, { ...worker, link: 'none' }), index)
    const sending = { ...given.workers[index]!, keeping: withoutLease(keeping, CHANNEL) }
    const successor = fault === 'release' ? null : 1 - index
    const sent = { ...base, kind: 'release', asked, standing, number: 0, successor } as const
    for (const step of ways(given, model, sent, sending)) {
      yield spend({ ...step, label: `${step.label}, to ${successor ?? 'nobody'}` }, fault)
    }
  }
}

/** Each way in which a statement may end. `worker`: after it has sent it. */
function* ways(state: State, { rules }: Pick<Model, 'rules'>, sent: Request, worker: WorkerState): Generator<Step> {
  const { kind, worker: index } = sent
  const slot = slotOf(kind)
  const waiting = put(state, index, { ...worker, [slot]: sent })
  const unanswered = put(state, index, { ...worker, beaten: worker.beaten || slot === 'beat' })
  const label = `${kind} ${index}`
  yield* spent(`${label}, late`, state, 'delay', () => waiting)
  const paused = (of: State) => put(of, index, { ...of.workers[index]!, run: 'paused' })
  yield* spent(`${label}, paused before it is sent`, state, 'pause', () => paused(waiting))
  if (!state.up || state.workers[index]!.apart) {
    if (kind !== 'acquire') yield { label: `${label} in vain`, state: unanswered }
    return
  }
  const done = executed(waiting, { rules }, index, sent)
  const answered = done.workers[index]!
  yield { label, state: put(done, index, received(answered, rules, answered[slot]!)) }
  yield* spent(`${label}, paused before the answer`, state, 'pause', () => paused(done))
  yield* spent(`${label}, lost`, state, 'lose-request', () => unanswered)
  yield* spent(`${label}, answer lost`, state, 'lose-answer', () => ({ ...done, workers: unanswered.workers }))
}

function* connects(state: State, { scenario, rules }: Model, index: number): Generator<Step> {
  const worker = state.workers[index]!
  const lease = worker.keeping.leases.get(CHANNEL) ?? null
  if (worker.link !== 'none' || rules.mayConnectMs(lease, 0, TTL) <= 0) return
  const checked = put(state, index, { ...worker, link: 'checked' })
  yield* spent(`connect ${index}, slowly`, state, 'slow-connect', () => checked)
  const frozen = () => put(state, index, { ...worker, link: 'checked', run: 'paused' })
  yield* spent(`connect ${index}, paused before`, state, 'pause', frozen)
  for (const step of connect(checked, scenario, index)) {
    const connected = step.state.workers[index]!
    if (connected.link === 'none') continue
    yield look(step.state, rules, index)
    const paused = () => put(step.state, index, { ...connected, run: 'paused' })
    yield* spent(`connect ${index}, paused after`, state, 'pause', paused)
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
  return { ...put(state, index, { ...worker, [slotOf(request.kind)]: { ...request, answer } }), content, granted }
}

function received(worker: WorkerState, rules: Rules, request: Request): WorkerState {
  const { keeping } = worker
  const { number, sentAt, asked, answer } = request
  const done = { ...worker, [slotOf(request.kind)]: null }
  if (answer === null || answer.kind === 'released') return done
  if (answer.kind === 'registered') {
    if (answer.taken) return { ...done, beaten: true, keeping: afterReplacement(keeping) }
    return { ...done, registered: true, keeping: afterRegistration(keeping, number, !worker.fresh), fresh: false }
  }
  if (answer.kind === 'acquired') {
    const { epoch, reason } = answer
    if (epoch !== null) return { ...done, keeping: rules.afterAcquire(keeping, CHANNEL, sentAt, epoch) }
    return { ...done, registered: worker.registered && reason !== 'replaced' }
  }
  if (!answer.answer.known) return { ...done, registered: false, beaten: false }
  const { keeping: kept } = rules.afterRenewal(keeping, { number, sentAt, asked, ttlMs: TTL }, answer.answer)
  return { ...done, keeping: kept }
}

function* storeFaults(state: State): Generator<Step> {
  if (state.up) yield* spent('store goes away', state, 'store-away', () => ({ ...state, up: false }))
  else yield { label: 'store comes back', state: { ...state, up: true } }
  yield* spent('the clock of the store jumps', state, 'clock-jump', () => withClock(state, 2 * TTL))
  yield* spent('the clock of the store is set back', state, 'clock-back', () => withClock(state, -2 * TTL))
  if (state.faults.restore && state.backup === null) {
    yield { label: 'backup', state: { ...state, backup: state.content, backupAge: 0 } }
  }
  if (state.backup && state.backupAge >= LEAST_BACKUP_AGE) {
    const content = state.backup
    yield* spent('restore', state, 'restore', () => ({ ...state, content, backup: null }))
  }
}

/** Time passes when all who run have done what they do at once. */
function mayTick({ workers, publishers }: State, { scenario, rules }: Model): boolean {
  return workers.every(({ run, beaten, beat, ask, link, keeping }, index) => {
    if (run !== 'up') return true
    const connected = publishers.some(({ worker }) => worker === index)
    if (link === 'connected' || (link === 'live' && !connected)) return false
    if (connected && stops(keeping.leases.get(CHANNEL) ?? null, scenario, rules)) return false
    const waits = (request: Request) => request.answer === null && request.sentAt === 0
    return (ask === null || waits(ask)) && (beat === null ? beaten : waits(beat))
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

/** Nothing where the fault has happened often enough: then the state after it is not even worked out. */
function* spent(label: string, before: State, fault: Fault | null, after: () => State): Generator<Step> {
  if (fault === null) return yield { label, state: after() }
  const left = before.faults[fault] ?? 0
  if (left > 0) yield spend({ label, state: after() }, fault)
}

function spend({ label, state }: Step, fault: Fault): Step {
  return { label, state: { ...state, faults: { ...state.faults, [fault]: state.faults[fault]! - 1 } } }
}
