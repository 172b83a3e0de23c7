/** Goes to every state that a scenario can reach, the nearest first, and looks for one that must not be. */
import { hashOf } from './hash.js'
import { steps, type Step } from './protocol.js'
import { initialState, RULES, TTL, type Rules, type Scenario, type State } from './state.js'

export interface Found {
  readonly states: number
  /** Every state that can be reached was visited. */
  readonly complete: boolean
  /** null: every state is as it should be. */
  readonly wrong: { readonly what: string; readonly trace: readonly string[] } | null
  /** Whether each of these was met: else the model proves nothing. */
  readonly met: ReadonlySet<string>
}

const MOST_STATES = 400_000

/** `most`: no more states than that, the nearest ones; else there may be no more than the model has place for. */
export function explore(scenario: Scenario, most?: number): Found {
  const rules: Rules = { ...RULES, ...scenario.rules }
  const seen = new Set<number>()
  const met = new Set<string>()
  const parents: number[] = []
  const labels: string[] = []
  const known = new Map<string, string>()
  const trace = (index: number): string[] => {
    const labelsBack: string[] = []
    for (let at = index; at > 0; at = parents[at]!) labelsBack.push(labels[at]!)
    return labelsBack.reverse()
  }
  const first = initialState(scenario)
  let frontier: { state: State; index: number }[] = [{ state: first, index: 0 }]
  parents.push(-1)
  labels.push('')
  seen.add(hashOf(first))
  while (frontier.length > 0) {
    const next: typeof frontier = []
    for (const { state, index } of frontier) {
      for (const step of steps(state, scenario)) {
        note(state, step.state, step.label, met)
        const hash = hashOf(step.state)
        if (seen.has(hash)) continue
        if (most !== undefined && seen.size >= most) return { states: seen.size, complete: false, wrong: null, met }
        seen.add(hash)
        if (seen.size > MOST_STATES) throw new Error(`more than ${MOST_STATES} states`)
        const label = known.get(step.label) ?? step.label
        known.set(label, label)
        parents.push(index)
        labels.push(label)
        const what = wrongOf(state, step, scenario, rules)
        if (what) return { states: seen.size, complete: false, wrong: { what, trace: trace(parents.length - 1) }, met }
        next.push({ state: step.state, index: parents.length - 1 })
      }
    }
    frontier = next
  }
  return { states: seen.size, complete: true, wrong: null, met }
}

const leaseOf = (state: State, index: number) => state.workers[index]!.keeping.leases.get('studio') ?? null

function wrongOf(before: State, { state, label }: Step, scenario: Scenario, rules: Rules): string | null {
  if (state.wrong) return state.wrong
  const may = [0, 1].filter(
    index => state.workers[index]!.run !== 'dead' && rules.mayConnectMs(leaseOf(state, index), 0, TTL) > 0,
  )
  if (may.length > 1) return 'two workers may connect'
  if (scenario.server === 'refuses' && state.publishers.length > 1) return 'two publishers on a server that refuses one'
  if (scenario.server === 'takes-both' && state.overlap > 0) return 'two publishers on a server that takes both'
  if (state.overlap > TTL) return 'two publishers for longer than a TTL'
  if (state.granted.epoch < before.granted.epoch) return 'an epoch went back'
  if (state.granted !== before.granted && state.granted.epoch === before.granted.epoch) return 'an epoch came twice'
  if (scenario.healthy) {
    for (const index of [0, 1]) {
      if (leaseOf(state, index)?.kind === 'superseded') return 'a healthy worker was superseded'
      const [was, is] = [before.workers[index]!.link, state.workers[index]!.link]
      if (was === 'live' && is !== 'live' && !label.startsWith('release')) return 'a healthy publisher was stopped'
    }
  }
  return null
}

function note(before: State, { workers, granted }: State, label: string, met: Set<string>): void {
  met.add(label.replace(/ \d/, ''))
  if (granted.worker !== before.granted.worker && before.granted.worker >= 0) met.add('failover')
  for (const { keeping, link } of workers) {
    if (link === 'live') met.add('live')
    for (const { kind } of keeping.leases.values()) met.add(kind)
  }
}

/** Part of the steps in which a fault begins or ends: else none lasts long enough for a lease to expire. */
const RARE = 0.06
const REPAIRS = /^(resume|restart|joined again|store comes back|execute late)/

export interface Walk {
  readonly walks: number
  readonly steps: number
  /** 0 to 1. */
  random(): number
}

/** Goes on random ways, of more faults than all ways could be gone of. */
export function wander(scenario: Scenario, { walks, steps: most, random }: Walk): Found {
  const rules: Rules = { ...RULES, ...scenario.rules }
  const met = new Set<string>()
  let states = 0
  for (let walk = 0; walk < walks; walk += 1) {
    const trace: string[] = []
    let state = initialState(scenario)
    for (let step = 0; step < most; step += 1) {
      const choices = [...steps(state, scenario)]
      const rare = choices.filter(one => one.state.faults !== state.faults || REPAIRS.test(one.label))
      const usual = choices.filter(one => !rare.includes(one))
      const among = usual.length === 0 || (rare.length > 0 && random() < RARE) ? rare : usual
      const next = among[Math.floor(random() * among.length)]!
      trace.push(next.label)
      states += 1
      note(state, next.state, next.label, met)
      const what = wrongOf(state, next, scenario, rules)
      if (what) return { states, complete: false, wrong: { what, trace }, met }
      state = next.state
    }
  }
  return { states, complete: false, wrong: null, met }
}
