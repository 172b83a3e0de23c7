import type { SrtUrl } from '../../core/addresses/srt'
import { el, type Props } from '../graph/graph'
import { INPUT, numberedTracks, type InputGraph } from './input-graph'

/** What srtsrc must know of its peer; of a listener '' as host is all addresses of this machine. */
export type SrtAddress = Omit<SrtUrl, 'display' | 'secrets'>

/** srtsrc ! tsdemux. */
export function srtInput(address: SrtAddress): InputGraph {
  const { host, port, mode, localHost, passphrase, keyLength, streamId, latencyMs } = address
  const shown = host.includes(':') ? `[${host}]` : host
  const secrets: Props = {
    ...(passphrase !== null && { passphrase }),
    ...(keyLength !== null && { pbkeylen: keyLength }),
    ...(streamId !== null && { streamid: streamId }),
  }
  return {
    source: [
      el('srtsrc', {
        name: INPUT.source,
        uri: `srt://${shown}:${port}`,
        mode,
        latency: latencyMs,
        // Two that meet use the same port, each on its own side.
        ...(mode === 'rendezvous' && { localport: port, localaddress: localHost ?? '0.0.0.0' }),
        ...(mode === 'caller' && localHost !== null && { localaddress: localHost }),
        ...secrets,
        'auto-reconnect': false,
        'keep-listening': false,
      }),
      // Its timestamps as they are sent: those of the PCR are corrected by their arrival, and jump with the load.
      el('tsdemux', { name: INPUT.demux, 'ignore-pcr': true }),
    ],
    ...numberedTracks(INPUT.demux),
  }
}
