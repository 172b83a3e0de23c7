/** The inputs of a channel: a capture for each, which reconnects by itself. */
import { pathToFileURL } from 'node:url'
import { Capture, RxGstError, type CaptureOptions, type Logger, type StreamState } from 'rxgst'
import type { Subscription } from 'rxjs'
import type { ChannelConfig, InputConfig } from '../core/schema.js'
import { decodes } from './changes.js'
import { inputName } from './config.js'
import { inputDisplay } from './places.js'
import { type Clocks, Retry } from './retry.js'

/** A capture that has failed for good is made anew after so long: its publisher or server may be another then. */
export const RETRY_FAILED_MS = 30_000

export interface SourceOptions {
  readonly decode: boolean
  /** The meters look at pictures and sound, which nobody decodes for another reason. */
  readonly analyse: boolean
  readonly logger: Logger
  readonly onChange: () => void
  readonly clocks: Clocks
}

/** One input, or the video of the slate. */
export class Source {
  readonly name: string
  readonly isSlate: boolean
  readonly #input: InputConfig
  readonly #options: SourceOptions
  #capture: Capture
  #states: Subscription | null = null
  #fault: RxGstError | null = null
  #stopped = false
  /** Of the captures before this one. */
  #pastDropped = 0
  #losses = 0
  #wasLive = false
  #lastBytes = 0
  #lastMoveMs: number | null = null
  /** When a failed capture is made anew. */
  readonly retry: Retry

  /** ERR_URL, ERR_OPTION. */
  constructor(input: InputConfig, name: string, options: SourceOptions, isSlate = false) {
    this.#input = input
    this.name = name
    this.isSlate = isSlate
    this.#options = options
    this.retry = new Retry(options.clocks)
    this.#capture = makeCapture(input, options)
  }

  get capture(): Capture {
    return this.#capture
  }

  /** Without key and credentials. */
  get url(): string {
    return inputDisplay(this.#input)
  }

  get state(): StreamState {
    return this.#capture.state
  }

  /** Why it failed for good. */
  get fault(): RxGstError | null {
    return this.#fault
  }

  start(): void {
    const capture = this.#capture
    this.#states = capture.state$.subscribe(({ phase }) => {
      if (phase === 'live') this.#wasLive = true
      else if (this.#wasLive && phase === 'reconnecting') {
        this.#wasLive = false
        this.#losses++
      }
      this.#options.onChange()
    })
    capture.start().then(
      () => this.#options.onChange(),
      (error: unknown) => {
        if (this.#stopped || this.#capture !== capture) return
        this.#fault = error instanceof RxGstError ? error : null
        this.#options.onChange()
      },
    )
  }

  /** Makes a capture that failed for good anew. */
  renew(): void {
    const old = this.#capture
    this.#pastDropped += lostBy(old)
    this.#states?.unsubscribe()
    void old.stop()
    this.#fault = null
    this.retry.clear()
    this.#lastBytes = 0
    this.#capture = makeCapture(this.#input, this.#options)
    this.start()
  }

  /** For the choice of who is on air. */
  silentMs(nowMs: number): number | null {
    const { bytes } = this.#capture.stats()
    if (bytes !== this.#lastBytes) {
      this.#lastBytes = bytes
      this.#lastMoveMs = nowMs
    }
    return this.#lastMoveMs === null ? null : nowMs - this.#lastMoveMs
  }

  /** Since the channel's start; they never go back. */
  totals(): { readonly dropped: number; readonly reconnects: number } {
    return { dropped: this.#pastDropped + lostBy(this.#capture), reconnects: this.#losses }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#states?.unsubscribe()
    await this.#capture.stop()
  }
}

/** A view takes the pictures, so that the capture's own queue, which nobody reads, drops each of them: none is lost. */
const lostBy = (capture: Capture): number => capture.stats().held

function makeCapture(input: InputConfig, { decode, analyse, logger }: SourceOptions): Capture {
  const options: CaptureOptions = { decode, logger, reconnect: { first: true } }
  if (!decode && analyse) options.analyse = 'keyframes'
  if ('file' in input) return new Capture(pathToFileURL(input.file).href, { ...options, loop: true })
  if (!('url' in input)) throw new RxGstError('ERR_OPTION', 'an input of the embedded server has no address here')
  if (/^file:/i.test(input.url)) options.loop = true
  if (input.streamKey !== undefined) options.streamKey = input.streamKey
  return new Capture(input.url, options)
}

/** All inputs, and the slate's video behind them; nothing runs yet. ERR_URL, ERR_OPTION. */
export function makeSources(
  config: ChannelConfig,
  slateVideo: string | null,
  parts: Pick<SourceOptions, 'logger' | 'onChange' | 'clocks'>,
): Source[] {
  const decode = decodes(config)
  const options = { ...parts, decode, analyse: config.monitor.content }
  const sources = config.inputs.map((input, i) => new Source(input, inputName(input, i), options))
  if (slateVideo === null) return sources
  return [...sources, new Source({ file: slateVideo }, 'slate', { ...options, analyse: false }, true)]
}
