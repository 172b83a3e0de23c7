import type { FanoutStats, NativeFanout, TargetStats } from '../../addon/output'

/** What a recording and a peer of SRT ask of a fan-out. */
export type StreamFanout = Pick<NativeFanout, 'addStream' | 'listen'>

/** Where a connection that is none of RTMP gets its packets: an encoding, or what a relay copies. */
export interface PacketSource {
  /**
   * Adds a target, which begins with a keyframe.
   * @param add adds it, and returns its number
   */
  addTarget(add: (fanout: StreamFanout) => number): number
  /** With `end` what waits still leaves, then end-of-stream; else returns how many packets are lost. */
  removeTarget(id: number, end: boolean): number
  targetStats(id: number): TargetStats | null
  /** null: it has not begun, or has ended. */
  stats(): Pick<FanoutStats, 'videoPackets'> | null
  /** Something is sent within `ms`. */
  fillAfter(ms: number): void
}
