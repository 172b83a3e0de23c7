import type { RtmpPhase } from '../../addon/rtmp'
import { RxGstError } from '../../core/errors'
import type { RtmpUrl } from '../../core/url'

const UNANSWERED = new Set<RtmpPhase>(['handshake', 'connect', 'createStream', 'play'])

/** Why nothing has come in time: the server owes an answer. null: it has accepted the stream, or nobody knows. */
export function unanswered(phase: RtmpPhase | null | undefined, { display }: RtmpUrl): RxGstError | null {
  if (phase === 'tcp')
    return new RxGstError('ERR_CONNECT_TIMEOUT', `${display} was not connected in time (host name, TCP or TLS)`)
  if (!phase || !UNANSWERED.has(phase)) return null
  return new RxGstError('ERR_CONNECT_TIMEOUT', `${display} did not answer in time (${phase})`)
}
