/** This many raises and clears within this time, and a rule is said to flap instead of being said each time. */
export const FLAP_COUNT = 4
export const FLAP_WINDOW = 300_000

/** Counts one rule's changes. It flaps from the fourth within 5 minutes on, until there was none for 5 minutes. */
export class FlapGuard {
  #changes: number[] = []
  #flapping = false

  get flapping(): boolean {
    return this.#flapping
  }

  /** One raise or clear. */
  note(now: number): void {
    this.#forget(now)
    this.#changes.push(now)
    if (this.#changes.length >= FLAP_COUNT) {
      this.#flapping = true
      this.#changes = this.#changes.slice(-FLAP_COUNT) // the last one alone says when it is quiet
    }
  }

  /** To be called as time passes. */
  tick(now: number): void {
    this.#forget(now)
    if (this.#changes.length === 0) this.#flapping = false
  }

  reset(): void {
    this.#changes = []
    this.#flapping = false
  }

  #forget(now: number): void {
    // Neither what is too old nor what a clock that went back left in the future.
    this.#changes = this.#changes.filter((time) => time <= now && now - time < FLAP_WINDOW)
  }
}
