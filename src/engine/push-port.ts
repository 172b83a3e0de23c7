import { RxGstError } from '../core/errors'
import type { VideoFrame, WriteOptions } from '../core/types'
import { native } from '../addon/binding'
import type { ElementHandle } from '../addon/gst'
import type { NativePushSource, PushOptions, PushFailure } from '../addon/pipeline'
import type { GraphElement } from '../pipelines/graph/graph'
import { isUntyped } from './to-native'
import { CapsMemory, pushValue, type PushValue } from './push-value'

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: RxGstError) => void
  /** The port's own handle on the frame. */
  readonly frame: VideoFrame | null
  readonly caps: string | undefined
}

/** Bound of the pushes that wait for one appsrc. A program that awaits each push never has more than one. */
const MOST_WAITING = 1000

/**
 * The port of one appsrc, into which a program pushes. A worker copies and pushes, and waits while the appsrc is full.
 * The promise of the push is pending until then; the JS thread never waits.
 */
export class PushPort {
  readonly #element: GraphElement
  readonly #memory = new CapsMemory()
  /** Pushes that the appsrc has not taken yet. */
  #pending = 0
  /** Calls from before the pipeline runs. */
  readonly #early: (() => void)[] = []
  #source: NativePushSource | null = null
  #open = false
  #ended = false
  #over: RxGstError | null = null
  #last = -Infinity

  constructor(element: GraphElement) {
    this.#element = element
  }

  /** Called when the pipeline is built; nothing is pushed yet. */
  attach(appsrc: ElementHandle): void {
    this.#source ??= new (native().PushSource)(appsrc, isUntyped(this.#element))
  }

  /** The pipeline runs: the appsrc takes data from now on. */
  open(): void {
    this.#open = true
    for (const push of this.#early.splice(0)) push()
  }

  /** Resolves when the appsrc has taken the value: the caller may use its memory again. */
  push(value: unknown, options: WriteOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#over) throw this.#over
      if (this.#ended)
        throw new RxGstError('ERR_NOT_RUNNING', `endOfStream() has ended ${this.#element.name}`, {
          element: this.#element.name,
        })
      const checked = pushValue(value, options, this.#memory)
      this.#inOrder(checked)
      if (this.#pending + this.#early.length >= MOST_WAITING) {
        throw new RxGstError(
          'ERR_WRITE_OVERFLOW',
          `${MOST_WAITING} pushes into ${this.#element.name} are waiting already: await them`,
        )
      }
      const pending = { resolve, reject, frame: checked.frame?.clone?.() ?? null, caps: checked.options.caps }
      // With do-timestamp the appsrc stamps by its clock, unless the caller gives a timestamp.
      const stamps = options.timestamp === undefined && String(this.#element.props['do-timestamp']) === 'true'
      const native = stamps ? { ...checked.options, pts: null, dts: null } : checked.options
      if (this.#open) this.#send(checked.data, native, pending)
      else this.#early.push(() => this.#send(checked.data, native, pending))
    })
  }

  #inOrder({ order }: PushValue): void {
    if (order === null) return
    if (order < this.#last)
      throw new RxGstError('ERR_TIMESTAMP', `the timestamp ${order} µs is before the last one, ${this.#last} µs`)
    this.#last = order
  }

  #send(data: PushValue['data'], options: PushOptions, pending: Pending): void {
    if (this.#over) {
      this.#settle(pending, this.#over)
      return
    }
    this.#pending++
    void this.#source!.push(data, options).then(failure => {
      this.#pending--
      this.#settle(pending, failure && (this.#over ?? this.#error(failure, pending)))
    })
  }

  end(): void {
    if (this.#ended || this.#over) return
    this.#ended = true
    if (this.#open) this.#source!.end()
    else this.#early.push(() => this.#source?.end())
  }

  #settle(pending: Pending, error: RxGstError | null): void {
    pending.frame?.close()
    if (error) pending.reject(error)
    else pending.resolve()
  }

  #error({ result, text }: PushFailure, { caps = 'bytes without caps' }: Pending): RxGstError {
    const { name } = this.#element
    switch (result) {
      case 'wrong-media':
        return new RxGstError('ERR_WRONG_MEDIA', `the appsrc ${name} takes ${text}, not ${caps}`, { element: name })
      case 'wrong-size':
        return new RxGstError('ERR_FRAME_SIZE', `expected ${text} bytes for a picture of the caps of ${name}`, {
          element: name,
        })
      case 'ended':
        return new RxGstError('ERR_NOT_RUNNING', `the appsrc ${name} has ended`, { element: name })
      case 'stopped':
        return new RxGstError('ERR_NOT_RUNNING', `the appsrc ${name} takes no more data`, { element: name })
      default:
        return new RxGstError('ERR_PIPELINE', `the appsrc ${name}: ${text}`, { element: name })
    }
  }

  stats(): { readonly pushed: number; readonly pending: number; readonly queuedBytes: number } {
    const stats = this.#source?.stats()
    return {
      pushed: stats?.pushed ?? 0,
      pending: this.#pending + this.#early.length,
      queuedBytes: stats?.queuedBytes ?? 0,
    }
  }

  /** Takes no more values, and rejects the pending pushes with this error. */
  close(error: RxGstError): void {
    if (this.#over) return
    this.#over = error
    // Ends the pushes that wait in the worker; each of them rejects with the error.
    this.#source?.close()
    this.#source = null
    for (const push of this.#early.splice(0)) push()
  }
}
