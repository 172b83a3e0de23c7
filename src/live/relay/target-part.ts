import type { RxGstError } from '../../core/errors'
import type { OutputTargetView } from '../output/stats'

/** A target as its relay sees it, whatever its kind. */
export interface TargetPart extends OutputTargetView {
  /** How many of its connections in a row were short-lived. */
  readonly shortLives: number
  readonly queueMs: number
  /** Bytes sent that nobody has acknowledged; null: unknown. */
  ackLag(): number | null
  begin(): void
  /** Begins to connect, once. */
  connect(): void
  /** One look at what nobody reports. */
  look(): void
  /** The relay has failed, and this target with it. */
  fail(error: RxGstError): void
  /** First step of stop(): the target is no longer live. */
  markStopping(): void
  /** Second step: what waits leaves, then a goodbye. */
  drain(deadline: number): Promise<void>
  /** Third step: ends the connections. */
  end(): Promise<void>
  markStopped(): void
  /** Ends this target alone, after its queue has left. */
  remove(drain: number): Promise<void>
}

interface Totals {
  readonly outBytes: number
  readonly droppedNetwork: number
  readonly reconnects: number
}

/** Those of the targets together, added to those of targets that are gone. */
export function totalsOf(targets: readonly TargetPart[], past: Totals): Totals {
  return targets.reduce((all, target) => {
    const { outBytes, dropped, reconnects } = target.stats()
    const droppedNetwork = all.droppedNetwork + dropped
    return { outBytes: all.outBytes + outBytes, droppedNetwork, reconnects: all.reconnects + reconnects }
  }, past)
}
