/** The slate of a programme: what can be made of its file. One that cannot be decoded takes nothing off the air. */
import { RxGstError } from 'rxgst'
import type { ChannelConfig } from '../core/schema.js'
import { RestartNeeded } from './fault.js'
import { type Clocks, Retry, RETRY_FAILED_MS } from './retry.js'
import { ownPicture, readFill, slateOf, type Fill, type Slate, type SlatePicture, type SlateSize } from './slate.js'

type SlateConfig = Pick<ChannelConfig, 'slate' | 'fill'>

export class ProgrammeSlate {
  /** The file of a video, which is an input; null: it is a picture, or there is none. */
  readonly video: string | null
  readonly #onFault: (fault: RxGstError | null) => void
  readonly #retry: Retry
  #config: SlateConfig
  #picture: SlatePicture | null = null
  #encodeFill: Fill | null = null
  /** Of the encoder; null: there is none yet. */
  #size: SlateSize | null = null
  #fault: RxGstError | null = null
  /** Of several readings the last one counts. */
  #turn = 0

  /**
   * ERR_FILE: it is not there.
   * @param onFault it cannot be decoded; null: it can, again
   */
  static async read(
    config: SlateConfig,
    clocks: Clocks,
    onFault: (fault: RxGstError | null) => void,
  ): Promise<ProgrammeSlate> {
    const slate = await slateOf(config)
    const one = new ProgrammeSlate(config, slate, clocks, onFault)
    await one.#read(slate)
    return one
  }

  private constructor(
    config: SlateConfig,
    slate: Slate | null,
    clocks: Clocks,
    onFault: (fault: RxGstError | null) => void,
  ) {
    this.#config = config
    this.video = slate?.kind === 'video' ? slate.path : null
    this.#retry = new Retry(clocks)
    this.#onFault = onFault
  }

  /** A video of the slate is the last input, and the last picture covers what lies between. */
  get fill(): Fill['fill'] {
    return this.video === null ? this.#config.fill : 'repeat'
  }

  /** In its own size; null: black, or there is none. */
  get picture(): SlatePicture | null {
    return this.#picture
  }

  /** In that of the encoder; null: it is not known. */
  get encodeFill(): Fill | null {
    return this.#encodeFill
  }

  /** The encoder has this size. Resolves when `encodeFill` is there. */
  async fit(size: SlateSize): Promise<void> {
    this.#size = size
    while (this.#encodeFill === null) await this.#read()
  }

  /** The one before stays where this one cannot be decoded. ERR_FILE; RestartNeeded: one of them is a video. */
  async replace(config: SlateConfig): Promise<void> {
    const slate = await slateOf(config)
    if (slate?.kind === 'video' || this.video !== null)
      throw new RestartNeeded('the channel must be restarted to change a slate that is a video')
    this.#config = config
    await this.#read(slate)
  }

  /** One look at whether it is to be read again. */
  look(): void {
    if (this.#retry.isDue) void this.#read()
  }

  /** Tells what cannot be decoded, and has it read again later. */
  async #read(known?: Slate | null): Promise<void> {
    const turn = ++this.#turn
    const size = this.#size
    this.#retry.clear()
    try {
      const slate = known === undefined ? await this.#file() : known
      const picture = await ownPicture(slate)
      const encodeFill = size && (await readFill(this.fill, slate, size))
      if (turn !== this.#turn) return
      this.#picture = picture
      this.#encodeFill = encodeFill
      this.#tell(null)
    } catch (error) {
      if (turn !== this.#turn) return
      this.#encodeFill ??= size && { fill: this.fill, slate: null }
      this.#retry.plan(RETRY_FAILED_MS)
      this.#tell(error as RxGstError)
    }
  }

  /** Somebody may have put another one there. */
  async #file(): Promise<Slate | null> {
    const slate = await slateOf(this.#config)
    if (slate?.kind !== 'video' || this.video !== null) return slate
    throw new RxGstError('ERR_BAD_STREAM', `the slate ${slate.path} has become a video`)
  }

  #tell(fault: RxGstError | null): void {
    const before = this.#fault
    this.#fault = fault
    if (before?.message !== fault?.message) this.#onFault(fault)
  }
}
