import { drawText, fillCircle, fillRect, textHeight, textWidth, type Canvas, type Color } from './canvas'
import { drawNumber } from './number-strip'

export interface ProgrammeOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Default 44100. */
  readonly sampleRate?: number
  /** Default 2. */
  readonly channels?: number
}

/** A test programme: picture and audio of frame n depend only on n. */
export interface Programme {
  /** Draws all of frame n into width × height × 3 bytes of RGB. */
  draw(n: number, into: Uint8Array): void
  /** The audio from frame n to frame n + 1, interleaved; together, the pieces are continuous audio. */
  sound(n: number): Float32Array
}

/** Length of the flash and the beep at every full second, s. */
const FLASH = 0.1
const BEEP_HERTZ = 1000
const BEEP_LEVEL = 0.25
/** Length of the ramps at both ends of the beep, s: without them, it would click. */
const BEEP_RAMP = 0.002

const INK: Color = [228, 233, 240]
const DIM: Color = [120, 134, 156]
const ACCENT: Color = [255, 176, 32]
const LAMP_OFF: Color = [44, 54, 74]
const WHITE: Color = [255, 255, 255]
const WELL: Color = [10, 14, 22]
/** Colour bars at 75 %, as in television. */
const BARS: readonly Color[] = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
  [24, 24, 24],
]

export function createProgramme({
  width,
  height,
  fps,
  sampleRate = 44_100,
  channels = 2,
}: ProgrammeOptions): Programme {
  const layout = layoutOf(width, height)
  const background = drawBackground({ data: new Uint8Array(width * height * 3), width, height }, layout, fps)
  const bars = drawBarsRow(width)
  const second = beepSecond(sampleRate)
  const position = (n: number): number => Math.round((n * sampleRate) / fps)

  return {
    draw(n, into) {
      const canvas = { data: into, width, height }
      const time = n / fps
      into.set(background)
      drawMovingBars(canvas, layout, bars, time)
      drawClock(canvas, layout, n, fps)
      drawLamp(canvas, layout, time)
      drawBouncingBox(canvas, layout, time)
      drawNumber(canvas, n)
    },

    sound(n) {
      const from = position(n)
      const samples = new Float32Array((position(n + 1) - from) * channels)
      for (let i = 0; i < samples.length; i++) samples[i] = second[(from + Math.floor(i / channels)) % sampleRate]!
      return samples
    },
  }
}

