import { glyph, GLYPH_HEIGHT, GLYPH_WIDTH } from './font'

/** A frame of RGB rows without padding, as captures give and outputs take. */
export interface Canvas {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

export type Color = readonly [red: number, green: number, blue: number]

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Fills an area; parts outside of the canvas are ignored. */
export function fillRect(canvas: Canvas, area: Area, [red, green, blue]: Color): void {
  const { data, width } = canvas
  const { left, right, top, bottom } = clip(canvas, area)
  if (right <= left || bottom <= top) return
  const first = (top * width + left) * 3
  const end = first + (right - left) * 3
  for (let i = first; i < end; i += 3) {
    data[i] = red
    data[i + 1] = green
    data[i + 2] = blue
  }
  // The other rows are copies of the first one.
  for (let row = top + 1; row < bottom; row++) data.copyWithin((row * width + left) * 3, first, end)
}

/** Blends a colour over an area; `opacity` from 0 to 1. */
export function blendRect(canvas: Canvas, area: Area, color: Color, opacity: number): void {
  const { data, width } = canvas
  const { left, right, top, bottom } = clip(canvas, area)
  const keep = Math.round((1 - opacity) * 256)
  const [red, green, blue] = color.map(value => value * (256 - keep)) as [number, number, number]
  for (let row = top; row < bottom; row++) {
    for (let i = (row * width + left) * 3, end = (row * width + right) * 3; i < end; i += 3) {
      data[i] = (data[i]! * keep + red) >> 8
      data[i + 1] = (data[i + 1]! * keep + green) >> 8
      data[i + 2] = (data[i + 2]! * keep + blue) >> 8
    }
  }
}

export function fillCircle(canvas: Canvas, x: number, y: number, radius: number, color: Color): void {
  for (let dy = -radius; dy <= radius; dy++) {
    const half = Math.round(Math.sqrt(radius * radius - dy * dy))
    fillRect(canvas, { x: x - half, y: y + dy, width: 2 * half + 1, height: 1 }, color)
  }
}

/** Draws text. `size`: pixels per dot. `within`: the columns to draw in, for text that scrolls through a window. */
export function drawText(
  canvas: Canvas,
  text: string,
  x: number,
  y: number,
  size: number,
  color: Color,
  within: { readonly left: number; readonly right: number } = { left: 0, right: canvas.width },
): void {
  const advance = (GLYPH_WIDTH + 1) * size
  for (let i = 0; i < text.length; i++) {
    const at = x + i * advance
    if (at >= within.right || at + advance <= within.left) continue
    for (const run of glyph(text[i]!.toUpperCase())) {
      const left = Math.max(at + run.x * size, within.left)
      const right = Math.min(at + (run.x + run.dots) * size, within.right)
      fillRect(canvas, { x: left, y: y + run.y * size, width: right - left, height: size }, color)
    }
  }
}

export function textWidth(text: string, size: number): number {
  return Math.max(0, text.length * (GLYPH_WIDTH + 1) - 1) * size
}

export function textHeight(size: number): number {
  return GLYPH_HEIGHT * size
}

function clip(
  canvas: Canvas,
  { x, y, width, height }: Area,
): { left: number; right: number; top: number; bottom: number } {
  return {
    left: Math.max(0, x),
    right: Math.min(canvas.width, x + width),
    top: Math.max(0, y),
    bottom: Math.min(canvas.height, y + height),
  }
}
