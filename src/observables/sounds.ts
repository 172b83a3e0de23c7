import { Observable } from 'rxjs'
import type { AudioChunk } from '../core/types'
import type { NativeSound } from '../addon/tap'
import type { MediaHub } from './media-hub'

const US = 1_000_000

/** A chunk at a sample position; sample n of a stream lies at n / rate seconds. */
export function audioChunk(
  samples: Float32Array,
  position: number,
  rate: number,
  channels: number,
  discontinuity: boolean,
  mask?: number,
): AudioChunk {
  const count = samples.length / channels
  // Both ends rounded: end to end the durations add up to the position, without drift.
  const timestamp = Math.round((position * US) / rate)
  const duration = Math.round(((position + count) * US) / rate) - timestamp
  const speakers = channels > 2 && mask !== undefined && { channelMask: mask }
  return { samples, sampleRate: rate, channels, ...speakers, timestamp, duration, discontinuity }
}

/** The sound as it comes off the decoder; every subscriber gets samples of its own. Hot; ends with the stream. */
export function sounds(hub: () => MediaHub): Observable<AudioChunk> {
  return new Observable<AudioChunk>(subscriber => {
    const target = hub()
    const consumer = {
      room: Infinity,
      sound(sound: NativeSound, { rate, channels }: { rate: number; channels: number }): void {
        subscriber.next(
          audioChunk(sound.samples.slice(), sound.position, rate, channels, sound.discontinuity, sound.mask),
        )
      },
      end(error: Error | null): void {
        if (error) subscriber.error(error)
        else subscriber.complete()
      },
    }
    subscriber.add(() => target.remove(consumer))
    target.add(consumer)
  })
}
