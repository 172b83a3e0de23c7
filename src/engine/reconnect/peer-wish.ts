import type { ConnectGate } from './connect-gate'

/** The wish of a live connection's peer to be left for another connection: it is followed when that one may begin. */
export class PeerWish {
  readonly #gate: ConnectGate
  #follow: ((until: number) => void) | null = null

  constructor(gate: ConnectGate) {
    this.#gate = gate
  }

  get waits(): boolean {
    return this.#follow !== null
  }

  /** @param follow gets the time of the clock up to which the new peer may be asked for the stream */
  set(follow: (until: number) => void): void {
    this.#follow = follow
  }

  clear(): void {
    this.#follow = null
  }

  grant(): void {
    const follow = this.#follow
    if (!follow) return
    const until = this.#gate.ask()
    // The program may have ended the connection meanwhile.
    if (until === null || follow !== this.#follow) return
    this.#follow = null
    follow(until)
  }
}
