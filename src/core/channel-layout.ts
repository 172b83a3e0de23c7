import { checkInteger } from './check'

/**
 * The layout that so many channels usually have, as a mask of speakers (WAVE's, in the order of its bits): mono,
 * stereo, 3.0, quad, 5.0, 5.1, 6.1, 7.1. 0: none in particular.
 */
function usualLayout(channels: number): number {
  return LAYOUTS[channels] ?? 0
}

/** 5.1 has its surround speakers behind, 6.1 and 7.1 theirs at the sides, too. */
const LAYOUTS: readonly number[] = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0xc3f]

/** The layout of a chunk: the one that it names, or the usual one. ERR_OPTION: no mask. */
export function layoutOf(option: string, mask: number | undefined, channels: number): number {
  return mask === undefined ? usualLayout(channels) : checkInteger(option, mask, 0, Number.MAX_SAFE_INTEGER)
}
