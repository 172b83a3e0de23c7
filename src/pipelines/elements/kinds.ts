/** The types of properties that elements.ts is written in. */

/** 64 bits: past 2⁵³ a bigint. */
export type Long = number | bigint
/** As '30000/1001'. */
export type Fraction = `${number}/${number}`
/** One nick, or several: 'faststart+isml'. */
export type Flags<Nick extends string> = Nick | `${Nick}+${string}` | number
