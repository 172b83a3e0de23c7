import type { RelayInputCounters } from '../../addon/relay'
import type { RxGstError } from '../../core/errors'
import type { ConnectionEvents } from './relay-peer'
import type { RelayInputStats, RelayInputView } from './stats'

/** An input as its relay sees it, whatever its kind. */
export interface InputPart extends RelayInputView {
  /** Of the present connection; null: there is none. */
  readonly counters: RelayInputCounters | null
  /** Codec of its sound, of which AAC is made; null or absent: all sound is copied. */
  readonly transcodes?: string | null
  start(): void
  /** One look at what nobody reports. */
  look(): void
  /** Makes no further attempt. */
  markStopping(): void
  end(): Promise<void>
  /** The relay has failed, and this input with it. */
  fail(error: RxGstError): void
  markStopped(): void
}

export interface InputEvents extends ConnectionEvents {
  /** The targets get this input from now on. */
  onAir(input: InputPart): void
}

/** Counters of the connections that have ended. */
export class PastInput {
  #sum = { packets: 0, bytes: 0, inBytes: 0, dropped: 0 }

  add(counters: RelayInputCounters | null, dropped = 0): void {
    this.#sum = this.with(counters, dropped)
  }

  /** Together with those of the present one. */
  with(counters: RelayInputCounters | null, dropped = 0): Omit<RelayInputStats, 'reconnects'> {
    const { packets = 0, bytes = 0, inBytes = 0 } = counters ?? {}
    const sum = this.#sum
    return {
      packets: sum.packets + packets,
      bytes: sum.bytes + bytes,
      inBytes: sum.inBytes + inBytes,
      dropped: sum.dropped + dropped,
    }
  }
}
