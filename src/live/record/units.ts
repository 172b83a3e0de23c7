import { badOption, badValue } from '../../core/check'

/** Lengths of time and sizes, as people write them in options. */

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const BYTES = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const

/** A number of milliseconds, or text like '90s', '10m', '12h' or '7d'. */
export function checkDuration(name: string, value: unknown, min: number, max: number): number {
  const [, digits, unit] = (typeof value === 'string' && /^(\d{1,9}(?:\.\d{1,6})?)(ms|[smhd])$/.exec(value)) || []
  const ms = typeof value === 'number' ? value : Number(digits) * MS[unit as keyof typeof MS]
  if (ms >= min && ms <= max) return ms
  throw refuse(`milliseconds from ${min} to ${max} (a number, or text like '90s', '10m' or '7d')`, name, value)
}

/** A number of bytes, or text like '500M', '20G' or '1.5T', in powers of 1000. */
export function checkBytes(name: string, value: unknown, min: number): number {
  const [, digits, unit] = (typeof value === 'string' && /^(\d{1,15}(?:\.\d{1,6})?)([kKMGT]?)$/.exec(value)) || []
  const bytes = Math.round(typeof value === 'number' ? value : Number(digits) * BYTES[unit as keyof typeof BYTES])
  if (bytes >= min && bytes <= Number.MAX_SAFE_INTEGER) return bytes
  throw refuse(`at least ${min} bytes (a number, or text like '500M' or '20G')`, name, value)
}

function refuse(what: string, name: string, value: unknown): Error {
  return (typeof value === 'number' || typeof value === 'string' ? badValue : badOption)(what, name, value)
}
