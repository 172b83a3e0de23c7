import type { Clock } from '../../core/clock'
import type { RxGstError } from '../../core/errors'
import type { MayConnect, ResolvedReconnect } from '../../core/transport-options'
import type { Logger } from '../../core/types'
import type { StateHolder } from '../state'

/** What follows a connection that was lost or that failed. */
export type Verdict =
  /** Another connection, if `reconnect` allows it. */
  | 'retry'
  /** No other: the next one would fail in the same way. */
  | 'final'
  /** Another one at once: the fault was on this side, and is repaired. It does not count as a failure. */
  | 'replace'
  /** No other: the stream has come to its end, as a file does. */
  | 'end'

export interface ReconnectOptions<A> {
  readonly state: StateHolder
  readonly reconnect: ResolvedReconnect | null
  /** Whether a first connection that fails is retried like any other. */
  readonly retriesFirst: boolean
  /** Deadline for an attempt to become live; null: the attempts watch it themselves. */
  readonly attemptTimeoutMs: number | null
  readonly logger: Logger
  /** The peer, for the log. */
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  /** Asked before each connection; absent or null: each may begin. */
  readonly mayConnect?: MayConnect | null
  /** Makes a connection, which start() begins. Its owner reports its events to the machine, by its identity. */
  make(): A
  /** `until`: the time of the clock after which the peer is not asked for the stream any more; Infinity: none. */
  start(attempt: A, until: number): void
  /** Resolves when the connection has ended. `goodbye`: it works, and says goodbye to its peer first. */
  stop(attempt: A, goodbye: boolean): Promise<void>
  /** Whether stop() is done, for owners whose event loop may not turn. Absent: the promise of stop() is enough. */
  isStopped?(attempt: A): boolean
  /** Reads what the connection has to report, before the machine acts on its silence. */
  look?(attempt: A): void
  /** The error of an attempt that is not live after `ms`. */
  overdue?(attempt: A, ms: number): RxGstError
  judge(error: RxGstError, attempt: A): Verdict
  /** For streams that a peer takes by a key: whether it has acknowledged what it took; null: it does not tell. */
  acknowledged?(attempt: A): boolean | null
  onLive(attempt: A): void
  /** A live connection is silent, and perhaps gone. */
  onPause?(): void
  /** A live connection is lost; `attempt` still holds its media. */
  onLost?(attempt: A): void
  /** The machine gives a connection up, live or not; it stops from here on. */
  onRetired(attempt: A): void
  /** The stream has failed: no further attempt follows. */
  onFailed(error: RxGstError): void
  /** The stream has ended as it should. */
  onEnded?(error: RxGstError): void
}
