/** Types of native/rtmp: the network side of RTMP. */
import type { ElementHandle } from './gst'
import type { RelayExports } from './relay'

/** Counters of a source's or sink's connection, in bytes. */
export interface TransportStats {
  readonly inBytes: number
  /** Bytes of whole messages. */
  readonly outBytes: number
  /** Bytes that the server has acknowledged in RTMP. */
  readonly outBytesAcked: number
  /** Bytes that the peer's TCP has acknowledged; null: unknown. */
  readonly acknowledged: number | null
  /** Bytes that this system's TCP has received, read by rtmp2src or not; null: unknown. */
  readonly received: number | null
  /** Configuration records of codecs that were none, and were left out; 0: its element does not count them. */
  readonly recordsLeftOut: number
  /** What its connection does; null: its element does not say. */
  readonly phase: RtmpPhase | null
}

/** `tcp`: all that comes before RTMP; `media`: the server has accepted the stream. */
export type RtmpPhase =
  | 'tcp'
  | 'handshake'
  | 'connect'
  | 'createStream'
  | 'play'
  | 'publish'
  | 'media'
  | 'live'
  | 'over'

/**
 * The relay between librtmp and a server, on a port of the loopback. It passes on whole messages of the server, and
 * refuses those that would crash librtmp. A refusal is reported by the element message 'rxgst-refused'.
 */
export interface RtmpRelay {
  /** Its port; 0: the system has no free one. */
  port(): number
  /** Sets the element that posts the refusals. */
  watch(element: ElementHandle): void
  /** Ends its connections, so that librtmp returns from every wait. */
  close(): void
}

/** What the room exports. */
export interface RtmpExports extends RelayExports {
  /** @param timeout ms for the server to accept the connection */
  RtmpRelay: new (
    host: string,
    port: number,
    timeout: number,
  ) => RtmpRelay
  /** null: the element has none, as those of librtmp. */
  transportStats(element: ElementHandle): TransportStats | null
  /**
   * Whether connections of this process to private addresses fail.
   * @param except `host:port` of those that are made all the same
   */
  refusePrivateAddresses(refuse: boolean, except: readonly string[]): void
  /** @param place `host:port` that may be excepted */
  privateAddressesRefused(place: string): boolean
  /**
   * Makes rtmp2src acknowledge early, for servers that wait for acknowledgements before they send pictures. Called
   * before it connects.
   */
  acknowledgePromptly(rtmp2src: ElementHandle): void
}
