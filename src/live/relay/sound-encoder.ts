import { native } from '../../addon/binding'
import type { PacketListener, PacketProbe } from '../../addon/record'
import type { Clock } from '../../core/clock'
import { asRxGstError, type RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { prepare } from '../../engine/prepare'
import { Runner } from '../../engine/runner'
import type { AudioCodec } from '../../pipelines/audio-codecs'
import { SOUND_TO_AAC, soundToAac } from '../../pipelines/sound-to-aac'
import { ownGraph } from '../own-graph'

const STOP_DEADLINE_MS = 1000

export interface SoundEncoderOptions {
  /** Where the sound comes from. */
  readonly probe: PacketProbe
  readonly codec: AudioCodec
  /** Gets the packets of AAC. */
  readonly listener: PacketListener
  readonly clock: Clock
  readonly logger: Logger
  readonly onFailed: (error: RxGstError) => void
}

/** Makes AAC of one connection's sound, off the JS thread. */
export class SoundEncoder {
  readonly #options: SoundEncoderOptions
  #runner: Runner | null = null
  #packets: PacketProbe | null = null
  #over = false

  constructor(options: SoundEncoderOptions) {
    this.#options = options
  }

  /** FFmpeg's name of the codec that it decodes. */
  get codec(): string {
    return this.#options.codec.name
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { probe, codec, listener, clock, logger } = this.#options
    try {
      const graph = soundToAac(codec)
      await prepare(graph)
      if (this.#over) return
      const runner = new Runner(ownGraph(graph, logger), {
        secrets: [],
        clock,
        logger,
        wasLive: () => true,
        onError: error => this.#fail(error),
        onEos: () => {},
      })
      this.#runner = runner
      this.#packets = new (native().PacketProbe)(null, '', runner.element(SOUND_TO_AAC.packets), 'sink')
      this.#packets.listen(listener, true)
      const plays = await runner.setState('PLAYING')
      runner.poll()
      if (plays && !this.#over) probe.pour(runner.element(SOUND_TO_AAC.source))
    } catch (error) {
      this.#fail(asRxGstError(error, 'the encoder of the sound could not be made'))
    }
  }

  #fail(error: RxGstError): void {
    if (this.#over) return
    void this.stop()
    this.#options.onFailed(error)
  }

  /** Resolves within a second. Idempotent. */
  async stop(): Promise<void> {
    if (!this.#over) this.#options.probe.pour(null)
    this.#over = true
    const runner = this.#runner
    this.#runner = null
    this.#packets?.close()
    await runner?.stop(STOP_DEADLINE_MS)
  }
}
