import { decodable, SOUND_CODECS, SOUND_ELEMENTS, type SoundCodec } from '../../pipelines/sound-codecs'
import { load } from '../../engine/prepare'

let missing: ReadonlySet<string> | null = null
let loading: Promise<void> | null = null

/** What this machine decodes of sound; what no stream has waited for is taken as there. */
export function soundDecoders(): readonly SoundCodec[] {
  return missing ? decodable(missing) : SOUND_CODECS
}

/** Loads the decoders of sound, once a process: a stream may carry any of them, and says so when it is there. */
export function loadSoundDecoders(): Promise<void> {
  loading ??= load([...new Set(SOUND_ELEMENTS)]).then(absent => {
    missing = new Set(absent)
  })
  return loading
}

export function soundDecodersLoaded(): boolean {
  return missing !== null
}
