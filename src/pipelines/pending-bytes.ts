/** What comes between two looks and never comes out: acknowledgements, pings. Handshake and commands are little, once. */
const PROTOCOL = 64
/** Chunk headers: one byte in 128 at RTMP's first chunk size, and up to 18 for a message of a few bytes. */
const OVERHEAD = 1.2

/**
 * How many bytes a source holds that came off the network and belong to messages which are not complete; an estimate
 * from both counters' growth since the last look. Overhead does not add up: where all comes out, it stays at 0.
 */
export function pendingBytes(before: number, came: number, cameOut: number): number {
  return Math.max(0, before + came - PROTOCOL - cameOut * OVERHEAD)
}
