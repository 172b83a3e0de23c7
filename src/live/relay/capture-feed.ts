import type { PacketInput, RelayInputCounters, RelayNews } from '../../addon/relay'
import type { PacketProbe } from '../../addon/record'
import type { Clock } from '../../core/clock'
import type { Logger } from '../../core/types'
import { AUDIO_CODECS, audioCodecOfCaps, type AudioCodec } from '../../pipelines/audio-codecs'
import { SoundEncoder } from './sound-encoder'
import type { RelayWire } from './wire'

export interface FeedOptions {
  readonly wire: RelayWire
  readonly rank: number
  readonly clock: Clock
  readonly logger: Logger
  /** The capture's address, for the log. */
  readonly display: string
  readonly onNews: (news: RelayNews) => void
}

/** One connection of a capture as an input of a relay: its packets, and AAC made of sound in another codec. */
export class CaptureFeed {
  readonly #options: FeedOptions
  readonly #probe: PacketProbe
  readonly #input: PacketInput
  readonly #number: number
  #sound: SoundEncoder | null = null
  /** Sound that is left out. */
  #silent: string | null = null
  #last: RelayInputCounters | null = null
  #closed: Promise<void> | null = null

  constructor(probe: PacketProbe, options: FeedOptions) {
    this.#probe = probe
    this.#options = options
    this.#input = options.wire.addPackets(options.rank, options.onNews)
    this.#number = this.#input.number()
    probe.listen(this.#input.listener(), true)
    this.look()
  }

  /** Also after the end. */
  get counters(): RelayInputCounters | null {
    if (!this.#closed) this.#last = this.#options.wire.packets.input(this.#number) ?? this.#last
    return this.#last
  }

  /** Packets that were lost on their way to the I/O thread, or to the encoder of the sound. */
  get dropped(): number {
    return this.#input.dropped() + this.#probe.droppedSound()
  }

  /** The codec of which AAC is made; null: all sound is copied. Also after the end. */
  get transcodes(): string | null {
    return this.#sound?.codec ?? null
  }

  /** One look at whether there is sound that has to be encoded anew. */
  look(): void {
    if (this.#closed) return
    const name = audioCodecOfCaps(this.#probe.otherSound())
    const codec = AUDIO_CODECS.find(one => one.name === name)
    if (!codec || codec.name === this.#sound?.codec || codec.name === this.#silent) return
    void this.#sound?.stop()
    this.#sound = this.#encoder(codec)
    void this.#sound.start()
  }

  #encoder(codec: AudioCodec): SoundEncoder {
    const { clock, logger, display } = this.#options
    logger.info(`${display}: its sound is ${codec.name}, of which AAC is made`)
    const encoder: SoundEncoder = new SoundEncoder({
      probe: this.#probe,
      codec,
      listener: this.#input.listener(),
      clock,
      logger,
      onFailed: error => {
        logger.warn(`${display}: its sound is left out: ${error.code}: ${error.message}`)
        if (this.#sound === encoder) this.#sound = null
        this.#silent = codec.name
      },
    })
    return encoder
  }

  /** It is no input any more. Resolves when its sound's encoder has stopped. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#last = this.#options.wire.packets.input(this.#number) ?? this.#last
    this.#probe.listen(this.#input.listener(), false)
    this.#options.wire.closeConnection(this.#number)
    this.#input.close()
    await this.#sound?.stop()
  }
}
