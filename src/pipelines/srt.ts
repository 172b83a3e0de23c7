import { capsText, el, pipeline, type Graph } from './graph/graph'
import type { SrtAddress } from './inputs/srt'

/** Names of the elements that the engine needs. */
export const SRT_PUBLISHER = { source: 'source', sink: 'sink' } as const

/** What srtsink must know of its peer; of a listener '' as host is all addresses of this machine. */
export type SrtPeer = SrtAddress

/**
 * appsrc source ! srtsink
 *
 * One connection, of an MPEG transport stream. The hand-over makes it, and limits the queue by time.
 */
export function srtPublisherPipeline(peer: SrtPeer): Graph {
  const { mode, host, port, localHost, latencyMs, passphrase, keyLength, streamId } = peer
  const source = { format: 'time', 'is-live': false, block: false, 'emit-signals': false } as const
  const unbounded = { 'max-bytes': 0, 'max-buffers': 0, 'max-time': 0 } as const
  const caps = capsText('video/mpegts', { systemstream: true, packetsize: 188 })
  const name = host.includes(':') ? `[${host}]` : host
  return pipeline(
    el('appsrc', { name: SRT_PUBLISHER.source, ...source, ...unbounded, caps }),
    el('srtsink', {
      name: SRT_PUBLISHER.sink,
      uri: mode === 'listener' ? `srt://${name}:${port}?mode=listener` : `srt://${name}:${port}`,
      // Two that meet use the same port, each on its own side.
      ...(mode === 'rendezvous' && { mode, localport: port, localaddress: localHost ?? anyOf(host) }),
      latency: latencyMs,
      ...(passphrase !== null && { passphrase }),
      ...(passphrase !== null && keyLength !== null && { pbkeylen: `${keyLength}` }),
      ...(streamId !== null && { streamid: streamId }),
      // Another connection is the target's business.
      'auto-reconnect': false,
      // A listener without callers sends to nobody, and holds nobody up.
      'wait-for-connection': mode !== 'listener',
      sync: false,
      async: false,
      qos: false,
      'enable-last-sample': false,
    }),
  )
}

/** All addresses of this machine, of the peer's kind. */
function anyOf(host: string): string {
  return host.includes(':') ? '::' : '0.0.0.0'
}
