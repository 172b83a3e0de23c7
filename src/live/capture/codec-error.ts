import { RxGstError } from '../../core/errors'
import { codecName, type StreamKind } from '../../pipelines/flv-codecs'

/** The stream cannot be shown, because nothing in it is decoded. */
export function undecodable(kind: StreamKind, codec: string): RxGstError {
  const name = codecName(kind, codec)
  const what =
    kind === 'video'
      ? `pictures in ${name}; H.264 in RTMP's own form is`
      : `no pictures, and sound in ${name}, which is not`
  return new RxGstError('ERR_UNSUPPORTED_MEDIA', `the stream carries ${what} decoded`)
}

/** A warning: the stream is shown without its sound. */
export function withoutSound(display: string, codec: string): string {
  return `${display} carries sound in ${codecName('audio', codec)}, which is not decoded and is left out`
}
