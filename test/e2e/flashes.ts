import type { RTMPOutput } from '../../src/index'
import { solid } from '../support/picture'
import { sine } from '../support/sound'
import { pattern } from './pattern'

/** Pictures with a number, of which each `every`th is white for a moment and beeps with it: what test/chaos/flash-beep reads. */
export interface Flashing {
  /** Numbers written so far. */
  readonly written: number
  /** Ends the writing; rejects with what a write failed with. */
  stop(): Promise<void>
}

/** Writes them as fast as the output takes them, until told to stop. */
export function flash(output: RTMPOutput, width: number, height: number, fps: number, rate = 44_100, every = fps): Flashing {
  const white = solid(width, height, [235, 235, 235])
  let over = false
  let written = 0
  const running = (async () => {
    for (; !over; written++) {
      const bright = written % every < 3
      const [from, to] = [written, written + 1].map((n) => Math.round((n * rate) / fps)) as [number, number]
      const sound = sine({ frequency: 1000, rate, from, count: to - from, channels: 2, amplitude: bright ? 0.8 : 0 })
      await output.writeFrameWithAudio(bright ? white : pattern(width, height, written), sound)
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
