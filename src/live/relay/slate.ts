import type { PacketRelay } from '../../addon/relay'
import type { RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { missingPlugin } from '../../engine/prepare'
import { stillBytes, stillDesk } from '../../observables/stills/still-desk'
import type { ResolvedSlate, SlateCodec } from './slate-options'

/** Of the length before each part. */
const LENGTH_BYTES = 4

/** Has the slate encoded like the pictures on air, whenever these become others. */
export class SlateEncoder {
  readonly #slate: ResolvedSlate
  readonly #packets: PacketRelay
  readonly #logger: Logger
  /** The picture as RGBA, once it is unpacked. */
  #rgba: Promise<Uint8Array> | null = null
  #working: Promise<void> | null = null
  #again = false
  #closed = false

  constructor(slate: ResolvedSlate, packets: PacketRelay, logger: Logger) {
    this.#slate = slate
    this.#packets = packets
    this.#logger = logger
  }

  /** One at a time: what comes meanwhile makes one more. Never rejects. */
  encode(): Promise<void> {
    this.#again = true
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
    return this.#working
  }

  close(): void {
    this.#closed = true
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false
      try {
        await this.#encodeOnce()
      } catch (error) {
        const { element, message } = error as RxGstError
        const why = element == null ? message : missingPlugin(element).message
        this.#logger.warn(`relay: no slate, and the last keyframe is repeated in its place: ${why}`)
      }
    }
  }

  async #encodeOnce(): Promise<void> {
    const { image, width, height, codec } = this.#slate
    const { serial, picture } = this.#packets.fillPicture()
    if (picture?.codec === 'other' || picture?.record.byteLength === 0) {
      this.#logger.warn('relay: no slate is made in the codec of these pictures, and the last keyframe is repeated')
      return
    }
    const like: SlateCodec = picture?.codec ?? codec
    const rgba = await this.#pixels()
    const made = await stillBytes(
      stillDesk().slate({
        rgba,
        width: image?.width ?? 0,
        height: image?.height ?? 0,
        hevc: like === 'hevc',
        record: picture?.record ?? null,
        keyframe: picture?.picture ?? null,
        streamWidth: width,
        streamHeight: height,
      }),
    )
    if (!this.#closed) this.#packets.setSlate(serial, like, parts(made))
  }

  async #pixels(): Promise<Uint8Array | null> {
    const { image } = this.#slate
    if (!image) return null
    if (!image.isPng) return image.bytes
    this.#rgba ??= stillBytes(stillDesk().unpack(image.bytes, image.width, image.height))
    return this.#rgba
  }
}

/** Each stands behind its length. */
function parts(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const found: Uint8Array[] = []
  for (let at = 0; at + LENGTH_BYTES <= packed.byteLength; ) {
    const end = at + LENGTH_BYTES + view.getUint32(at)
    found.push(packed.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return found
}
