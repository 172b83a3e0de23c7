import { Lease, type Picture } from '../../src/core/frame'
import type { NativeAudio } from '../../src/addon/tap'
import type { MediaSource } from '../../src/observables/media-source'

/** Pictures whose memory counts: what is made must be given back. */
export class Pictures {
  made = 0
  returned = 0

  /** Picture number `sequence` of a stream of 25 per second, unless told otherwise. */
  make(sequence: number, timestamp = sequence * 40_000, duration = 40_000): Picture {
    this.made++
    const lease = new Lease(Uint8Array.of(sequence), () => void this.returned++)
    const plain = { width: 1, height: 1, format: 'GRAY8', arrivalTime: 0, discontinuity: false } as const
    return { lease, pixelAspectRatio: { n: 1, d: 1 }, timestamp, duration, sequence, ...plain }
  }

  get open(): number {
    return this.made - this.returned
  }
}

/** Samples that say where they are: sample n of channel c is n + c / 10. */
export function ramp(from: number, count: number, channels = 1): Float32Array {
  return Float32Array.from(
    { length: count * channels },
    (_, i) => from + Math.floor(i / channels) + (i % channels) / 10,
  )
}

export function audio(position: number, count: number, channels = 1, discontinuity = false): NativeAudio {
  return { samples: ramp(position, count, channels), position, rate: 1000, channels, discontinuity }
}

/** A connection whose queues a test fills. What is read is gone, and each picture read is owned by who read it. */
export class FakeSource implements MediaSource {
  readonly pictures: Picture[] = []
  readonly audio: NativeAudio[] = []
  audioExpected = true
  /** Called by wait(): a blocking reader's chance to get something. */
  onWait: (kind: 'picture' | 'audio') => void = () => {}
  waits = 0
  asked: number[] = []

  /** The hub that reads it; a test that wants no pump() of its own calls it. */
  listener: (() => void) | null = null

  listen(listener: (() => void) | null): void {
    this.listener = listener
  }
  /** What comes is not told of. */
  silent = false

  lookAgain(): void {
    this.silent = false
  }
  get picturesWait(): boolean {
    return !this.silent && this.pictures.length > 0
  }
  get audioWaits(): boolean {
    return !this.silent && this.audio.length > 0
  }
  readPictures(max: number): Picture[] {
    this.asked.push(max)
    return this.pictures.splice(0, max)
  }
  readAudio(): NativeAudio[] {
    return this.audio.splice(0)
  }
  wait(_ms: number, kind: 'picture' | 'audio'): void {
    this.waits++
    this.onWait(kind)
  }
}
