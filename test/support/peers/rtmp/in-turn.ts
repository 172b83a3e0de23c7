import type { Behaviour, ServeFile } from './behaviour'
import type { FlvTag } from './flv'

/** The first connection meets the first of them and so on; the last one holds for all that come then. */
export function inTurn(...behaviours: readonly Behaviour[]): (index: number) => Behaviour {
  return index => behaviours[Math.min(index, behaviours.length - 1)]!
}

/** The same so many times: `inTurn(...times(3, { kind: 'reject-publish' }), { kind: 'accept-publish' })`. */
export function times(count: number, behaviour: Behaviour): Behaviour[] {
  return Array.from({ length: count }, () => behaviour)
}

export interface Timestamps {
  /** The first one, ms. */
  start?: number
  /** From a moment of the file on (ms) all are later by so much; negative = they go back. */
  jumps?: readonly { at: number; by: number }[]
}

/** For ServeFile's `edit`: other timestamps at the same pace. They wrap as RTMP's do, at 2³² ms. */
export function timestamps({ start = 0, jumps = [] }: Timestamps): NonNullable<ServeFile['edit']> {
  return (tag: FlvTag) => {
    const jumped = jumps.reduce((sum, { at, by }) => sum + (tag.timestamp >= at ? by : 0), 0)
    return [{ ...tag, timestamp: (tag.timestamp + start + jumped) >>> 0 }]
  }
}

/** 2³² ms less what is still to come before the wrap. */
export const beforeWrap = (ms: number): number => 2 ** 32 - ms
