export interface Jump {
  /** Sample near which it happened. */
  at: number
  /**
   * Samples lost there (negative: doubled or put in), modulo one period of the sine: a low frequency tells large
   * numbers apart. 100 Hz at 44100 Hz has a period of 441, so 1024 lost samples (an AAC frame) read as 142.
   */
  samples: number
}

export interface Gap {
  /** First and last sample without the tone, to about a quarter of a window. */
  from: number
  to: number
  /** Samples lost over the gap, as in Jump: 0 where silence stands exactly in place of what is missing. */
  samples: number
}

export interface Continuity {
  jumps: Jump[]
  gaps: Gap[]
  /** Steady drift in samples per second: another frequency than expected, or clocks that disagree. */
  drift: number
}

/**
 * Follows the phase of a sine of known frequency through mono samples. A sine whose phase goes on has lost no sample
 * and doubled none. That holds through AAC: its noise moves the phase by far less than the `tolerance` of 2 samples.
 * Silence before the first and after the last of the tone is no gap; its first and last two windows are not looked at.
 */
export function continuity(samples: Float32Array, rate: number, frequency: number, tolerance = 2): Continuity {
  const period = rate / frequency
  const step = Math.ceil(Math.max(1024, 4 * period) / 2)
  const all = analyse(samples, rate, frequency, step)
  const level = median(all.map(window => window.level))
  const hasTone = all.map(window => window.level > level / 2)
  // Without the windows in which the tone begins or ends: their phase is not clean.
  const [first, last] = [hasTone.indexOf(true) + 2, hasTone.lastIndexOf(true) - 2]

  const wrapped = (value: number) => value - period * Math.round(value / period)
  const moved = (a: number, b: number, drift = 0) =>
    wrapped(((all[b]!.phase - all[a]!.phase) / (2 * Math.PI)) * period - drift * (b - a))
  const indices = all.map((_, i) => i).filter(i => i > first && i <= last)
  const drift = median(indices.map(i => moved(i - 1, i)))

  // Three steps apart there is one step between two windows: any jump falls there for one pair, and shows in full.
  const suspicious = (i: number) =>
    i - 3 >= first && hasTone[i - 3]! && hasTone[i]! && Math.abs(moved(i - 3, i, drift)) > tolerance
  const jumps = runs(indices, suspicious)
    .filter(([from, to]) => hasTone.slice(from - 3, to + 1).every(Boolean))
    .map(([from, to]) => {
      const pairs = indices.filter(i => i >= from && i <= to).map(i => moved(i - 3, i, drift))
      const most = pairs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
      return { at: Math.round(((from + to) / 2 - 0.5) * step), samples: Math.round(most) }
    })

  const gaps = runs(indices, i => !hasTone[i]).map(([from, to]) => ({
    from: Math.round((from + 0.5) * step),
    to: Math.round((to + 1.5) * step),
    // From clean windows: those next to the gap have only a part of the tone.
    samples: Math.round(moved(Math.max(first, from - 2), Math.min(last, to + 2), drift)),
  }))
  return { jumps, gaps, drift: (drift * rate) / step }
}

interface Window {
  phase: number
  level: number
}

/** Phase and amplitude of overlapping windows, two steps long. */
function analyse(samples: Float32Array, rate: number, frequency: number, step: number): Window[] {
  const found: Window[] = []
  const turn = (2 * Math.PI * frequency) / rate
  for (let start = 0; start + 2 * step <= samples.length; start += step) {
    let [real, imaginary] = [0, 0]
    for (let i = 0; i < 2 * step; i++) {
      // A Hann window, which fades in and out, measures only its own frequency.
      const weighted = samples[start + i]! * (0.5 - 0.5 * Math.cos((Math.PI * i) / step))
      // Against the position in the whole signal, so that a sine that goes on keeps its phase.
      const angle = turn * (start + i)
      real += weighted * Math.cos(angle)
      imaginary -= weighted * Math.sin(angle)
    }
    found.push({ phase: Math.atan2(imaginary, real), level: (2 * Math.hypot(real, imaginary)) / step })
  }
  return found
}

/** First and last of each run of neighbours that fulfil the condition. */
function runs(indices: number[], condition: (i: number) => boolean): [number, number][] {
  const found: [number, number][] = []
  for (const i of indices) {
    if (!condition(i)) continue
    const run = found.at(-1)
    if (run && run[1] === i - 1) run[1] = i
    else found.push([i, i])
  }
  return found
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
