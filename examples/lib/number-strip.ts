import { fillRect, type Area, type Canvas, type Color } from './canvas'

// A number drawn into the frame as a row of black and white blocks: 24 bits, highest first, and 8 bits of checksum. The
// blocks are a fraction of the frame, much larger than an encoder's blur, so they are readable at any bitrate.
const NUMBER_BITS = 24
const CHECK_BITS = 8
const BLOCKS = NUMBER_BITS + CHECK_BITS

const BLACK: Color = [16, 16, 16]
const WHITE: Color = [235, 235, 235]

/** Draws a number along the lower edge. */
export function drawNumber(canvas: Canvas, number: number): void {
  bitsOf(number % 2 ** NUMBER_BITS).forEach((bit, i) => fillRect(canvas, block(canvas, i), bit ? WHITE : BLACK))
}

/** The number in the frame; null if there is none. */
export function readNumber(canvas: Canvas): number | null {
  let number = 0
  const bits: number[] = []
  for (let i = 0; i < BLOCKS; i++) {
    const green = greenOf(canvas, block(canvas, i))
    if (green > 96 && green < 160) return null
    const bit = green > 128 ? 1 : 0
    bits.push(bit)
    if (i < NUMBER_BITS) number = number * 2 + bit
  }
  return bitsOf(number).every((bit, i) => bit === bits[i]) ? number : null
}

function block({ width, height }: Canvas, index: number): Area {
  const unit = height / 36
  const pitch = (width - 4 * unit) / BLOCKS
  const x = Math.round(2 * unit + index * pitch)
  const y = Math.round(34.5 * unit)
  return { x, y, width: Math.round(2 * unit + (index + 1) * pitch) - x, height: Math.round(35.5 * unit) - y }
}

/** Mean of the middle of a block, away from its blurred edges. */
function greenOf({ data, width }: Canvas, area: Area): number {
  let sum = 0
  let count = 0
  for (let y = area.y + (area.height >> 2); y < area.y + area.height - (area.height >> 2); y++) {
    for (let x = area.x + (area.width >> 2); x < area.x + area.width - (area.width >> 2); x++) {
      sum += data[(y * width + x) * 3 + 1]!
      count++
    }
  }
  return sum / count
}

/** The checksum of 0 is not 0, so a black edge is not a number. */
function bitsOf(number: number): number[] {
  const check = (((number & 255) ^ ((number >> 8) & 255) ^ ((number >> 16) & 255)) * 167 + 91) & 255
  const bits = (value: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1)
  return [...bits(number, NUMBER_BITS), ...bits(check, CHECK_BITS)]
}
