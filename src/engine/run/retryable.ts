import type { RxGstError } from '../../core/errors'

/** Elements that speak with a peer, besides RTMP's: what they say of a resource is the network's fault. */
const NETWORK =
  /^(?:rtsp|srt|rist|tcp|udp|multiudp|souphttp|curl|http|hls|dash|webrtc|whip|whep|sdp|rtp|icecast|shout2)/
const RESOURCE = 'gst-resource-error-quark'

/** Whether a graph that ended by this error may do better when it is made anew: the network's fault, or the peer's. */
export function isRetryable({ retryable, fault, code, gst }: RxGstError): boolean {
  if (!retryable) return false
  if (code === 'ERR_PIPELINE' && gst) return gst.domain === RESOURCE && NETWORK.test(gst.factory)
  return fault === 'peer'
}
