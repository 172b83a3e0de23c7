import type { RTMPCaptureOptions } from '../types'
import type { HlsVariant } from './hls'

/** Options of a capture of any address. An absent option has its default; one of other addresses is ERR_OPTION. */
export interface CaptureOptions extends RTMPCaptureOptions {
  /**
   * Of file: and http:. 'realtime' (default): packets come at the pace of their timestamps. 'none': as fast as
   * they are read; the default of `dropPolicy` is then 'block', so that nothing is lost.
   */
  pace?: 'realtime' | 'none'
  /** Of file:. true: begins again at the end, and time goes on. Default false. */
  loop?: boolean
  /**
   * Of rtsp:. 'auto' (default): TCP, and UDP where the server refuses TCP. UDP loses packets where the network does,
   * and has no stall of its own when one is late.
   */
  rtspTransport?: 'auto' | 'tcp' | 'udp'
  /**
   * Of http:, where the playlist has variants. 'best' (default): that of the highest bit rate. 'lowest'. Or the best
   * one within limits; where none is, the lowest.
   */
  variant?: HlsVariant
  /**
   * Of http:. Hosts inside of private networks that the playlist or a redirect may name, besides that of the address:
   * 'name' or 'name:port'; '*' for all. Hosts with a public address need not be named. Default [].
   */
  hosts?: readonly string[]
}
