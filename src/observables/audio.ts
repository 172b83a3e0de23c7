import type { Observable } from 'rxjs'
import type { AudioChunk } from '../core/types'
import { hubObservable } from './hub-observable'
import type { MediaHub } from './media-hub'

const US = 1_000_000

/** Makes a chunk at a sample position; sample n of a stream is at n / rate seconds. */
export function audioChunk(
  samples: Float32Array,
  position: number,
  rate: number,
  channels: number,
  discontinuity: boolean,
  mask?: number,
): AudioChunk {
  const count = samples.length / channels
  // Both ends are rounded, so the durations add up to the position without drift.
  const timestamp = Math.round((position * US) / rate)
  const duration = Math.round(((position + count) * US) / rate) - timestamp
  const speakers = channels > 2 && mask !== undefined && { channelMask: mask }
  return { samples, sampleRate: rate, channels, ...speakers, timestamp, duration, discontinuity }
}

/** The audio as the decoder gives it. Each subscriber gets its own samples. Hot; ends with the stream. */
export function audio(hub: () => MediaHub): Observable<AudioChunk> {
  return hubObservable<AudioChunk>(hub, next => ({
    audio({ samples, position, discontinuity, mask }, { rate, channels }) {
      next(audioChunk(samples.slice(), position, rate, channels, discontinuity, mask))
    },
  }))
}
