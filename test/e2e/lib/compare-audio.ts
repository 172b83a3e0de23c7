import { decodeAudio, probe } from '../../support/peers/ffmpeg'

/** Signal to noise ratio of sound against the expected sound, dB; Infinity when equal. */
export function snr(samples: Float32Array, expected: Float32Array): number {
  let [signal, noise] = [0, 0]
  for (let i = 0; i < samples.length; i++) {
    signal += expected[i]! ** 2
    noise += (samples[i]! - expected[i]!) ** 2
  }
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise)
}

/**
 * Throws unless the samples are the beginning of the expected sound, sample by sample. Shifted by one sample, a tone of
 * 440 Hz has 24 dB; the same decoder without a shift has over 100.
 */
export function compare(samples: Float32Array, expected: Float32Array): void {
  if (samples.length > expected.length) throw new Error(`${samples.length} samples, of ${expected.length}`)
  const decibel = snr(samples, expected)
  if (!(decibel >= 60)) throw new Error(`${decibel} dB against ffmpeg’s sound`)
}

/**
 * The shift, at most `most` samples per channel, at which the samples match the expected sound from `from` on.
 */
export function shiftOf(
  samples: Float32Array,
  expected: Float32Array,
  channels: number,
  from: number,
  most: number,
): number | null {
  for (let shift = -most; shift <= most; shift++) {
    const at = (from + shift) * channels
    if (snr(samples, expected.subarray(at, at + samples.length)) >= 60) return shift
  }
  return null
}

/**
 * A file's sound as ffmpeg decodes it, aligned as a capture's is: zero is the time of the first picture (of the first
 * sound, if there is no picture). Earlier sound is cut off, and a late beginning is filled with silence.
 */
export async function expectedAudio(file: string, rate: number, channels: number): Promise<Float32Array> {
  const { packets } = await probe(file, { seconds: 5 })
  const first = (type: string) =>
    Math.min(...packets.filter(packet => packet.codec_type === type).map(packet => Number(packet.pts_time)))
  const [picture, sound] = [first('video'), first('audio')]
  const decoded = await decodeAudio(file, rate, channels)
  const skip = Number.isFinite(picture) ? Math.round((picture - sound) * rate) : 0
  if (skip >= 0) return decoded.subarray(skip * channels)
  const late = new Float32Array(decoded.length - skip * channels)
  late.set(decoded, -skip * channels)
  return late
}
