import { RxGstError } from '../../core/errors'
import { missingPlugin } from '../../engine/prepare'
import { codecName, type StreamKind } from '../../pipelines/flv-codecs'
import { pictureCodecOfCaps } from '../../pipelines/video-codecs'
import { lackingElement } from '../codec/video-decoders'

/** The stream cannot be shown, because nothing in it is decoded. */
export function undecodable(kind: StreamKind, codec: string): RxGstError {
  const known = pictureCodecOfCaps(codec)
  const lacking = known && lackingElement(known)
  if (lacking) return missingPlugin(lacking, `the stream carries pictures in ${codecName(kind, codec)}, and `)
  const name = codecName(kind, codec)
  const what =
    kind === 'video'
      ? `pictures in ${name}; H.264 is, and over 'rxrtmp' HEVC and AV1 are,`
      : `no pictures, and sound in ${name}, which is not`
  return new RxGstError('ERR_UNSUPPORTED_MEDIA', `the stream carries ${what} decoded`)
}

/** A warning: the stream is shown without its sound. */
export function withoutSound(display: string, codec: string): string {
  return `${display} carries sound in ${codecName('audio', codec)}, which is not decoded and is left out`
}

/** So many pictures came, and the stream cannot be joined at any of them. */
export function noKeyframe(display: string, count: number): RxGstError {
  const text = `${count} pictures came from ${display}, and none to begin with: no keyframe, no recovery point`
  return new RxGstError('ERR_NO_KEYFRAME', text)
}

/** A warning: the demuxer has a pad that the graph does not use, and the stream goes on without it. */
export function withoutPad(display: string, pad: string, caps: string): string {
  const media = /^[a-z]+\/[\w-]+/.exec(caps)?.[0] ?? 'something unknown'
  return `${display} carries ${media} on ${pad}, which is left out`
}
