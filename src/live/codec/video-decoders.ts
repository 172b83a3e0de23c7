import { withPatience } from '../../core/deadline'
import type { Logger } from '../../core/types'
import { load } from '../../engine/prepare'
import { decoderCandidates, type Device } from '../../pipelines/candidates'
import { PICTURE_FORMS, VIDEO_CODECS, type PictureCodec } from '../../pipelines/video-codecs'
import { CodecChoice } from './codec-choice'

/** The codecs besides H.264, which every capture needs. */
const OTHERS = VIDEO_CODECS.filter(codec => codec !== 'h264')
/** Elements that a system can lack; each missing one is a codec less. */
const ELEMENTS = OTHERS.flatMap(codec => [
  PICTURE_FORMS[codec].parser,
  ...decoderCandidates(false, codec).map(({ factory }) => factory),
])
/**
 * Longest wait of a first stream for the trials of codecs that it may not have. Known results take less; with new ones
 * such a codec begins in software, and a later connection has the device.
 */
const OTHERS_PATIENCE_MS = 300

let missing: ReadonlySet<string> | null = null
let loading: Promise<ReadonlySet<string>> | null = null

/** Loads the software of all codecs, once a process: which one a stream has shows only when its pictures come. */
function loadAll(): Promise<ReadonlySet<string>> {
  loading ??= load(ELEMENTS).then(absent => (missing = new Set(absent)))
  return loading
}

/** The decoder of one codec on one connection. */
export interface ChosenDecoder {
  readonly codec: PictureCodec
  readonly factory: string
  readonly device: Device
  readonly choice: CodecChoice
}

/** The decoders of one capture: a choice for each codec. */
export class VideoDecoders {
  readonly h264: CodecChoice
  readonly #gpuAcceleration: boolean
  readonly #options: { readonly logger: Logger; readonly connectTimeout: number }
  /** Of the other codecs whose elements are there; null: not looked for yet. */
  #others: ReadonlyMap<PictureCodec, CodecChoice> | null = null
  #waited = false

  constructor(gpuAcceleration: boolean, options: { readonly logger: Logger; readonly connectTimeout: number }) {
    this.h264 = new CodecChoice('decoder', decoderCandidates(gpuAcceleration), options)
    this.#gpuAcceleration = gpuAcceleration
    this.#options = options
  }

  /** Whether settle() has nothing to wait for. `all`: also of the codecs besides H.264. */
  settled(all: boolean): boolean {
    return this.h264.settled && (!all || this.#waited)
  }

  /** Chooses, after trials where there are devices. ERR_MISSING_PLUGIN, ERR_ENCODE: H.264 is not decoded here. */
  async settle(all: boolean): Promise<void> {
    await this.h264.settle()
    if (!all || this.#waited) return
    await loadAll()
    this.#look()
    const settling = [...this.#others!.values()].map(choice => choice.settle().catch(() => {}))
    await withPatience(Promise.all(settling), OTHERS_PATIENCE_MS, [])
    this.#waited = true
  }

  /** The same while the event loop does not turn. */
  settleNow(): void {
    this.h264.settleNow()
    for (const choice of this.#others?.values() ?? []) choice.settleNow()
    if (missing) this.#look()
  }

  #look(): void {
    if (this.#others || !missing) return
    const absent = missing
    const found = OTHERS.flatMap((codec): [PictureCodec, CodecChoice][] => {
      const candidates = decoderCandidates(this.#gpuAcceleration, codec).filter(
        ({ factory, device }) => device !== 'software' || !absent.has(factory),
      )
      const software = candidates.some(({ device }) => device === 'software')
      if (!software || absent.has(PICTURE_FORMS[codec].parser)) return []
      return [[codec, new CodecChoice('decoder', candidates, this.#options)]]
    })
    this.#others = new Map(found)
  }

  /** The decoders of the next connection. */
  chosen(): ReadonlyMap<PictureCodec, ChosenDecoder> {
    const all: [PictureCodec, CodecChoice][] = [['h264', this.h264], ...(this.#others ?? [])]
    return new Map(
      all.flatMap(([codec, choice]): [PictureCodec, ChosenDecoder][] => {
        if (codec === 'h264') {
          const { factory } = choice
          return [[codec, { codec, factory, device: choice.candidate?.device ?? 'software', choice }]]
        }
        const { candidate } = choice
        return candidate ? [[codec, { codec, factory: candidate.factory, device: candidate.device, choice }]] : []
      }),
    )
  }
}

/** The element whose absence keeps a codec from being decoded; null: it is not that. */
export function lackingElement(codec: PictureCodec): string | null {
  const { parser } = PICTURE_FORMS[codec]
  if (!missing) return null
  if (missing.has(parser)) return parser
  const software = decoderCandidates(false, codec)
  return software.every(({ factory }) => missing!.has(factory)) ? (software.at(-1)?.factory ?? null) : null
}
