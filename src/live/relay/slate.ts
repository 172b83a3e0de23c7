import type { PacketRelay, RelayFillPicture } from '../../addon/relay'
import type { NativeSlateOrder } from '../../addon/stills'
import type { Clock } from '../../core/clock'
import { sleep } from '../../core/deadline'
import type { RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { missingPlugin } from '../../engine/prepare'
import { stillBytes, stillDesk } from '../../observables/stills/still-desk'
import type { ResolvedSlate, SlateCodec } from './slate-options'

/** Of the length before each part. */
const LENGTH_BYTES = 4
/** After it, whoever found too many pictures waiting asks again, ms. */
const BUSY_MS = 200

/** Has the slate encoded like the pictures on air, whenever these become others. */
export class SlateEncoder {
  #slate: ResolvedSlate
  readonly #packets: PacketRelay
  readonly #logger: Logger
  readonly #clock: Clock
  /** The picture as RGBA, once it is unpacked. */
  #rgba: Uint8Array | null = null
  #working: Promise<boolean> | null = null
  #again = false
  #closed = false

  constructor(slate: ResolvedSlate, packets: PacketRelay, logger: Logger, clock: Clock) {
    this.#slate = slate
    this.#packets = packets
    this.#logger = logger
    this.#clock = clock
  }

  /** One at a time: what comes meanwhile makes one more. Resolves with whether there is a slate; never rejects. */
  encode(): Promise<boolean> {
    this.#again = true
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
    return this.#working
  }

  replace(slate: ResolvedSlate): void {
    this.#slate = slate
    this.#rgba = null
    void this.encode()
  }

  close(): void {
    this.#closed = true
  }

  async #work(): Promise<boolean> {
    let encoded = false
    while (this.#again && !this.#closed) {
      this.#again = false
      try {
        encoded = await this.#encodeOnce()
      } catch (error) {
        encoded = false
        const { element, message } = error as RxGstError
        const why = element == null ? message : missingPlugin(element).message
        this.#logger.warn(`relay: no slate, and the last keyframe is repeated in its place: ${why}`)
      }
    }
    return encoded
  }

  async #encodeOnce(): Promise<boolean> {
    const { codec } = this.#slate
    const { serial, picture } = this.#packets.fillPicture()
    if (picture?.codec === 'other' || picture?.record.byteLength === 0) {
      this.#logger.warn('relay: no slate is made in the codec of these pictures, and the last keyframe is repeated')
      return false
    }
    const like: SlateCodec = picture?.codec ?? codec
    const made = await this.#made(like, picture)
    return !this.#closed && this.#packets.setSlate(serial, like, parts(made))
  }

  async #made(codec: SlateCodec, picture: RelayFillPicture['picture']): Promise<Uint8Array> {
    const { image, width, height } = this.#slate
    for (;;) {
      try {
        const order: NativeSlateOrder = {
          rgba: await this.#pixels(image),
          width: image?.width ?? 0,
          height: image?.height ?? 0,
          hevc: codec === 'hevc',
          record: picture?.record ?? null,
          keyframe: picture?.picture ?? null,
          streamWidth: width,
          streamHeight: height,
        }
        return await stillBytes(stillDesk().slate(order))
      } catch (error) {
        // Stills of this process, or slates of many other relays, come first.
        const waits = (error as RxGstError).code === 'ERR_STILL_OVERFLOW' && !this.#closed
        if (!waits) throw error
        await sleep(BUSY_MS, this.#clock)
      }
    }
  }

  async #pixels(image: ResolvedSlate['image']): Promise<Uint8Array | null> {
    if (!image) return null
    if (!image.isPng) return image.bytes
    if (this.#rgba && image === this.#slate.image) return this.#rgba
    const rgba = await stillBytes(stillDesk().unpack(image.bytes, image.width, image.height))
    // Another slate may have come meanwhile.
    if (this.#slate.image === image) this.#rgba = rgba
    return rgba
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
