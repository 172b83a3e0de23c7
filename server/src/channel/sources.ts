/** The inputs of a channel: a capture for each, which reconnects by itself, whatever it meets. */
import { pathToFileURL } from 'node:url'
import { Capture, RxGstError, type CaptureOptions, type Logger, type StreamState } from 'rxgst'
import type { Subscription } from 'rxjs'
import type { ChannelConfig, InputConfig } from '../core/schema.js'
import { decodes } from './changes.js'
import { inputName } from './config.js'
import { inputDisplay } from './places.js'
import { RETRY_FAILED_MS } from './retry.js'

export interface SourceOptions {
  readonly decode: boolean
  /** The meters look at pictures and sound, which nobody decodes for another reason. */
  readonly analyse: boolean
  readonly logger: Logger
  readonly onChange: () => void
}

/** One input, or the video of the slate. */
export class Source {
  readonly name: string
  readonly isSlate: boolean
  readonly capture: Capture
  readonly #input: InputConfig
  readonly #onChange: () => void
  #states: Subscription | null = null
  #losses = 0
  #wasLive = false
  #lastBytes = 0
  #lastMoveMs: number | null = null

  /** ERR_URL, ERR_OPTION. */
  constructor(input: InputConfig, name: string, options: SourceOptions, isSlate = false) {
    this.#input = input
    this.name = name
    this.isSlate = isSlate
    this.#onChange = options.onChange
    this.capture = makeCapture(input, options)
  }

  /** Without key and credentials. */
  get url(): string {
    return inputDisplay(this.#input)
  }

  get state(): StreamState {
    return this.capture.state
  }

  start(): void {
    this.#states = this.capture.state$.subscribe(({ phase }) => {
      if (phase === 'live') this.#wasLive = true
      else if (this.#wasLive && phase === 'reconnecting') {
        this.#wasLive = false
        this.#losses++
      }
      this.#onChange()
    })
    // Its state tells all that becomes of it.
    this.capture.start().then(this.#onChange, this.#onChange)
  }

  /** For the choice of who is on air. */
  silentMs(nowMs: number): number | null {
    const { bytes } = this.capture.stats()
    if (bytes !== this.#lastBytes) {
      this.#lastBytes = bytes
      this.#lastMoveMs = nowMs
    }
    return this.#lastMoveMs === null ? null : nowMs - this.#lastMoveMs
  }

  /** Since the channel's start; they never go back. */
  totals(): { readonly dropped: number; readonly reconnects: number } {
    // A view takes the pictures, so that the capture's own queue, which nobody reads, drops each of them: none is lost.
    return { dropped: this.capture.stats().held, reconnects: this.#losses }
  }

  async stop(): Promise<void> {
    this.#states?.unsubscribe()
    await this.capture.stop()
  }
}

function makeCapture(input: InputConfig, { decode, analyse, logger }: SourceOptions): Capture {
  // It never fails for good: a relay keeps the captures that it was given, and none else.
  const reconnect = { first: true, finalDelay: RETRY_FAILED_MS }
  const options: CaptureOptions = { decode, logger, reconnect }
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
  parts: Pick<SourceOptions, 'logger' | 'onChange'>,
): Source[] {
  const decode = decodes(config)
  const options = { ...parts, decode, analyse: config.monitor.content }
  const sources = config.inputs.map((input, i) => new Source(input, inputName(input, i), options))
  if (slateVideo === null) return sources
  return [...sources, new Source({ file: slateVideo }, 'slate', { ...options, analyse: false }, true)]
}
