import { RxGstError } from '../../core/errors'
import type { IngestProbes } from './ingest-probes'
import type { Backlog } from './ingest-watch'
import type { CaptureTransport } from './inputs/input'
import type { SrtStats } from '../../core/addresses/srt-stats'

/** Seven packets of MPEG-TS. */
const SRT_PACKET_BYTES = 1316

/**
 * What waits before the decoder of an input whose tracks have pads: in libsrt, in the jitter buffers of RTP, or in a
 * file, which is never at a loss.
 */
export function backlog(transport: CaptureTransport, probes: IngestProbes, srt: SrtStats | null): Backlog {
  const { flow, videoPackets, waitingBytes } = probes
  if (waitingBytes !== null) return { taken: videoPackets.buffers(), received: waitingBytes }
  return { taken: flow.buffers(), received: (srt?.received ?? 0) * SRT_PACKET_BYTES, endless: transport === 'file' }
}

/** @param left whether the server says that its publisher has left */
export function stalled(left: boolean, display: string, stallTimeout: number): RxGstError {
  if (left) return new RxGstError('ERR_STREAM_ENDED', `the publisher of ${display} has left`)
  return new RxGstError('ERR_STALLED', `no bytes from ${display} for ${stallTimeout} ms`)
}
