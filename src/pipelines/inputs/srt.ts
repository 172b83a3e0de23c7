import { el, type Props } from '../graph/graph'
import { INPUT, numberedTracks, type InputGraph } from './input-graph'

export interface SrtAddress {
  /** '' for a listener on all addresses. */
  readonly host: string
  readonly port: number
  readonly mode: 'caller' | 'listener' | 'rendezvous'
  readonly passphrase: string | null
  readonly keyLength: number | null
  readonly streamId: string | null
  /** How long lost packets are waited for, ms. */
  readonly latencyMs: number
}

/** srtsrc ! tsdemux. */
export function srtInput({ host, port, mode, passphrase, keyLength, streamId, latencyMs }: SrtAddress): InputGraph {
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
        ...secrets,
        'auto-reconnect': false,
        'keep-listening': false,
      }),
      el('tsdemux', { name: INPUT.demux }),
    ],
    ...numberedTracks(INPUT.demux),
  }
}
