/** What a connection has been given and what has left on it, both since its beginning. */
export interface Traffic {
  readonly packets: number
  /** As near to the other end as can be known. */
  readonly bytes: number
}

export interface Progress extends Traffic {
  /** ms: when bytes last left, or when there was nothing to send. */
  readonly at: number
}

/**
 * A connection that is given packets and moves no byte stands still: its server has stopped reading, or the network is
 * gone, and neither says so. One that is slow moves; one that is given nothing has no reason to.
 */
export function progress(before: Progress, now: Traffic, at: number): Progress {
  const stands = now.bytes === before.bytes && now.packets > before.packets
  return stands ? before : { ...now, at }
}

/**
 * A connection is made anew when its time gets here, ms: RTMP's timestamps have 32 bits, and what reads them as signed
 * ones breaks after 24.85 days (2³¹ ms).
 */
export const LONGEST_CONNECTION = 24 * 86_400_000
