/** Which of several inputs is on air, where no relay decides it. Pure: time is passed in, ms of a monotonic clock. */

/** One input at one moment. */
export interface InputSight {
  /** Its stream is live. */
  readonly live: boolean
  /** Since the last packet; null: none has come. */
  readonly silentMs: number | null
}

/** An input that is live and gives nothing for so long is away, to whoever has another. */
const SILENT_MS = 1000

/**
 * Inputs stand in order of preference. The first healthy one is on air; a preferred one comes back when it has been
 * healthy for `holdBackMs`. A choice by hand holds until that input is lost, or until the next one.
 */
export class InputChoice {
  holdBackMs: number
  readonly #healthySince: (number | null)[]
  #onAir: number | null = null
  #byHand: number | null = null

  constructor(inputs: number, holdBackMs: number) {
    this.holdBackMs = holdBackMs
    this.#healthySince = Array.from({ length: inputs }, () => null)
  }

  /** The index on air; null: no input is healthy. */
  get onAir(): number | null {
    return this.#onAir
  }

  step(sights: readonly InputSight[], nowMs: number): number | null {
    sights.forEach((sight, i) => {
      const healthy = sight.live && sight.silentMs !== null && sight.silentMs < SILENT_MS
      this.#healthySince[i] = healthy ? (this.#healthySince[i] ?? nowMs) : null
    })
    if (this.#byHand !== null && this.#healthySince[this.#byHand] == null) this.#byHand = null
    this.#onAir = this.#byHand ?? this.#choose(nowMs)
    return this.#onAir
  }

  #choose(nowMs: number): number | null {
    const present = this.#onAir !== null && this.#healthySince[this.#onAir] != null ? this.#onAir : null
    const best = this.#healthySince.findIndex(since => since !== null)
    if (present === null) return best < 0 ? null : best
    const back = this.#healthySince.findIndex(
      (since, i) => i < present && since !== null && nowMs - since >= this.holdBackMs,
    )
    return back < 0 ? present : back
  }

  /** False: it is not healthy, and nothing changes. */
  switchTo(index: number): boolean {
    if (this.#healthySince[index] == null) return false
    this.#byHand = index
    this.#onAir = index
    return true
  }
}
