import { meanLuma, type Region } from './picture'

// A number as black and white blocks: 8 columns × 5 rows in the left half of the picture, 32 bits and a checksum row.
// Blocks are fractions of the picture, so that a scaled picture reads the same; from 320×180 up they are at least a
// macroblock wide, which survives any bitrate at which a picture can be recognised.
const COLUMNS = 8
const ROWS = 5
const LEFT = 1 / 32
const TOP = 1 / 18
const BLOCK_WIDTH = 1 / 16
const BLOCK_HEIGHT = 1 / 9

/** Burns a number (0 … 2³²−1) into a tight RGB picture; what is drawn elsewhere stays. */
export function drawClock(rgb: Uint8Array, width: number, height: number, value: number): void {
  bitsOf(value >>> 0).forEach((bit, i) => {
    const { x, y, width: columns, height: rows } = block(i, width, height)
    for (let row = y; row < y + rows; row++) {
      const start = (row * width + x) * 3
      rgb.fill(bit ? 255 : 0, start, start + columns * 3)
    }
  })
}

/** The number burned in, or null when there is none that can be trusted. */
export function readClock(rgb: Uint8Array, width: number, height: number): number | null {
  const bits: number[] = []
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    const luma = meanLuma(rgb, width, height, middle(block(i, width, height)))
    if (luma > 90 && luma < 165) return null
    bits.push(luma > 127 ? 1 : 0)
  }
  const value = bits.slice(0, 32).reduce((sum, bit) => sum * 2 + bit, 0)
  return bitsOf(value).every((bit, i) => bit === bits[i]) ? value : null
}

/** 32 bits, most significant first, and 8 of checksum; the checksum of 0 is not 0, so that black is no number. */
function bitsOf(value: number): number[] {
  let sum = 0xa5
  for (let shift = 0; shift < 32; shift += 8) sum = ((sum ^ ((value >>> shift) & 255)) * 167 + 29) & 255
  const bit = (word: number, size: number) => Array.from({ length: size }, (_, i) => (word >>> (size - 1 - i)) & 1)
  return [...bit(value, 32), ...bit(sum, 8)]
}

function block(index: number, width: number, height: number): Region {
  const column = index % COLUMNS
  const row = Math.floor(index / COLUMNS)
  const x = Math.round((LEFT + column * BLOCK_WIDTH) * width)
  const y = Math.round((TOP + row * BLOCK_HEIGHT) * height)
  const right = Math.round((LEFT + (column + 1) * BLOCK_WIDTH) * width)
  const bottom = Math.round((TOP + (row + 1) * BLOCK_HEIGHT) * height)
  return { x, y, width: right - x, height: bottom - y }
}

/** Without the edges, which scaling and compression blur. */
function middle({ x, y, width, height }: Region): Region {
  const [dx, dy] = [Math.floor(width / 4), Math.floor(height / 4)]
  return { x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy }
}
