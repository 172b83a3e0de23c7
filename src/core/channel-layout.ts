import { checkInteger } from './check'

/**
 * The usual layout for a number of channels, as a WAVE speaker mask: mono, stereo, 3.0, quad, 5.0, 5.1, 6.1, 7.1. 0: no
 * particular layout.
 */
function usualLayout(channels: number): number {
  return LAYOUTS[channels] ?? 0
}

/** 5.1 has back speakers; 6.1 and 7.1 also have side speakers. */
const LAYOUTS: readonly number[] = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0xc3f]

/** The layout of a chunk: its own mask, or the usual layout. Throws ERR_OPTION if the mask is not a mask. */
export function layoutOf(option: string, mask: number | undefined, channels: number): number {
  return mask === undefined ? usualLayout(channels) : checkInteger(option, mask, 0, Number.MAX_SAFE_INTEGER)
}
