import type { RTMPOutput } from '../../../src/index'
import { beepFrequency } from '../../support/peers/ffmpeg'
import { sine } from '../../support/media/audio'
import { pattern } from './pattern'

/**
 * Pictures with a number. At every `every`th one a flash and a beep begin, which test/chaos/flash-beep reads.
 */
export interface Flashing {
  /** Numbers written so far. */
  readonly written: number
  /** Ends the writing; rejects with the error of a failed write. */
  stop(): Promise<void>
}

/** Upper left: it flashes. The other quarters: which flash it is, modulo 8. */
function flashOf(width: number, height: number, number: number): Uint8Array {
  const picture = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)
      if (quarter === 0 || (number >> (quarter - 1)) & 1)
        picture.fill(250, (y * width + x) * 3, (y * width + x + 1) * 3)
    }
  }
  return picture
}

/** Writes them as fast as the output takes them, until stop(). */
export function flash(
  output: RTMPOutput,
  width: number,
  height: number,
  fps: number,
  rate = 44_100,
  every = fps,
): Flashing {
  const flashes = Array.from({ length: 8 }, (_, number) => flashOf(width, height, number))
  let over = false
  let written = 0
  const running = (async () => {
    for (; !over; written++) {
      const bright = written % every < 3
      const number = Math.floor(written / every) % 8
      const [from, to] = [written, written + 1].map(n => Math.round((n * rate) / fps)) as [number, number]
      const sound = sine({
        frequency: beepFrequency(number),
        rate,
        from,
        count: to - from,
        channels: 2,
        amplitude: bright ? 0.8 : 0,
      })
      await output.writeFrameWithAudio(bright ? flashes[number]! : pattern(width, height, written), sound)
    }
  })()
  running.catch(() => {})
  return {
    get written() {
      return written
    },
    stop: async () => {
      over = true
      await running
    },
  }
}
