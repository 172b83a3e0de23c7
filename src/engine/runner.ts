import { RxGstError } from '../core/errors'
import { maskSecrets } from '../core/secrets'
import type { Logger } from '../core/types'
import { drainMainContext, pumpMainContext } from '../gst/load'
import { realise, type Realised } from '../gst/realise'
import { native, type Address, type PadCounter, type NativeMessage, type NativePipeline, type Timeline } from '../native/binding'
import { faultCode, faultRetryable, faultText } from '../pipelines/fault'
import type { Graph } from '../pipelines/graph'

export interface RunnerOptions {
  readonly secrets: readonly string[]
  readonly logger: Logger
  readonly timeline?: Timeline
  /** A source that crashes when it is stopped in the middle of a read: rtmpsrc. */
  readonly restless?: string
  /** Whether media has flowed: a transport's error then means a lost connection. */
  readonly wasLive: () => boolean
  readonly onError: (error: RxGstError) => void
  readonly onEos: () => void
  /** A demuxer's pad that no branch takes, such as a codec that the graph does not decode. */
  readonly onUnlinked?: (pad: string, caps: string) => void
  /** Something beyond the limits of the input. */
  readonly onRefused?: (error: RxGstError) => void
}

type State = 'NULL' | 'READY' | 'PAUSED' | 'PLAYING'

/** A stop that GStreamer has not finished by then is stuck in a peer or a driver, ms; all of stop() has 5 s. */
const STOP_DEADLINE = 4000

/** Pipelines whose stop never returned, set aside; in a healthy process none. */
let poisoned = 0
export function poisonedPipelines(): number {
  return poisoned
}

/**
 * Runs one graph: where both planes meet. Its pipeline is built here, changes state in the addon's workers, which
 * reads its bus too and rings. Runs once.
 */
export class Runner {
  readonly #realised: Realised
  readonly #pipeline: NativePipeline
  readonly #options: RunnerOptions
  readonly #waiting = new Map<number, (ok: boolean) => void>()
  #stopping: Promise<void> | null = null
  #stopped = false

  constructor(graph: Graph, options: RunnerOptions) {
    this.#options = options
    this.#realised = realise(graph)
    pumpMainContext()
    this.#pipeline = new (native().Pipeline)(this.#realised.addressOfPipeline(), () => this.poll())
    const bySource = new Map<string, [string, Address][]>()
    for (const { from, pad, to } of this.#realised.late) {
      const links = bySource.get(from) ?? []
      links.push([pad, this.address(to)])
      bySource.set(from, links)
    }
    for (const [from, links] of bySource) this.#pipeline.linkLate(this.address(from), links, options.timeline ?? null)
  }

  address(name: string): Address {
    return this.#realised.addressOf(name)
  }

  counter(element: string, pad: string): PadCounter {
    return new (native().PadCounter)(this.address(element), pad)
  }

  /** Resolves when GStreamer has returned from it: a source may still be connecting then. False after stop(). */
  async setState(state: State): Promise<boolean> {
    if (this.#stopped) return false
    return this.#wait(this.#pipeline.setState(state))
  }

  requestKeyframe(element: string): void {
    if (!this.#stopping) void this.#wait(this.#pipeline.requestKeyframe(this.address(element)))
  }

  /** Hears what waits now; the blocking iterators call it between two waits. */
  poll(): void {
    if (!this.#stopped) this.#takeEvents()
  }

  #takeEvents(): void {
    const { done, messages } = this.#pipeline.takeEvents()
    if (!this.#stopping) for (const message of messages) this.#hear(message)
    for (const [id, ok] of done) {
      this.#waiting.get(id)?.(ok)
      this.#waiting.delete(id)
    }
  }

  /**
   * To NULL, within a deadline; a pipeline that does not get there is set aside and counted. Never rejects. No step of
   * it waits for a promise: a blocking iterator that reconnects lets none resolve.
   */
  stop(deadline = STOP_DEADLINE): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      const { restless } = this.#options
      const done = (): void => {
        if (this.#stopped) return
        this.#stopped = true
        clearTimeout(timer)
        this.#pipeline.close()
        drainMainContext()
        resolve()
      }
      const timer = setTimeout(() => {
        // The event loop may have been held up for longer than GStreamer.
        this.#takeEvents()
        if (this.#stopped) return
        poisoned++
        this.#options.logger.error(`a pipeline did not stop in time; it is set aside (${poisoned} so far)`)
        done()
      }, deadline)
      const source = restless === undefined ? undefined : this.address(restless)
      this.#waiting.set(this.#pipeline.setState('NULL', source), done)
    })
    return this.#stopping
  }

  /** Whether stop() is through. */
  get stopped(): boolean {
    return this.#stopped
  }

  #wait(id: number): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  #hear(event: NativeMessage): void {
    const { logger, secrets } = this.#options
    const mask = (text: string): string => maskSecrets(text, secrets)
    if (event.type === 'eos') {
      this.#options.onEos()
    } else if (event.type === 'element') {
      const { fields } = event
      if (event.name === 'rxgst-unlinked') this.#options.onUnlinked?.(fields.pad ?? '', fields.caps ?? '')
      if (event.name === 'rxgst-refused') {
        const code = fields.code === 'ERR_UNSUPPORTED_MEDIA' ? 'ERR_UNSUPPORTED_MEDIA' : 'ERR_BAD_STREAM'
        this.#options.onRefused?.(new RxGstError(code, `the stream carries ${fields.why ?? 'what is not taken'}`, { element: event.factory || event.element }))
      }
    } else {
      const text = mask(faultText(event))
      if (event.type === 'warning') {
        logger.warn(text)
        return
      }
      logger.debug(mask(`${event.element}: ${event.domain} ${event.code}: ${event.text}; ${event.debug}`))
      const code = faultCode(event, this.#options.wasLive())
      this.#options.onError(new RxGstError(code, text, { element: event.factory || event.element, retryable: faultRetryable(event, code) }))
    }
  }
}
