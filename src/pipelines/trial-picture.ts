/** Colour bars of 75 %: Y, U, V of each. */
const BARS: readonly (readonly [number, number, number])[] = [
  [180, 128, 128],
  [162, 44, 142],
  [131, 156, 44],
  [112, 72, 58],
  [84, 184, 198],
  [65, 100, 212],
  [35, 212, 114],
  [16, 128, 128],
]
/** Pixels that the bars move per frame; even, for planes of half the size. */
const STEP = 8

/** Frame `number` of a trial as I420: bars of every colour that move, over a ramp that moves the other way. */
export function trialFrame(number: number, width: number, height: number): Uint8Array {
  const picture = new Uint8Array((width * height * 3) / 2)
  const ramp = Math.floor(height / 3)
  let at = 0
  for (const [plane, shift] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const) {
    const [across, down] = [width >> shift, height >> shift]
    const bars = Uint8Array.from({ length: across }, (_, x) => {
      const place = ((x << shift) + number * STEP) % width
      return BARS[Math.floor((place * BARS.length) / width)]![plane]
    })
    const ramps = Uint8Array.from({ length: across }, (_, x) => {
      const place = ((x << shift) + width - ((number * STEP) % width)) % width
      return plane === 0 ? 16 + Math.floor((place * 219) / width) : 128
    })
    for (let y = 0; y < down; y++, at += across) picture.set(y << shift < height - ramp ? bars : ramps, at)
  }
  return picture
}