/** All units are 1/36 of the height, so that every size looks alike. */
interface Layout {
  readonly unit: number
  readonly bars: { readonly y: number; readonly height: number }
  readonly clock: { readonly x: number; readonly y: number; readonly size: number }
  readonly lamp: { readonly x: number; readonly y: number; readonly radius: number }
  readonly well: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

function layoutOf(width: number, height: number): Layout {
  const unit = height / 36
  const at = (units: number): number => Math.round(units * unit)
  // As large as the height allows; in a narrow frame, as the width allows.
  const size = Math.max(1, Math.floor(Math.min(0.65 * unit, (width - 18 * unit) / 70)))
  return {
    unit,
    bars: { y: at(4), height: at(9) },
    clock: { x: at(2), y: at(17), size },
    lamp: { x: width - at(7), y: at(20), radius: at(2.6) },
    well: { x: at(2), y: at(26.5), width: width - at(4), height: at(7) },
  }
}

function drawBackground(canvas: Canvas, { unit, bars, lamp, well }: Layout, fps: number): Uint8Array {
  const { width, height } = canvas
  const at = (units: number): number => Math.round(units * unit)
  for (let y = 0; y < height; y++) {
    const shade = y / height
    fillRect(
      canvas,
      { x: 0, y, width, height: 1 },
      [14 + 10 * shade, 20 + 16 * shade, 34 + 28 * shade].map(Math.round) as unknown as Color,
    )
  }
  const line: Color = [30, 40, 62]
  for (let x = at(2) % at(4); x < width; x += at(4)) fillRect(canvas, { x, y: 0, width: 1, height }, line)
  for (let y = at(2) % at(4); y < height; y += at(4)) fillRect(canvas, { x: 0, y, width, height: 1 }, line)

  const size = Math.max(1, at(0.16))
  const title = 'rxgst test programme'
  const about = `${width} x ${height}  ${Number(fps.toFixed(2))} fps`
  const aboutAt = width - at(2) - textWidth(about, size)
  drawText(canvas, title, at(2), at(1.6), size, INK)
  if (aboutAt > at(4) + textWidth(title, size)) drawText(canvas, about, aboutAt, at(1.6), size, DIM)

  // Grey steps below the bars, from black to white.
  const steps = 16
  for (let step = 0; step < steps; step++) {
    const x = Math.round((step * width) / steps)
    const grey = Math.round((step * 255) / (steps - 1))
    const next = Math.round(((step + 1) * width) / steps)
    fillRect(canvas, { x, y: bars.y + bars.height, width: next - x, height: at(1.5) }, [grey, grey, grey])
  }

  fillCircle(canvas, lamp.x, lamp.y, lamp.radius, LAMP_OFF)
  const beep = '1 kHz'
  drawText(canvas, beep, lamp.x - (textWidth(beep, size) >> 1), lamp.y + lamp.radius + at(1.6), size, DIM)

  const frame = Math.max(1, at(0.1))
  fillRect(canvas, well, DIM)
  fillRect(
    canvas,
    { x: well.x + frame, y: well.y + frame, width: well.width - 2 * frame, height: well.height - 2 * frame },
    WELL,
  )
  return canvas.data
}

/** One row of the bars, twice side by side: any window of it, `width` wide, is the row at one moment. */
function drawBarsRow(width: number): Uint8Array {
  const row = { data: new Uint8Array(width * 2 * 3), width: width * 2, height: 1 }
  for (let i = 0; i < BARS.length * 2; i++) {
    const x = Math.round((i * width) / BARS.length)
    const next = Math.round(((i + 1) * width) / BARS.length)
    fillRect(row, { x, y: 0, width: next - x, height: 1 }, BARS[i % BARS.length]!)
  }
  return row.data
}

/** The bars move from right to left, the whole width in ten seconds. */
function drawMovingBars({ data, width }: Canvas, { bars }: Layout, row: Uint8Array, time: number): void {
  const shift = Math.floor((time * width) / 10) % width
  const window = row.subarray(shift * 3, (shift + width) * 3)
  for (let y = bars.y; y < bars.y + bars.height; y++) data.set(window, y * width * 3)
}

function drawClock(canvas: Canvas, { clock, unit }: Layout, n: number, fps: number): void {
  const { x, y, size } = clock
  // A small amount more, because the float sum of 30 frames of 1/30 can be below one second.
  const time = n / fps + 1e-6
  const seconds = Math.floor(time)
  const text = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(part => pad(Math.floor(part), 2)).join(':')
  drawText(canvas, text, x, y, size, INK)
  const small = Math.max(1, size >> 1)
  const right = x + textWidth(text, size) + 2 * size
  drawText(
    canvas,
    `.${pad(Math.floor((time % 1) * fps), 2)}`,
    right,
    y + textHeight(size) - textHeight(small),
    small,
    ACCENT,
  )
  drawText(canvas, `frame ${pad(n, 7)}`, x, y + textHeight(size) + Math.round(1.2 * unit), Math.max(1, small >> 1), DIM)
}

/** White in the first tenth of every second, with a dot that circles it once per second: at the top at the flash. */
function drawLamp(canvas: Canvas, { lamp, unit }: Layout, time: number): void {
  const phase = (time + 1e-6) % 1
  if (phase < FLASH) fillCircle(canvas, lamp.x, lamp.y, lamp.radius, WHITE)
  const angle = phase * 2 * Math.PI
  const orbit = lamp.radius + 0.8 * unit
  const x = Math.round(lamp.x + Math.sin(angle) * orbit)
  const y = Math.round(lamp.y - Math.cos(angle) * orbit)
  fillCircle(canvas, x, y, Math.max(1, Math.round(0.3 * unit)), ACCENT)
}

function drawBouncingBox(canvas: Canvas, { well, unit }: Layout, time: number): void {
  const side = Math.round(2 * unit)
  const margin = Math.max(2, Math.round(0.2 * unit))
  const x = well.x + margin + bounce(time * 14 * unit, well.width - 2 * margin - side)
  const y = well.y + margin + bounce(time * 5 * unit, well.height - 2 * margin - side)
  fillRect(canvas, { x, y, width: side, height: side }, ACCENT)
  const edge = Math.max(1, Math.round(0.3 * unit))
  fillRect(canvas, { x: x + edge, y: y + edge, width: side - 2 * edge, height: side - 2 * edge }, WELL)
}

/** Position after the distance `way` between two walls, `room` apart. */
function bounce(way: number, room: number): number {
  const place = way % (2 * room)
  return Math.round(place < room ? place : 2 * room - place)
}

/** One second of mono: a beep in its first tenth. */
function beepSecond(rate: number): Float32Array {
  const samples = new Float32Array(rate)
  const length = Math.round(FLASH * rate)
  const ramp = Math.max(1, Math.round(BEEP_RAMP * rate))
  for (let i = 0; i < length; i++) {
    const level = BEEP_LEVEL * Math.min(1, i / ramp, (length - i) / ramp)
    samples[i] = level * Math.sin((2 * Math.PI * BEEP_HERTZ * i) / rate)
  }
  return samples
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
