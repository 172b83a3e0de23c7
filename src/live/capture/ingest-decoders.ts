import { availableParallelism } from 'node:os'
import type { RxGstError } from '../../core/errors'
import { native } from '../../addon/binding'
import {
  hasSafeFrameThreads,
  isPictureDecoder,
  pictureRows,
  type DecodingSpeed,
  type PictureRows,
  type SwitchRow,
} from '../../pipelines/capture'
import type { PictureCodec } from '../../pipelines/video-codecs'
import type { ChosenDecoder, VideoDecoders } from '../codec/video-decoders'
import { decodedFor, type ResolvedCaptureOptions } from '../options'
import type { CaptureTransport } from './inputs/input'
import { ownGraph } from '../own-graph'
import { NO_DECODER, type DecoderInfo } from './stream-info'

/** The video decoders of one connection. They are chosen when it begins, and do not change. */
export class IngestDecoders {
  readonly #decoders: VideoDecoders
  readonly #options: ResolvedCaptureOptions
  /** FLV of the other transports of RTMP carries H.264 alone. */
  readonly #all: boolean
  #chosen: ReadonlyMap<PictureCodec, ChosenDecoder> = new Map()

  constructor(decoders: VideoDecoders, transport: CaptureTransport, options: ResolvedCaptureOptions) {
    this.#decoders = decoders
    this.#options = options
    this.#all = transport !== 'rtmp2' && transport !== 'librtmp'
  }

  get #decodes(): boolean {
    return decodedFor(this.#options).pictures
  }

  /** Whether settle() has nothing to wait for. */
  get settled(): boolean {
    return !this.#decodes || this.#decoders.settled(this.#all)
  }

  /** ERR_MISSING_PLUGIN, ERR_ENCODE: H.264 is not decoded on this machine. */
  settle(): Promise<void> {
    return this.#decoders.settle(this.#all)
  }

  /** The same while the event loop does not turn. */
  settleNow(): void {
    this.#decoders.settleNow()
  }

  /** Throws where H.264 is not decoded. */
  choose(): void {
    if (this.#decodes) this.#chosen = this.#decoders.chosen()
  }

  /** The decoder of a codec; null: it has none, or nothing is decoded. */
  of(codec: PictureCodec): ChosenDecoder | null {
    return this.#chosen.get(codec) ?? null
  }

  /** Whether a device decodes any codec. */
  get hasDevice(): boolean {
    return [...this.#chosen.values()].some(({ device }) => device !== 'software')
  }

  isDevice(codec: PictureCodec): boolean {
    const decoder = this.of(codec)
    return decoder !== null && decoder.device !== 'software'
  }

  info(codec: PictureCodec): DecoderInfo {
    const decoder = this.of(codec)
    return decoder ? { decoder: decoder.factory, decoderReason: decoder.choice.reason } : NO_DECODER
  }

  get speed(): DecodingSpeed {
    return {
      throughput: this.#options.dropPolicy === 'block',
      cores: availableParallelism(),
      single: this.#options.analyse === 'keyframes',
      hevcFrameThreads: hasSafeFrameThreads(native().gstreamer()),
    }
  }

  /** The elements of the codecs besides H.264, as this version of GStreamer takes them. */
  rows(): PictureRows {
    const factories = new Map([...this.#chosen].map(([codec, { factory }]) => [codec, factory]))
    const fit = ({ caps, elements }: SwitchRow): SwitchRow => {
      return { caps, elements: elements && ownGraph(elements, this.#options.logger) }
    }
    const { parsers, decoders } = pictureRows(this.#decodes ? factories : null, this.speed)
    return { parsers: parsers.map(fit), decoders: decoders.map(fit) }
  }
}

/**
 * Whether the decoder failed and another one takes its place. Only for a device: what software cannot decode is the
 * stream's fault.
 */
export function isReplaced(decoder: ChosenDecoder | null, error: RxGstError): boolean {
  if (!decoder || decoder.device === 'software') return false
  // When a device does not know a profile, the source posts the error: no element takes its caps.
  const isRefused = /not-negotiated/.test(error.gst?.debug ?? '')
  const isDecoders = error.element === decoder.factory || isPictureDecoder(error.element)
  return (isRefused || isDecoders) && decoder.choice.fallBack(error, true)
}
