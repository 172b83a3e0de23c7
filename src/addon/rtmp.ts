/** Types of native/rtmp: the wire, as far as JavaScript sees it. */
import type { ElementHandle } from './gst'

export interface TransportStats {
  readonly inBytes: number
  /** Of whole messages. */
  readonly outBytes: number
  /** By the server, in RTMP. */
  readonly outBytesAcked: number
  /** By the other end's TCP; null where that is not known. */
  readonly acknowledged: number | null
  /** By this system's TCP, whether rtmp2src has read it or not; null where that is not known. */
  readonly received: number | null
}

/**
 * Takes the connections of librtmp on a port of the loopback and makes them to the server: what the server sends goes
 * through in whole messages, and what librtmp could not survive does not. What is refused it tells by 'rxgst-refused'.
 */
export interface RtmpRelay {
  /** 0: the system has none left. */
  port(): number
  /** Who tells it. */
  watch(element: ElementHandle): void
  /** Ends its connections: librtmp returns from whatever it waits for. */
  close(): void
}

/** What the room exports. */
export interface RtmpExports {
  /** `timeout`: for the server to take the connection, ms. */
  RtmpRelay: new (
    host: string,
    port: number,
    timeout: number,
  ) => RtmpRelay
  transportStats(element: ElementHandle): TransportStats | null
  /**
   * Where pictures are wanted soon: a server that waits for acknowledgements is not kept waiting. Before it connects.
   */
  acknowledgePromptly(rtmp2src: ElementHandle): void
}
