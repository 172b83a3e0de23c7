import { decodable, AUDIO_CODECS, AUDIO_ELEMENTS, type AudioCodec } from '../../pipelines/audio-codecs'
import { load } from '../../engine/prepare'

let missing: ReadonlySet<string> | null = null
let loading: Promise<void> | null = null

/** Audio codecs that this machine decodes. Until the decoders are loaded: all that the library knows. */
export function audioDecoders(): readonly AudioCodec[] {
  return missing ? decodable(missing) : AUDIO_CODECS
}

/** Loads all audio decoders, once a process: which one a stream needs shows only when its sound comes. */
export function loadAudioDecoders(): Promise<void> {
  loading ??= load([...new Set(AUDIO_ELEMENTS)]).then(absent => {
    missing = new Set(absent)
  })
  return loading
}
