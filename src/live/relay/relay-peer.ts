import type { Observable } from 'rxjs'
import type { Clock } from '../../core/clock'
import type { RxGstError } from '../../core/errors'
import type { MayConnect } from '../../core/transport-options'
import type { StreamState } from '../../core/types'
import { sameStream, type RtmpUrl } from '../../core/url'
import { StateHolder } from '../../engine/state'

/** Of an input or a target. */
export interface ConnectionEvents {
  /** A connection was lost or has failed; the state tells whether another attempt follows. */
  onLost(error: RxGstError): void
}

/** Of a target. */
export interface TargetEvents extends ConnectionEvents {
  /** Asked before each connection; null: each may begin. */
  readonly mayConnect: MayConnect | null
}

export interface RelayTools {
  readonly clock: Clock
  readonly random: () => number
}

/** Looks of a relay come so far apart, ms, at most: a longer gap is of a process that stood still. */
export const MOST_GAP_MS = 1000

/** What an input and a target of a relay have in common: an address and a state. */
export abstract class RelayPeer {
  // Private: whoever logs the object would log the key.
  readonly #address: RtmpUrl
  readonly #holder: StateHolder

  constructor(address: RtmpUrl, clock: Clock) {
    this.#address = address
    this.#holder = new StateHolder(clock)
  }

  protected get address(): RtmpUrl {
    return this.#address
  }

  protected get holder(): StateHolder {
    return this.#holder
  }

  /** Its URL, without key and credentials. */
  get url(): string {
    return this.#address.display
  }

  /** Its state: the present one first, then each change. */
  get state$(): Observable<StreamState> {
    return this.#holder.state$
  }

  /** Its present state. */
  get state(): StreamState {
    return this.#holder.state
  }

  /** Whether this is the same stream, even in another spelling. */
  leadsTo(address: RtmpUrl): boolean {
    return sameStream(address, this.#address)
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
  }

  /** Last step of stop(). */
  markStopped(): void {
    this.#holder.apply({ type: 'stopped' })
  }
}
