import { abortable, withDeadline } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import type { StreamPhase } from '../../core/types'
import type { ResolvedCaptureOptions } from '../options'
import type { CaptureInput } from './inputs/input'

/** A capture that starts, as the wait for it sees it. */
export interface StartingCapture {
  readonly options: Pick<ResolvedCaptureOptions, 'signal' | 'connectTimeout' | 'reconnect'>
  readonly input: CaptureInput
  readonly connection: {
    readonly attempt: { readonly overdue: RxGstError | null } | null
    look(): void
    stop(): Promise<void>
  }
  phase(): StreamPhase
  wasLive(): boolean
  fault(): RxGstError | null
  /** No further attempt follows. */
  fail(reason: RxGstError): void
  stop(): Promise<void>
}

/** Resolves when the capture is live; rejects with the reason why it is not in time. */
export async function untilStarted(started: Promise<void>, capture: StartingCapture): Promise<void> {
  const { options, input, connection } = capture
  const { signal, connectTimeout, reconnect } = options
  const timeout = (): Error =>
    new RxGstError(
      'ERR_CONNECT_TIMEOUT',
      `no media from ${input.display} within ${connectTimeout} ms: perhaps nobody publishes ` +
        'it now, or under another name',
    )
  try {
    await withDeadline(abortable(started, signal), reconnect?.first ? Infinity : connectTimeout, timeout)
  } catch (error) {
    if (capture.phase() !== 'connecting') throw capture.fault() ?? error
    if (signal?.aborted) {
      await capture.stop()
      throw error
    }
    // A blocked event loop may be the reason for the delay, and not the server.
    connection.look()
    if (capture.wasLive()) return
    const overdue = connection.attempt?.overdue
    // From here on the reason does not change: an error that the connection still reports comes too late.
    const stopped = connection.stop()
    const known = error as RxGstError
    const reason = overdue ?? (await input.explain(known)) ?? known
    if (capture.phase() === 'connecting') capture.fail(reason)
    await stopped
    throw reason
  }
}
