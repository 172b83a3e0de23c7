/** What sends to the targets of a channel: a relay, or an output. */
import { BehaviorSubject } from 'rxjs'
import { RxGstError, type OutputTargetView, type RecordedSegment } from 'rxgst'
import type { Observable } from 'rxjs'
import { RETRY_FAILED_MS } from './retry.js'
import type { TargetSlot } from './target-slot.js'

const PASSING: ReadonlySet<string> = new Set(['ERR_NOT_RUNNING', 'ERR_NAME_TAKEN'])

/** What a relay and an output have in common. */
export interface SendingStream<Place> {
  readonly targets: readonly OutputTargetView[]
  readonly recording$: Observable<RecordedSegment>
  addTarget(place: Place): void
  removeTarget(place: Place): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface SenderOptions<Place, Stream extends SendingStream<Place>> {
  /** Makes the stream with its first target, and starts nothing. */
  open(place: Place): Stream
  placeOf(slot: TargetSlot): Place
  onChange(): void
  onSegment(segment: RecordedSegment): void
}

/**
 * Keeps one stream with its targets. It opens with the first target. A target that failed for good is tried anew, and
 * so is a stream that ended because all of them had.
 */
export class Sender<Place, Stream extends SendingStream<Place>> {
  readonly #options: SenderOptions<Place, Stream>
  /** Targets that should send, and the place that each was given. */
  readonly #places = new Map<TargetSlot, Place | null>()
  #stream: Stream | null = null
  readonly #running = new BehaviorSubject<Stream | null>(null)
  #ended = false

  constructor(options: SenderOptions<Place, Stream>) {
    this.#options = options
  }

  /** null: no target has been added, or the last stream has failed. */
  get stream(): Stream | null {
    return this.#stream
  }

  /** The stream whose start() has resolved: the present one first, then each change. */
  get running$(): Observable<Stream | null> {
    return this.#running
  }

  get running(): Stream | null {
    return this.#running.value
  }

  get slots(): readonly TargetSlot[] {
    return [...this.#places.keys()]
  }

  /** What the library refuses becomes the slot's fault. */
  add(slot: TargetSlot): void {
    if (this.#ended || this.#places.get(slot)) return
    this.#places.set(slot, null)
    slot.retry.clear()
    try {
      const place = this.#options.placeOf(slot)
      const { stream } = this
      if (stream) stream.addTarget(place)
      else this.#open(place)
      this.#places.set(slot, place)
      const view = this.stream!.targets.at(-1)!
      slot.enter(view)
      view.state$.subscribe(() => this.#options.onChange())
    } catch (error) {
      if (!(error instanceof RxGstError)) throw error
      slot.fault = error
      // The stream is just ending, perhaps with the fault of another target, or another target has the address.
      if (PASSING.has(error.code) || error.fault !== 'options') slot.retry.plan(RETRY_FAILED_MS)
    }
    this.#options.onChange()
  }

  #open(place: Place): void {
    const stream = this.#options.open(place)
    this.#stream = stream
    stream.recording$.subscribe({
      next: segment => this.#options.onSegment(segment),
      complete: () => this.#onEnd(stream, null),
    })
    stream.start().then(
      () => {
        if (this.stream !== stream) return
        this.#running.next(stream)
        this.#options.onChange()
      },
      (error: unknown) => this.#onEnd(stream, error instanceof RxGstError ? error : null),
    )
  }

  /** The stream has failed, with all its targets or all its inputs. */
  #onEnd(stream: Stream, error: RxGstError | null): void {
    if (this.stream !== stream || this.#ended) return
    this.#stream = null
    this.#running.next(null)
    for (const [slot, place] of this.#places) {
      if (place === null) continue
      const code = slot.view?.state.reason ?? error?.code ?? 'ERR_CONNECTION_LOST'
      slot.fault = error?.code === code ? error : new RxGstError(code, 'nothing could be sent any more')
      this.#retryLater(slot)
    }
    this.#options.onChange()
  }

  #retryLater(slot: TargetSlot): void {
    slot.leave()
    this.#places.set(slot, null)
    slot.retry.plan(RETRY_FAILED_MS)
  }

  async remove(slot: TargetSlot): Promise<void> {
    const place = this.#places.get(slot)
    this.#places.delete(slot)
    slot.retry.clear()
    slot.fault = null
    await this.#takeOut(slot, place ?? null)
    this.#options.onChange()
  }

  async #takeOut(slot: TargetSlot, place: Place | null): Promise<void> {
    const { stream } = this
    if (place === null || !stream) return
    const gone = stream.removeTarget(place)
    slot.leave()
    await gone.catch(() => {}) // The stream has just ended.
  }

  /** One look at what is to be tried anew. */
  look(): void {
    if (this.#ended) return
    for (const [slot, place] of this.#places) {
      const state = slot.view?.state
      if (place !== null && state?.phase === 'failed') {
        slot.fault = new RxGstError(state.reason, `${slot.view!.url} has failed`)
        void this.#takeOut(slot, place)
        this.#places.set(slot, null)
        slot.retry.plan(RETRY_FAILED_MS)
        this.#options.onChange()
      }
      if (slot.retry.isDue) this.add(slot)
    }
  }

  /** Sends what waits and says goodbye. Within 5 s. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#running.next(null)
    await this.stream?.stop()
  }
}
