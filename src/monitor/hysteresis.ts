/**
 * The states of a rule:
 *
 *   ok ──raise is true──▶ pending ──for `raise.for`──▶ firing ──clear is true──▶ clearing ──for `clear.for`──▶ ok
 *    ◀──not any more──────┘                              ◀──not any more───────────┘
 *
 * The alert is raised in firing and clearing.
 */
export interface RuleState {
  readonly phase: 'ok' | 'pending' | 'firing' | 'clearing'
  /** Start of this phase, monotonic ms. */
  readonly since: number
}

export const OK: RuleState = Object.freeze({ phase: 'ok', since: 0 })

/** The result of the conditions; null: no value, or a value that may not be judged now. */
export type Verdict = { readonly raise: boolean; readonly clear: boolean } | null

export interface Times {
  readonly raiseFor: number
  readonly clearFor: number
}

/** The only function that changes a rule's state. A state never skips a phase unless that phase's time is 0. */
export function nextState(state: RuleState, verdict: Verdict, now: number, { raiseFor, clearFor }: Times): RuleState {
  // Without a value, no condition "held without a break".
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

/** A pending raise or clear starts again; a raised alert stays raised. */
export function withoutEvidence(state: RuleState, now: number): RuleState {
  if (state.phase === 'pending') return OK
  if (state.phase === 'clearing') return { phase: 'firing', since: now }
  return state
}

export function isRaised({ phase }: RuleState): boolean {
  return phase === 'firing' || phase === 'clearing'
}
