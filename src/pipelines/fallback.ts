import type { Candidate } from './candidates'
import type { Refusal, Verdict } from './verdict'

/**
 * The position of a stream in its list of candidates. `verdict` is asked again each time, because another stream can
 * have a new result. Software needs no trial.
 */
export class Fallback {
  readonly #candidates: readonly Candidate[]
  readonly #verdict: (factory: string) => Verdict | undefined
  #at = 0

  constructor(candidates: readonly Candidate[], verdict: (factory: string) => Verdict | undefined) {
    this.#candidates = candidates
    this.#verdict = verdict
  }

  /** The candidates to try before the stream begins, in order: the first one that works is used. */
  get untried(): readonly Candidate[] {
    const candidates = this.#candidates.slice(this.#at).filter(({ rescue }) => !rescue)
    const sure = candidates.findIndex(candidate => this.#works(candidate) === true)
    return candidates.slice(0, sure < 0 ? undefined : sure).filter(candidate => this.#works(candidate) === undefined)
  }

  #works({ factory, device }: Candidate): boolean | undefined {
    return device === 'software' ? true : this.#verdict(factory)?.works
  }

  /** The candidate in use: the first one from the current position that works. null: no requested candidate works. */
  get candidate(): Candidate | null {
    const found = this.#candidates.findIndex((candidate, i) => i >= this.#at && this.#works(candidate) === true)
    if (found < 0 || (this.#candidates[found]!.rescue && this.#at === 0)) return null
    return this.#candidates[found]!
  }

  /** Moves to the next candidate after a failure; null: none is left. `running`: rescue candidates are allowed. */
  next(running: boolean): Candidate | null {
    const current = this.candidate
    if (!current) return null
    const at = this.#candidates.indexOf(current) + 1
    const next = this.#candidates.findIndex(
      (candidate, i) => i >= at && (running || !candidate.rescue) && this.#works(candidate) === true,
    )
    if (next < 0) return null
    this.#at = next
    return this.#candidates[next]!
  }

  /** Why the candidates before the current one are not used. */
  get refusals(): readonly { readonly factory: string; readonly refusal: Refusal }[] {
    return this.#candidates.flatMap(({ factory }) => {
      const verdict = this.#verdict(factory)
      return verdict && !verdict.works ? [{ factory, refusal: verdict.refusal }] : []
    })
  }
}
