import type { CaptureInfo, StreamTrack } from '../../core/types'
import { usualCodecName, type StreamKind } from '../../pipelines/flv-codecs'

/** The tracks of one connection, as rxrtmpsrc tells of them. */
export class StreamTracks {
  readonly #tracks = new Map<string, StreamTrack>()

  add(kind: StreamKind, id: number, codec: string): void {
    this.#tracks.set(`${kind} ${id}`, { kind, id, codec: usualCodecName(kind, codec) })
  }

  /** By kind and id. Other sources than rxrtmpsrc tell of none: they have one track of each kind. */
  all({ video, audio }: Pick<CaptureInfo, 'video' | 'audio'>): readonly StreamTrack[] {
    if (this.#tracks.size === 0) {
      const only = (kind: StreamKind, codec: string | undefined): StreamTrack[] =>
        codec === undefined ? [] : [{ kind, id: 0, codec }]
      return [...only('video', video?.codec), ...only('audio', audio?.codec)]
    }
    const place = ({ kind, id }: StreamTrack): number => (kind === 'video' ? id : 256 + id)
    return [...this.#tracks.values()].sort((a, b) => place(a) - place(b))
  }
}
