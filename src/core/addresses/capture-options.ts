import type { RTMPCaptureOptions } from '../types'

/** Options of a capture of any address. An absent option has its default; one of other addresses is ERR_OPTION. */
export interface CaptureOptions extends RTMPCaptureOptions {
  /**
   * Of file:. 'realtime' (default): packets come at the pace of their timestamps. 'none': as fast as
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
}
