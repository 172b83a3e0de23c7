import { systemClock, type Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import type { ResolvedOutputOptions } from '../options'
import type { Encoding } from './encoding'
import { Congestion } from './congestion'
import { audioBitrate } from '../../pipelines/output'
import type { OutputTarget } from './target'
import type { Targets } from './targets'

/** ms. */
const LOOK_INTERVAL = 50
/** Of the encoded bytes, for the headers of FLV tags and RTMP chunks. */
const HEADERS = 0.02

/**
 * Keeps an output's bitrate at what the slowest of its live targets takes: each has a Congestion of its own, the lowest
 * decides. JS thread, twenty looks a second.
 */
export class BitrateControl implements Disposable {
  readonly #options: ResolvedOutputOptions
  readonly #min: number
  readonly #targets: Targets
  readonly #encoding: Encoding
  readonly #clock: Clock
  readonly #ticker: Ticker
  #congestions = new Map<OutputTarget, Congestion>()

  constructor(
    options: ResolvedOutputOptions,
    min: number,
    targets: Targets,
    encoding: Encoding,
    clock: Clock = systemClock,
  ) {
    this.#options = options
    this.#min = min
    this.#targets = targets
    this.#encoding = encoding
    this.#clock = clock
    this.#ticker = new Ticker(clock, LOOK_INTERVAL, () => this.#look()).start()
  }

  #look(): void {
    const now = this.#clock.now()
    const live = this.#targets.list.filter(({ state: { phase } }) => phase === 'live')
    // A target that is away keeps what was found out about its network; one that is gone does not.
    this.#congestions = new Map(
      this.#targets.list.map(target => [target, this.#congestions.get(target) ?? this.#newCongestion()]),
    )
    let lowest: OutputTarget | null = null
    let bitrate = Infinity
    for (const target of live) {
      const congestion = this.#congestions.get(target)!
      congestion.look({ now, of: target.reconnects, queueMs: target.queueMs, outBytes: target.totals.outBytes })
      if (congestion.bitrate >= bitrate) continue
      bitrate = congestion.bitrate
      lowest = target
    }
    if (lowest === null || bitrate === this.#encoding.bitrate) return
    const { logger } = this.#options
    try {
      this.#encoding.setBitrate(bitrate)
      logger.info(
        `output: ${Math.round(bitrate / 1000)} kbit/s of video: ${Math.round(lowest.queueMs)} ms wait ` +
          `for ${lowest.url}`,
      )
    } catch (error) {
      // It would refuse the next one as well, twenty times a second.
      this[Symbol.dispose]()
      logger.error(`output: its encoder keeps its bitrate, adaptiveBitrate has no effect: ${String(error)}`)
    }
  }

  #newCongestion(): Congestion {
    const { bitrate, fpsFraction, audioChannels } = this.#options
    return new Congestion({
      bitrate,
      min: this.#min,
      beside: audioBitrate(audioChannels) + bitrate * HEADERS,
      pictureMs: (fpsFraction.d * 1000) / fpsFraction.n,
    })
  }

  [Symbol.dispose](): void {
    this.#ticker.stop()
  }
}
