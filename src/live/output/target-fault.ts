import type { ErrorCode } from '../../core/errors'

/**
 * Whether a target is tried again after this. A refused publication is final only as the very first answer, where it
 * means a wrong key: later it is a server that starts, and refuses until what it asks is up.
 */
export function mayRetry(
  error: { readonly code: ErrorCode; readonly retryable: boolean },
  firstAnswer: boolean,
): boolean {
  return error.retryable || (error.code === 'ERR_PUBLISH_REJECTED' && !firstAnswer)
}
