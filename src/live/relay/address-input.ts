import { Subscription } from 'rxjs'
import type { RelayNews } from '../../addon/relay'
import type { PacketProbe } from '../../addon/record'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import type { Verdict } from '../../engine/reconnect/reconnect-options'
import type { CaptureFeed } from './capture-feed'
import { FedInput, type InputParts } from './fed-input'
import type { ResolvedRelayOptions } from './options'

/** One connection: a capture of its own, which never tries again by itself. */
interface Attempt {
  readonly capture: Capture
  readonly heard: Subscription
  feed: CaptureFeed | null
}

/** A copy shows nothing to a decoder, which alone would need limits. */
const NO_LIMITS = { maxWidth: 16_880, maxHeight: 16_880, maxFps: 300 } as const

/** An address of rtsp:, srt:, file: and their like as an input of a relay, which makes a capture of it and owns it. */
export class AddressInput extends FedInput {
  readonly #address: string
  readonly #machine: ReconnectMachine<Attempt>
  #wasLive = false
  /** Of the last attempt: the next one goes on from there. */
  #last: Capture | null = null

  /** ERR_URL: a capture takes no such address. */
  constructor(address: string, parts: InputParts) {
    super(captureOf(address, parts.options)[PACKETS].display, parts)
    this.#address = address
    const { options, tools, events } = parts
    const { reconnect, connectTimeout, logger } = options
    this.#machine = new ReconnectMachine<Attempt>({
      ...tools,
      state: this.holder,
      name: this.url,
      logger,
      reconnect,
      attemptTimeoutMs: connectTimeout,
      // Whether the relay waits for the first one of all is the relay's to decide.
      retriesFirst: true,
      make: () => ({ capture: this.#capture(), heard: new Subscription(), feed: null }),
      start: attempt => this.#start(attempt),
      stop: attempt => this.#stop(attempt),
      look: attempt => attempt.feed?.look(),
      overdue: (_, ms) => {
        const text = `no keyframe from ${this.url} within ${Math.round(ms)} ms`
        return new RxGstError('ERR_CONNECT_TIMEOUT', text)
      },
      judge: error => this.#judge(error),
      onLive: () => this.#onLive(),
      onRetired: ({ feed }) => this.past.add(feed?.counters ?? null, feed?.dropped),
      onFailed: error => {
        logger.error(`${this.url}: ${error.code}: ${error.message}`)
        events.onLost(error)
      },
    })
  }

  protected get feed(): CaptureFeed | null {
    return this.#machine.attempt?.feed ?? null
  }

  start(): void {
    if (!this.holder.apply({ type: 'start' })) return
    this.#machine.begin()
    this.#machine.connect()
  }

  #capture(): Capture {
    const capture = captureOf(this.#address, this.parts.options)
    if (this.#last) capture[PACKETS].follow(this.#last[PACKETS])
    this.#last = capture
    return capture
  }

  #start(attempt: Attempt): void {
    const { capture, heard } = attempt
    heard.add(capture[PACKETS].watch())
    heard.add(capture[PACKETS].probe$.subscribe(probe => this.#attach(attempt, probe)))
    heard.add(
      capture.data$.subscribe({
        error: (error: unknown) => this.#lose(attempt, asRxGstError(error, `${this.url} has failed`)),
        complete: () => this.#lose(attempt, new RxGstError('ERR_STREAM_ENDED', `${this.url} has ended`)),
      }),
    )
    capture.start().catch((error: unknown) => this.#lose(attempt, asRxGstError(error, `${this.url} did not start`)))
  }

  #attach(attempt: Attempt, probe: PacketProbe | null): void {
    if (probe) attempt.feed = this.open(probe, news => this.#on(attempt, news))
    else void attempt.feed?.close()
  }

  #on(attempt: Attempt, { what }: RelayNews): void {
    if (attempt !== this.#machine.attempt) return
    if (what === 'on-air') this.parts.events.onAir(this)
    if (what === 'ready') this.#machine.live(attempt)
  }

  #onLive(): void {
    if (this.#wasLive) this.reconnects++
    this.#wasLive = true
    this.parts.options.logger.info(`${this.url} is live`)
  }

  /** A file or playlist that has ended is the same at the next attempt, and so is a file that cannot be read. */
  #judge({ code, retryable }: RxGstError): Verdict {
    if (code === 'ERR_STREAM_ENDED') return /^(?:file|https?):/i.test(this.#address) ? 'final' : 'retry'
    return retryable && !/^file:/i.test(this.#address) ? 'retry' : 'final'
  }

  #lose(attempt: Attempt, error: RxGstError): void {
    const reason = this.#machine.lost(attempt, error)
    if (attempt !== this.#machine.attempt) this.parts.events.onLost(reason)
  }

  async #stop({ capture, heard, feed }: Attempt): Promise<void> {
    heard.unsubscribe()
    await Promise.all([feed?.close(), capture.stop()])
  }

  override markStopping(): void {
    this.#machine.halt()
    super.markStopping()
  }

  override fail(error: RxGstError): void {
    this.#machine.halt()
    super.fail(error)
  }

  async end(): Promise<void> {
    await this.#machine.stop()
  }
}

function captureOf(address: string, { connectTimeout, stallTimeout, logger }: ResolvedRelayOptions): Capture {
  // The machine tells of each end.
  const quiet: Logger = {
    debug: (...words) => logger.debug(...words),
    info: (...words) => logger.debug(...words),
    warn: (...words) => logger.warn(...words),
    error: (...words) => logger.debug(...words),
  }
  const options = { decode: false, reconnect: false, connectTimeout, stallTimeout, logger: quiet } as const
  return new Capture(address, { ...options, ...NO_LIMITS })
}
