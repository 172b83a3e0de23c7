import { parseSrtUrl, type SrtUrl } from '../../../core/addresses/srt'
import { RxGstError } from '../../../core/errors'
import type { SrtPeer } from '../../../pipelines/srt'

/** A peer that is sent to. */
export interface SrtTarget extends SrtPeer, Pick<SrtUrl, 'display' | 'secrets'> {}

/** The address of a target, read as that of a capture. ERR_URL: it is none, or srtsink cannot send there. */
export function parseSrtTarget(text: string): SrtTarget {
  const url = parseSrtUrl(text)
  if (url.localHost !== null && url.mode !== 'rendezvous')
    throw refused('only mode=rendezvous takes an adapter: of a listener, the host names it')
  return url
}

/** Two streams of one server differ in their ids. */
export function sameSrtTarget(one: SrtTarget, other: SrtTarget): boolean {
  return one.host === other.host && one.port === other.port && one.streamId === other.streamId
}

function refused(why: string): RxGstError {
  return new RxGstError('ERR_URL', `invalid SRT URL: ${why}`)
}
