import { badValue } from '../../core/check'
import type { PacketRelay, RelayFill } from '../../addon/relay'
import type { Clock } from '../../core/clock'
import type { ResolvedRelayOptions } from './options'
import { SlateEncoder } from './slate'
import type { ResolvedSlate } from './slate-options'
import type { RelayStats } from './stats'

/** What goes out while no input is on air: asks the addon for it, and tells of it. The addon has the pictures. */
export class RelayFiller {
  readonly #options: ResolvedRelayOptions
  readonly #packets: PacketRelay
  readonly #clock: Clock
  /** null: it shows none. */
  readonly #slate: SlateEncoder | null
  /** null: the relay has not ended. */
  #last: RelayFill | null = null

  constructor(options: ResolvedRelayOptions, packets: PacketRelay, clock: Clock) {
    this.#options = options
    this.#packets = packets
    this.#clock = clock
    const { fill, slate, logger } = options
    this.#slate = fill === 'slate' ? new SlateEncoder(slate, packets, logger, clock) : null
  }

  get isRunning(): boolean {
    return this.#options.fill !== 'none' && this.#now().age !== null
  }

  stats(): Pick<RelayStats, 'filling' | 'fills' | 'repeated'> {
    const { age, fills, repeated } = this.#now()
    return { filling: age === null ? null : Math.round(this.#clock.unix() - age), fills, repeated }
  }

  /** Begins with the slate, before any input is live. False: the inputs must come first. */
  async begin(): Promise<boolean> {
    if (!this.#slate || !this.#options.reconnect?.first) return false
    const encoded = await this.#slate.encode()
    if (!encoded || this.#last) return false
    this.#packets.startFill()
    return true
  }

  /** The pictures on air are others. */
  fit(): void {
    void this.#slate?.encode()
  }

  /** ERR_OPTION: the fill is another one. */
  replaceSlate(slate: ResolvedSlate): void {
    if (!this.#slate) throw badValue("fill: 'slate'", 'slate', slate)
    this.#slate.replace(slate)
  }

  /** It has begun. */
  tell(): void {
    const { logger } = this.#options
    const { slate, soundStops } = this.#now()
    logger.warn(`relay: no input is on air, and ${slate ? 'the slate' : 'the last keyframe'} goes out`)
    if (soundStops) logger.warn('relay: there is no silence in the codec of its sound, which has a hole')
  }

  end(): void {
    this.#last ??= { ...this.#packets.fill(), age: null }
    this.#slate?.close()
    this.#packets.endFill()
  }

  #now(): RelayFill {
    return this.#last ?? this.#packets.fill()
  }
}
