import type { ErrorCode } from '../../core/errors'

/**
 * Whether a target is retried after this error. A refused publication is final only as the server's very first answer,
 * where it means a wrong key. Later it comes from a server that starts, and that refuses until its own backend is
 * ready.
 */
export function mayRetry(
  error: { readonly code: ErrorCode; readonly retryable: boolean },
  firstAnswer: boolean,
): boolean {
  return error.retryable || (error.code === 'ERR_PUBLISH_REJECTED' && !firstAnswer)
}
