import { decodable, AUDIO_CODECS, AUDIO_ELEMENTS, type AudioCodec } from '../../pipelines/audio-codecs'
import { load } from '../../engine/prepare'

let missing: ReadonlySet<string> | null = null
let loading: Promise<void> | null = null

/** What this machine decodes of sound; what no stream has waited for is taken as there. */
export function audioDecoders(): readonly AudioCodec[] {
  return missing ? decodable(missing) : AUDIO_CODECS
}

/** Loads the decoders of sound, once a process: a stream may carry any of them, and says so when it is there. */
export function loadAudioDecoders(): Promise<void> {
  loading ??= load([...new Set(AUDIO_ELEMENTS)]).then(absent => {
    missing = new Set(absent)
  })
  return loading
}

export function audioDecodersLoaded(): boolean {
  return missing !== null
}
