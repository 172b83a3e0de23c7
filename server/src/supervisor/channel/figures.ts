/** What a channel measured last. Its counters go on where those of the process before ended. */
import type { Sample, SampleMetric } from '../../core/status.js'

/** Between a process's clock and ours, which are one: more is a jump. */
const MOST_CLOCK_DIFFERENCE_MS = 10_000
const COUNTERS = ['dropped', 'reconnects'] as const

export class Figures {
  current: Partial<Record<SampleMetric, number | null>> = {}
  /** What the counters of a sample stood at when the last process ended. */
  private counted = { dropped: 0, reconnects: 0 }

  /** @returns the sample as it is kept */
  take({ at, values }: Sample, nowMs: number): Sample {
    const whole: Partial<Record<SampleMetric, number | null>> = { ...values }
    for (const counter of COUNTERS) {
      const value = values[counter]
      if (Number.isFinite(value)) whole[counter] = this.counted[counter] + value!
    }
    this.current = whole
    return { at: Math.abs(at - nowMs) < MOST_CLOCK_DIFFERENCE_MS ? at : nowMs, values: whole }
  }

  /** Its process ended. */
  ended(): void {
    for (const counter of COUNTERS) this.counted[counter] = this.current[counter] ?? this.counted[counter]
    this.current = {}
  }
}
