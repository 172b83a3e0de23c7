import { LeasedFrame } from '../../../src/core/frame'
import type { FrameWithAudio, VideoFrame } from '../../../src/core/types'
import { Pictures } from '../fake-media'

/** Frames of a stream that is watched: each says whether it is open, and all of them together how many are. */
export class Frames {
  readonly #pictures = new Pictures()

  /** ms; the timestamp is in µs as ever. */
  make(time = this.made * 40, duration = 40): VideoFrame {
    return new LeasedFrame(this.#pictures.make(this.made, time * 1000, duration * 1000), 0)
  }

  withAudio(time?: number): FrameWithAudio {
    const frame = this.make(time)
    const { timestamp, duration } = frame
    return {
      frame,
      audio: { samples: new Float32Array(4), sampleRate: 1000, channels: 1, timestamp, duration, discontinuity: false },
    }
  }

  get made(): number {
    return this.#pictures.made
  }

  get open(): number {
    return this.#pictures.open
  }
}

export function isOpen(frame: VideoFrame): boolean {
  try {
    return frame.data.length > 0
  } catch {
    return false
  }
}

/** An async function whose end is in the test's hands. */
export class Works<T, R = T> {
  readonly calls: { value: T; signal: AbortSignal; resolve(result: R): void; reject(error: unknown): void }[] = []

  readonly fn = (value: T, { signal }: { signal: AbortSignal }): Promise<R> =>
    new Promise((resolve, reject) => void this.calls.push({ value, signal, resolve, reject }))
}

/** Lets every promise that has settled be heard. */
export const heard = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
