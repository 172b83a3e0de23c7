/** A bitmap font of 5 × 7 dots: seven rows per glyph, top row first; the leftmost dot is the highest of five bits. */
export const GLYPH_WIDTH = 5
export const GLYPH_HEIGHT = 7

const ROWS: Readonly<Record<string, string>> = {
  A: '0E11111F111111',
  B: '1E11111E11111E',
  C: '0E11101010110E',
  D: '1E11111111111E',
  E: '1F10101E10101F',
  F: '1F10101E101010',
  G: '0E11101711110F',
  H: '1111111F111111',
  I: '0E04040404040E',
  J: '0702020202120C',
  K: '11121418141211',
  L: '1010101010101F',
  M: '111B1515111111',
  N: '11111915131111',
  O: '0E11111111110E',
  P: '1E11111E101010',
  Q: '0E11111115120D',
  R: '1E11111E141211',
  S: '0F10100E01011E',
  T: '1F040404040404',
  U: '1111111111110E',
  V: '11111111110A04',
  W: '1111111515150A',
  X: '11110A040A1111',
  Y: '11110A04040404',
  Z: '1F01020408101F',
  0: '0E11131519110E',
  1: '040C040404040E',
  2: '0E11010204081F',
  3: '1F02040201110E',
  4: '02060A121F0202',
  5: '1F101E0101110E',
  6: '0608101E11110E',
  7: '1F010204080808',
  8: '0E11110E11110E',
  9: '0E11110F01020C',
  ':': '00040400040400',
  '.': '00000000000C0C',
  '-': '0000000E000000',
  '/': '00010204081000',
  '#': '0A0A1F0A1F0A0A',
  '>': '10080402040810',
  '%': '18190204081303',
}

/** A run of dots: `dots` of them from column `x` in row `y`. */
export interface Run {
  readonly x: number
  readonly y: number
  readonly dots: number
}

const glyphs = new Map(Object.entries(ROWS).map(([character, rows]) => [character, runsOf(rows)]))

/** Capitals, digits and some signs; any other character is a blank. */
export function glyph(character: string): readonly Run[] {
  return glyphs.get(character) ?? []
}

function runsOf(rows: string): Run[] {
  const runs: Run[] = []
  for (let y = 0; y < GLYPH_HEIGHT; y++) {
    const bits = parseInt(rows.slice(y * 2, y * 2 + 2), 16)
      .toString(2)
      .padStart(GLYPH_WIDTH, '0')
    for (const found of bits.matchAll(/1+/g)) runs.push({ x: found.index, y, dots: found[0].length })
  }
  return runs
}
