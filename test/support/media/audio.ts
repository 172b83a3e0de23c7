/** One channel of interleaved samples. */
export function channelOf(samples: Float32Array, channels: number, index = 0): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / channels) }, (_, i) => samples[i * channels + index]!)
}

export interface Tone {
  frequency: number
  rate: number
  /** Sample (per channel) at which it starts, so that chunks made one after the other join without a jump. */
  from?: number
  count: number
  channels?: number
  amplitude?: number
}

/** Interleaved sine, the same in every channel. */
export function sine({ frequency, rate, from = 0, count, channels = 1, amplitude = 0.5 }: Tone): Float32Array {
  const samples = new Float32Array(count * channels)
  for (let i = 0; i < count; i++) {
    samples.fill(amplitude * Math.sin((2 * Math.PI * frequency * (from + i)) / rate), i * channels, (i + 1) * channels)
  }
  return samples
}

/** Amplitude of one frequency in mono samples (Goertzel); a full-scale sine gives 1. */
export function toneLevel(samples: Float32Array, rate: number, frequency: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / rate)
  let [previous, before] = [0, 0]
  for (const sample of samples) [previous, before] = [sample + factor * previous - before, previous]
  const power = previous ** 2 + before ** 2 - factor * previous * before
  return (2 * Math.sqrt(Math.max(power, 0))) / samples.length
}

/** Root of the mean square: 0 is silence, a full-scale sine is 0.707. */
export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

/** Index of the first sample from `from` on whose magnitude exceeds the threshold; −1 when there is none. */
export function onset(samples: Float32Array, threshold = 0.1, from = 0): number {
  for (let i = from; i < samples.length; i++) if (Math.abs(samples[i]!) > threshold) return i
  return -1
}

/** Where each sound after at least `quiet` samples of silence begins: the beeps of a stream. */
export function onsets(samples: Float32Array, threshold: number, quiet: number): number[] {
  const found: number[] = []
  let last = -Infinity
  for (let i = 0; i < samples.length; i++) {
    if (Math.abs(samples[i]!) <= threshold) continue
    if (i - last > quiet) found.push(i)
    last = i
  }
  return found
}
