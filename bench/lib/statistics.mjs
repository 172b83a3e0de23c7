/** The value below which `part` (0 … 1) of the numbers lie; null of none. */
export function percentile(numbers, part) {
  if (numbers.length === 0) return null
  const sorted = Float64Array.from(numbers).sort()
  const at = (sorted.length - 1) * part
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

export function median(numbers) {
  return percentile(numbers, 0.5)
}

/** How noisy a figure is: from the lowest to the highest round, in parts of the median. */
export function spread(numbers) {
  const middle = median(numbers)
  return middle ? (Math.max(...numbers) - Math.min(...numbers)) / middle : null
}

/** Slope of y over x by least squares. */
export function slope(points) {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return below === 0 ? 0 : above / below
}

/** `digits` behind the point; null stays null. */
export function round(number, digits = 1) {
  return number === null || number === undefined || !Number.isFinite(number) ? null : Number(number.toFixed(digits))
}
