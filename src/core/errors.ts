import { ERRORS, type ErrorCode, type ErrorHint, type Fault } from './error-table'

export { ERRORS, type ErrorCode, type ErrorHint, type ErrorKind, type Fault } from './error-table'

/** An error report of GStreamer, with masked secrets. */
export interface GstErrorDetail {
  /** The element's name in its graph. */
  readonly element: string
  /** The element's factory, such as 'rtmp2src'. */
  readonly factory: string
  /** 'gst-resource-error-quark' … */
  readonly domain: string
  /** The code within GStreamer's domain. */
  readonly code: number
  /** GStreamer's message. */
  readonly text: string
  /** GStreamer's text for developers: file, line, details; can be ''. */
  readonly debug: string
}

export interface RxGstErrorOptions {
  /** The GStreamer element of the error. */
  element?: string | null
  cause?: unknown
  gst?: GstErrorDetail | null
  /** Set only if this error differs from its kind. */
  retryable?: boolean
  hint?: ErrorHint | null
}

/** Every error of this package. `code` is stable and listed in docs/errors.md. No message ever holds a stream key. */
export class RxGstError extends Error {
  /** The stable kind of the error; programs decide by it. */
  readonly code: ErrorCode
  /** Where the cause is: the caller's options, the peer, this machine (plugin, driver), or this package. */
  readonly fault: Fault
  /** Whether another try can help; captures and outputs then reconnect by themselves. */
  readonly retryable: boolean
  /** The GStreamer element of the error, or null. */
  readonly element: string | null
  /** GStreamer's own domain, code and debug text, or null if GStreamer did not report the error. */
  readonly gst: GstErrorDetail | null
  /** What a lost or refused connection looks like besides; null: nothing more is known. */
  readonly hint: ErrorHint | null

  static {
    // On the prototype, where V8 reads the first line of a stack.
    Object.defineProperty(RxGstError.prototype, 'name', { value: 'RxGstError', configurable: true, writable: true })
  }

  constructor(code: ErrorCode, message: string, options: RxGstErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fault = ERRORS[code].fault
    this.retryable = options.retryable ?? ERRORS[code].retryable
    this.element = options.element ?? null
    this.gst = options.gst ?? null
    this.hint = options.hint ?? null
  }

  /** The remedy for errors of this code: a sentence for people. */
  get remedy(): string {
    return ERRORS[this.code].remedy
  }

  /**
   * For logs and networks. Leaves out stack and cause, which belong to this process: a foreign cause can contain
   * secrets.
   */
  toJSON(): Record<'name' | 'message', string> & Pick<RxGstError, 'code' | 'fault' | 'retryable' | 'element' | 'hint'> {
    const { name, code, message, fault, retryable, element, hint } = this
    return { name, code, message, fault, retryable, element, hint }
  }
}

/** The same error, whose message ends with more. */
export function withMore(error: RxGstError, more: string, hint: ErrorHint | null = error.hint): RxGstError {
  const { code, message, element, gst, retryable, cause } = error
  return new RxGstError(code, `${message}; ${more}`, { element, gst, retryable, cause, hint })
}

/** What was thrown, where it is ours; else ERR_PIPELINE: `what`, and why, with the cause kept. */
export function asRxGstError(error: unknown, what: string): RxGstError {
  if (error instanceof RxGstError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new RxGstError('ERR_PIPELINE', `${what}: ${why}`, { cause: error })
}
