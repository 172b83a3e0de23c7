import { Lease, LeasedFrame } from '../../../src/core/frame'
import type { PixelFormat, VideoFrame } from '../../../src/index'

/** Frames that a test makes itself. Their memory is overwritten as soon as it is given back. */
export class OwnFrames {
  made = 0
  open = 0

  constructor(
    readonly width: number,
    readonly height: number,
    readonly fps = 25,
    readonly format: PixelFormat = 'RGB',
  ) {}

  make(data: Uint8Array, timestamp = (this.made * 1_000_000) / this.fps): VideoFrame {
    const { width, height, format, fps } = this
    const bytes = data.slice()
    const end = (): void => {
      this.open--
      bytes.fill(0xee)
    }
    this.open++
    const plain = {
      pixelAspectRatio: { n: 1, d: 1 },
      timestamp,
      duration: 1_000_000 / fps,
      sequence: this.made++,
      arrivalTime: performance.now(),
      discontinuity: false,
    }
    return new LeasedFrame({ lease: new Lease(bytes, end), width, height, format, ...plain }, 0)
  }
}
