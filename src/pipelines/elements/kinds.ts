/** The property types of elements.ts. */

/** A 64-bit integer: a bigint above 2⁵³. */
export type Long = number | bigint
/** A fraction, such as '30000/1001'. */
export type Fraction = `${number}/${number}`
/** One nick, or several: 'faststart+isml'. */
export type Flags<Nick extends string> = Nick | `${Nick}+${string}` | number
