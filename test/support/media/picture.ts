/** Peak signal to noise ratio in dB; Infinity when equal. 30 is a fair H.264 picture, 47 is one rounding away. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length || a.length === 0) throw new Error(`pictures of ${a.length} and ${b.length} bytes`)
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum === 0 ? Infinity : 10 * Math.log10(255 ** 2 / (sum / a.length))
}

/** The greatest difference of any one value. */
export function maxDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`pictures of ${a.length} and ${b.length} bytes`)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}

export interface Region {
  x: number
  y: number
  width: number
  height: number
}

/** Mean red, green and blue of a region (the whole picture unless given) of a tight RGB picture. */
export function meanColor(rgb: Uint8Array, width: number, height: number, region?: Region): [number, number, number] {
  const { x, y, width: columns, height: rows } = region ?? { x: 0, y: 0, width, height }
  let [red, green, blue] = [0, 0, 0]
  for (let row = y; row < y + rows; row++) {
    for (let i = (row * width + x) * 3, end = i + columns * 3; i < end; i += 3) {
      red += rgb[i]!
      green += rgb[i + 1]!
      blue += rgb[i + 2]!
    }
  }
  const count = columns * rows
  return [red / count, green / count, blue / count]
}

/** 0 … 255, weighted as BT.601 does. */
export function meanLuma(rgb: Uint8Array, width: number, height: number, region?: Region): number {
  const [red, green, blue] = meanColor(rgb, width, height, region)
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

/** A tight RGB picture of one colour. */
export function solid(width: number, height: number, color: readonly [number, number, number]): Uint8Array {
  const [red, green, blue] = color
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < rgb.length; i += 3) {
    rgb[i] = red
    rgb[i + 1] = green
    rgb[i + 2] = blue
  }
  return rgb
}
