import { ERRORS, type ErrorCode, type Fault } from './error-table'

export { ERRORS, type ErrorCode, type ErrorKind, type Fault } from './error-table'

/** What GStreamer itself said. Secrets are masked. */
export interface GstErrorDetail {
  /** The element's name in its graph. */
  readonly element: string
  /** The element's kind, such as 'rtmp2src'. */
  readonly factory: string
  /** 'gst-resource-error-quark' … */
  readonly domain: string
  /** The number within GStreamer's domain. */
  readonly code: number
  /** GStreamer's message. */
  readonly text: string
  /** What it adds for developers: file, line, details; may be ''. */
  readonly debug: string
}

export interface RxGstErrorOptions {
  /** The GStreamer element it came from. */
  element?: string | null
  cause?: unknown
  gst?: GstErrorDetail | null
  /** Only where this one differs from its kind. */
  retryable?: boolean
}

/** Every error of this package. `code` is stable and listed in docs/errors.md. No message ever holds a stream key. */
export class RxGstError extends Error {
  /** The kind of error: stable, and what programs decide by. */
  readonly code: ErrorCode
  /** Whose fault: the caller's options, the peer, this machine (missing plugin, driver), or the engine. */
  readonly fault: Fault
  /** Whether trying again may help; connections are then made anew by themselves. */
  readonly retryable: boolean
  /** The GStreamer element it came from, when there is one. */
  readonly element: string | null
  /** GStreamer's own domain, code and debug text, where it was GStreamer that reported it. */
  readonly gst: GstErrorDetail | null

  static {
    // On the prototype, where the engine looks for the first line of a stack.
    Object.defineProperty(RxGstError.prototype, 'name', { value: 'RxGstError', configurable: true, writable: true })
  }

  constructor(code: ErrorCode, message: string, options: RxGstErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fault = ERRORS[code].fault
    this.retryable = options.retryable ?? ERRORS[code].retryable
    this.element = options.element ?? null
    this.gst = options.gst ?? null
  }

  /** What to do about errors of this code: a sentence for people. */
  get remedy(): string {
    return ERRORS[this.code].remedy
  }

  /** For logs and wires. Without stack and cause, which belong to this process: a foreign cause may tell too much. */
  toJSON(): Record<'name' | 'message', string> & Pick<RxGstError, 'code' | 'fault' | 'retryable' | 'element'> {
    const { name, code, message, fault, retryable, element } = this
    return { name, code, message, fault, retryable, element }
  }
}

/** What was thrown, where it is ours; else ERR_PIPELINE: `what`, and why, with the cause kept. */
export function asRxGstError(error: unknown, what: string): RxGstError {
  if (error instanceof RxGstError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new RxGstError('ERR_PIPELINE', `${what}: ${why}`, { cause: error })
}
