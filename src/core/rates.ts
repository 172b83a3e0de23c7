import { badOption, badValue } from './check'

export interface Fraction {
  readonly n: number
  readonly d: number
}

/** Frame rates that people write rounded but that mean n × 1000/1001. */
const NTSC_BASES = [12, 15, 24, 30, 48, 60, 120]
/** 23.98 and 23.976 both mean 24000/1001. The distance to the whole rates is at least 0.012. */
const NTSC_TOLERANCE = 0.005
/** 33.333 means 100/3, 16.667 means 50/3. */
const ROUNDED = 0.0005
const EXACT = 1e-9

/**
 * The simplest fraction that `fps` (1 to 120) can mean. The output's clock counts in this fraction, so rounding changes
 * the rate very little and never makes audio and video drift apart.
 */
export function fpsToFraction(fps: number): Fraction {
  for (const base of NTSC_BASES) {
    if (Math.abs(fps - (base * 1000) / 1001) < NTSC_TOLERANCE) return { n: base * 1000, d: 1001 }
  }
  return nearest(fps, 4, ROUNDED) ?? nearest(fps, 1000, EXACT) ?? { n: Math.round(fps * 1000), d: 1000 }
}

function nearest(fps: number, maxDenominator: number, tolerance: number): Fraction | null {
  for (let d = 1; d <= maxDenominator; d++) {
    const n = Math.round(fps * d)
    if (Math.abs(n / d - fps) < tolerance) return { n, d }
  }
  return null
}

const UNIT = { '': 1, k: 1_000, K: 1_000, M: 1_000_000 } as const

const MIN_BITRATE = 10_000
const MAX_BITRATE = 200_000_000

/** '2500k', '4M', '800000' or a number, as bit/s. Not 'm', which means a thousandth in ffmpeg. */
export function checkBitrate(name: string, value: unknown): number {
  const bitrate = Math.round(typeof value === 'number' ? value : typeof value === 'string' ? parseBitrate(value) : NaN)
  if (bitrate >= MIN_BITRATE && bitrate <= MAX_BITRATE) return bitrate
  throw (typeof value === 'number' || typeof value === 'string' ? badValue : badOption)(
    `bit/s from ${MIN_BITRATE} to ${MAX_BITRATE} (a number, or text like '2500k' or '4M')`,
    name,
    value,
  )
}

function parseBitrate(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)([kKM]?)$/.exec(text) ?? []
  return Number(digits) * UNIT[unit as keyof typeof UNIT]
}
