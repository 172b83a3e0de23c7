import { exec } from '../support/child'

export interface Interval {
  start: number
  end: number
}

/** What FFmpeg's own filters say of a file, s; one that lasts to the end of the file has end = Infinity. */
export interface Reference {
  freeze: Interval[]
  black: Interval[]
  silence: Interval[]
  /** LUFS at the end of the file; dBTP of all of it. */
  shortTerm: number
  momentary: number
  integrated: number
  truePeak: number
}

/** The thresholds of METRICS: what is shorter than two seconds is none. */
export async function reference(file: string): Promise<Reference> {
  const video = 'freezedetect=n=0.001:d=2,blackdetect=d=2:pic_th=0.98:pix_th=0.10'
  const audio = 'silencedetect=n=-60dB:d=2,ebur128=peak=true'
  const args = ['-hide_banner', '-nostdin', '-copyts', '-i', file, '-vf', video, '-af', audio, '-f', 'null', '-']
  const { stderr } = await exec('ffmpeg', args, { timeout: 120_000 })
  const text = stderr.toString()
  const numbers = (pattern: RegExp): number[] => [...text.matchAll(pattern)].map(found => Number(found[1]))
  const pairs = (from: RegExp, to: RegExp): Interval[] => {
    const ends = numbers(to)
    return numbers(from).map((start, i) => ({ start, end: ends[i] ?? Infinity }))
  }
  const last = [...text.matchAll(/\bM:\s*(-?[\d.]+)\s+S:\s*(-?[\d.]+)/g)].at(-1)
  const summary = text.slice(text.lastIndexOf('Summary:'))
  const of = (pattern: RegExp): number => Number(pattern.exec(summary)?.[1])
  return {
    freeze: pairs(/freeze_start: ([\d.]+)/g, /freeze_end: ([\d.]+)/g),
    black: pairs(/black_start:([\d.]+)/g, /black_end:([\d.]+)/g),
    silence: pairs(/silence_start: (-?[\d.]+)/g, /silence_end: ([\d.]+)/g),
    momentary: Number(last?.[1]),
    shortTerm: Number(last?.[2]),
    integrated: of(/I:\s+(-?[\d.]+) LUFS/),
    truePeak: of(/Peak:\s+(-?[\d.]+) dBFS/),
  }
}
