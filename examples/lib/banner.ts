import { blendRect, drawText, fillRect, textHeight, textWidth, type Canvas, type Color } from './canvas'

const DARK: Color = [6, 20, 32]
const ACCENT: Color = [64, 224, 208]
const INK: Color = [240, 248, 250]
const LABEL = 'rxgst relay'

/**
 * Draws the relay's banner on a frame: a translucent bar with a ticker, and a light that runs along its upper edge.
 * `time` (s) moves them, so the speed is the same at any frame rate.
 */
export function drawBanner(canvas: Canvas, time: number, news: string): void {
  const { width, height } = canvas
  const unit = height / 36
  const at = (units: number): number => Math.round(units * unit)
  const size = Math.max(1, at(0.16))
  const band = { x: at(2), y: at(29), width: width - at(4), height: at(3) }
  const textTop = band.y + ((band.height - textHeight(size)) >> 1)
  blendRect(canvas, band, DARK, 0.7)

  const edge = Math.max(1, at(0.15))
  fillRect(canvas, { x: band.x, y: band.y, width: band.width, height: edge }, [20, 84, 92])
  const glow = at(6)
  const place = Math.round(((time * 0.4) % 1) * (band.width + glow)) - glow
  const left = Math.max(0, place)
  fillRect(
    canvas,
    { x: band.x + left, y: band.y, width: Math.min(place + glow, band.width) - left, height: edge },
    ACCENT,
  )

  const label = { x: band.x, y: band.y + edge, width: textWidth(LABEL, size) + at(2), height: band.height - edge }
  fillRect(canvas, label, ACCENT)
  drawText(canvas, LABEL, label.x + at(1), textTop, size, DARK)

  const window = { left: label.x + label.width + at(0.5), right: band.x + band.width - at(0.5) }
  const loop = textWidth(news, size) + at(8)
  const start = window.left - (Math.round(time * 5 * unit) % loop)
  for (let x = start; x < window.right; x += loop) drawText(canvas, news, x, textTop, size, INK, window)
}
