import { RxGstError } from '../../core/errors'
import type { VideoFrame, WriteOptions } from '../../core/types'
import { native } from '../../addon/binding'
import type { ElementHandle } from '../../addon/gst'
import type { NativePushSource, PushOptions, PushFailure } from '../../addon/pipeline'
import type { GraphElement } from '../../pipelines/graph/graph'
import { isUntyped } from '../to-native'
import { CapsMemory, pushValue, type PushValue } from './push-value'

/** A push that the appsrc has not taken yet. */
interface Pending {
  /** Its place in the order of pushes. */
  readonly number: number
  readonly data: PushValue['data']
  readonly options: PushOptions
  readonly resolve: () => void
  readonly reject: (error: RxGstError) => void
  /** The port's own handle on the frame. */
  readonly frame: VideoFrame | null
}

/**
 * The timestamps of pushes as the present pipeline has them. The first pipeline has them as they are; in one that
 * follows, the first value that comes has time 0, as it most often had in the first.
 */
export class PushTimes {
  #zeroUs: number | null = 0

  /** Another pipeline begins. @param firstUs the earliest timestamp that waits; null: none does */
  renew(firstUs: number | null): void {
    this.#zeroUs = firstUs
  }

  moved(options: PushOptions): PushOptions {
    const { pts = null, dts = null } = options
    if (pts === null) return options
    this.#zeroUs ??= pts
    if (this.#zeroUs === 0) return options
    // Sound that belongs to a picture before the first one.
    return { ...options, pts: Math.max(0, pts - this.#zeroUs), ...(dts !== null && { dts: dts - this.#zeroUs }) }
  }
}

/** Bound of the pushes that wait for one appsrc. A program that awaits each push never has more than one. */
const MOST_WAITING = 1000

/**
 * The port of one appsrc, into which a program pushes. A worker copies and pushes, and waits while the appsrc is full.
 * The promise of the push is pending until then; the JS thread never waits.
 */
export class PushPort {
  readonly #element: GraphElement
  readonly #times: PushTimes
  readonly #goesOn: boolean
  readonly #memory = new CapsMemory()
  /** How many pushes the appsrc has and has not taken yet. */
  #pending = 0
  #pushes = 0
  /** Pushes from before the pipeline runs, in order. */
  #early: Pending[] = []
  #source: NativePushSource | null = null
  /** Values that the appsrcs of earlier pipelines have taken. */
  #past = 0
  #open = false
  #ended = false
  #over: RxGstError | null = null
  #last = -Infinity

  /** @param goesOn whether another pipeline may follow one that is lost */
  constructor(element: GraphElement, times: PushTimes, goesOn: boolean) {
    this.#element = element
    this.#times = times
    this.#goesOn = goesOn
  }

  /** Called when the pipeline is built; nothing is pushed yet. */
  attach(appsrc: ElementHandle): void {
    this.#source ??= new (native().PushSource)(appsrc, isUntyped(this.#element))
  }

  /** The pipeline runs: the appsrc takes data from now on. */
  open(): void {
    this.#open = true
    for (const pending of this.#early.splice(0)) this.#send(pending)
    if (this.#ended) this.#source!.end()
  }

  /** The pipeline is lost, and another one follows: pushes wait for it. */
  detach(): void {
    this.#open = false
    this.#past += this.#source?.stats()?.pushed ?? 0
    // Ends the pushes that wait in the worker; they come back, to wait here.
    this.#source?.close()
    this.#source = null
  }

  /** Earliest timestamp among the pushes that wait, µs; null: there is none. */
  get firstUs(): number | null {
    const times = this.#early.flatMap(({ options: { pts } }) => pts ?? [])
    return times.length > 0 ? times.reduce((least, time) => Math.min(least, time)) : null
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
      // With do-timestamp the appsrc stamps by its clock, unless the caller gives a timestamp.
      const stamps = options.timestamp === undefined && String(this.#element.props['do-timestamp']) === 'true'
      const pending = {
        number: this.#pushes++,
        data: checked.data,
        options: stamps ? { ...checked.options, pts: null, dts: null } : checked.options,
        resolve,
        reject,
        frame: checked.frame?.clone?.() ?? null,
      }
      if (this.#open) this.#send(pending)
      else this.#early.push(pending)
    })
  }

  #inOrder({ order }: PushValue): void {
    if (order === null) return
    if (order < this.#last)
      throw new RxGstError('ERR_TIMESTAMP', `the timestamp ${order} µs is before the last one, ${this.#last} µs`)
    this.#last = order
  }

  #send(pending: Pending): void {
    if (this.#over) {
      this.#settle(pending, this.#over)
      return
    }
    this.#pending++
    void this.#source!.push(pending.data, this.#times.moved(pending.options)).then(failure => {
      this.#pending--
      if (failure?.result === 'stopped' && this.#goesOn && !this.#over) return this.#waitAgain(pending)
      this.#settle(pending, failure && (this.#over ?? this.#error(failure, pending)))
    })
  }

  /** The pipeline was lost before its appsrc took the value. */
  #waitAgain(pending: Pending): void {
    const at = this.#early.findIndex(({ number }) => number > pending.number)
    this.#early.splice(at < 0 ? this.#early.length : at, 0, pending)
  }

  end(): void {
    if (this.#ended || this.#over) return
    this.#ended = true
    if (this.#open) this.#source!.end()
  }

  #settle(pending: Pending, error: RxGstError | null): void {
    pending.frame?.close()
    if (error) pending.reject(error)
    else pending.resolve()
  }

  #error({ result, text }: PushFailure, { options: { caps = 'bytes without caps' } }: Pending): RxGstError {
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
      pushed: this.#past + (stats?.pushed ?? 0),
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
    for (const pending of this.#early.splice(0)) this.#settle(pending, error)
  }
}
