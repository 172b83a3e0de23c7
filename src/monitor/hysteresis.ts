/**
 *   ok ──raise holds──▶ pending ──for `raise.for`──▶ firing ──clear holds──▶ clearing ──for `clear.for`──▶ ok
 *    ◀──it does not─────┘                              ◀──it does not──────────┘
 *
 * From firing on an alert is raised, until it is ok again.
 */
export interface RuleState {
  readonly phase: 'ok' | 'pending' | 'firing' | 'clearing'
  /** When it came into this phase, monotonic ms. */
  readonly since: number
}

export const OK: RuleState = Object.freeze({ phase: 'ok', since: 0 })

/** What the value says; null: nothing, since there is none, or it may not be judged now. */
export type Verdict = { readonly raise: boolean; readonly clear: boolean } | null

export interface Times {
  readonly raiseFor: number
  readonly clearFor: number
}

/** The one place where a rule's state changes. Nothing passes two phases at once unless its time is 0. */
export function nextState(state: RuleState, verdict: Verdict, now: number, { raiseFor, clearFor }: Times): RuleState {
  // Without a value nothing "held without a break".
  if (verdict === null) return withoutEvidence(state, now)
  switch (state.phase) {
    case 'ok':
      if (!verdict.raise) return state
      return { phase: raiseFor > 0 ? 'pending' : 'firing', since: now }
    case 'pending':
      if (!verdict.raise) return OK
      return now - state.since >= raiseFor ? { phase: 'firing', since: now } : state
    case 'firing':
      if (!verdict.clear) return state
      return clearFor > 0 ? { phase: 'clearing', since: now } : OK
    case 'clearing':
      if (!verdict.clear) return { phase: 'firing', since: now }
      return now - state.since >= clearFor ? OK : state
  }
}

/** What was only on its way has to begin again; what is raised stays raised. */
export function withoutEvidence(state: RuleState, now: number): RuleState {
  if (state.phase === 'pending') return OK
  if (state.phase === 'clearing') return { phase: 'firing', since: now }
  return state
}

export function isRaised({ phase }: RuleState): boolean {
  return phase === 'firing' || phase === 'clearing'
}
