import type { HlsVariant } from '../../core/addresses/hls'
import { RxGstError } from '../../core/errors'
import type { MasterPlaylist, Rendition, Variant } from './playlist'

/** What a capture takes of a master playlist. */
export interface Choice {
  readonly variant: Variant
  /** Sound with a playlist of its own; null: none is needed. */
  readonly audio: Rendition | null
}

/** Largest pictures that the capture takes. */
export interface SizeLimits {
  readonly maxWidth: number
  readonly maxHeight: number
}

/** What RFC 6381 calls the pictures that are decoded, and other pictures. */
const PICTURES = /^(?:avc[13]|hvc1|hev1|av01)(?:\.|$)/i
const OTHER_PICTURES = /^(?:vp0?[89]|dvh[1e]|dva[v1]|mp4v|vvc1|vvi1)(?:\.|$)/i

/** Chooses a variant, and the sound that belongs to it. ERR_UNSUPPORTED_MEDIA: none can be taken. */
export function chooseVariant(playlist: MasterPlaylist, wanted: HlsVariant, limits: SizeLimits): Choice {
  const decodable = playlist.variants.filter(({ codecs }) => !codecs.some(codec => OTHER_PICTURES.test(codec)))
  if (decodable.length === 0)
    throw new RxGstError('ERR_UNSUPPORTED_MEDIA', 'no variant of the playlist has pictures of H.264, HEVC or AV1')
  const small = decodable.filter(({ width, height }) => width <= limits.maxWidth && height <= limits.maxHeight)
  if (small.length === 0) {
    const text = `all variants of the playlist are larger than ${limits.maxWidth} × ${limits.maxHeight}`
    throw new RxGstError('ERR_UNSUPPORTED_MEDIA', text)
  }
  const withPictures = small.filter(({ codecs }) => codecs.length === 0 || codecs.some(codec => PICTURES.test(codec)))
  const sorted = [...(withPictures.length > 0 ? withPictures : small)].sort(
    (a, b) => a.bandwidth - b.bandwidth || a.width * a.height - b.width * b.height,
  )
  const variant = pick(sorted, wanted)
  return { variant, audio: soundOf(playlist, variant) }
}

/** @param sorted from the lowest to the best; not empty */
function pick(sorted: readonly Variant[], wanted: HlsVariant): Variant {
  if (wanted === 'best') return sorted.at(-1)!
  if (wanted === 'lowest') return sorted[0]!
  const { maxBitrate = Infinity, maxHeight = Infinity } = wanted
  return sorted.findLast(({ bandwidth, height }) => bandwidth <= maxBitrate && height <= maxHeight) ?? sorted[0]!
}

function soundOf({ renditions }: MasterPlaylist, { audioGroup }: Variant): Rendition | null {
  const group = renditions.filter(each => each.group === audioGroup)
  const chosen = group.find(each => each.isDefault) ?? group.find(each => each.autoselect) ?? group[0]
  return chosen?.uri == null ? null : chosen
}
