import { systemClock, type Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import type { ResolvedOutputOptions } from '../options'
import type { Encoding } from './encoding'
import { Congestion } from './congestion'
import { RxGstError } from '../../core/errors'
import { isWorthChange, keepsBitrate } from '../../pipelines/encoder'
import type { OutputTarget } from './target'
import type { Targets } from './targets'

const LOOK_INTERVAL_MS = 50
/** Headers of FLV tags and RTMP chunks, as a share of the encoded bytes. */
const HEADER_SHARE = 0.02

/**
 * The adaptive bitrate of a group of targets: what the slowest of its live targets takes. Each target has a Congestion
 * of its own, and the lowest decides. JS thread, twenty looks a second.
 */
export class BitrateControl implements Disposable {
  readonly #options: ResolvedOutputOptions
  readonly #min: number
  readonly #targets: Pick<Targets, 'list'>
  readonly #encoding: Encoding
  readonly #clock: Clock
  readonly #ticker: Ticker
  #congestions = new Map<OutputTarget, Congestion>()

  constructor(
    options: ResolvedOutputOptions,
    min: number,
    targets: Pick<Targets, 'list'>,
    encoding: Encoding,
    clock: Clock = systemClock,
  ) {
    this.#options = options
    this.#min = min
    this.#targets = targets
    this.#encoding = encoding
    this.#clock = clock
    this.#ticker = new Ticker(clock, LOOK_INTERVAL_MS, () => this.#look()).start()
  }

  #look(): void {
    const now = this.#clock.now()
    const live = this.#targets.list.filter(({ state: { phase }, isRecording }) => phase === 'live' && !isRecording)
    // A target that reconnects keeps what was measured of its network; a removed one does not.
    this.#congestions = new Map(
      this.#targets.list.map(target => [target, this.#congestions.get(target) ?? this.#newCongestion()]),
    )
    let lowest: OutputTarget | null = null
    let bitrate = Infinity
    for (const target of live) {
      const congestion = this.#congestions.get(target)!
      congestion.observe({
        now,
        connection: target.reconnects,
        queueMs: target.queueMs,
        outBytes: target.totals.outBytes,
      })
      if (congestion.bitrate >= bitrate) continue
      bitrate = congestion.bitrate
      lowest = target
    }
    const { logger, bitrate: full } = this.#options
    const { bitrate: present, encoder } = this.#encoding
    if (lowest === null || bitrate === present || !isWorthChange(encoder, present, bitrate, full)) return
    try {
      if (keepsBitrate(encoder)) throw new RxGstError('ERR_PROPERTY_VALUE', `${encoder} takes no other one on air`)
      this.#encoding.setBitrate(bitrate)
      logger.info(
        `output: video bitrate is ${Math.round(bitrate / 1000)} kbit/s now: ` +
          `${Math.round(lowest.queueMs)} ms wait for ${lowest.url}`,
      )
    } catch (error) {
      // The encoder would refuse each further bitrate as well, twenty times a second.
      this[Symbol.dispose]()
      logger.error(`output: adaptiveBitrate has no effect, the encoder keeps its bitrate: ${String(error)}`)
    }
  }

  #newCongestion(): Congestion {
    const { bitrate, fpsFraction, audioBitrate } = this.#options
    return new Congestion({
      bitrate,
      min: this.#min,
      beside: audioBitrate + bitrate * HEADER_SHARE,
      pictureMs: (fpsFraction.d * 1000) / fpsFraction.n,
    })
  }

  [Symbol.dispose](): void {
    this.#ticker.stop()
  }
}
