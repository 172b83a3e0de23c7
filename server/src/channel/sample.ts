/** One second of a channel, for its history. */
import type { Sample, SampleMetric } from '../core/status.js'
import type { Programme } from './programme.js'
import type { TargetSlot } from './target-slot.js'
import type { Watch } from './watch.js'

export const ENCODED = 'out.encode'
export const COPIED = 'out.copy'

/** @param at Unix ms */
export function sampleOf(
  { onAir, sources, relay, output }: Programme,
  slots: readonly TargetSlot[],
  watch: Watch,
  at: number,
): Sample {
  const input = onAir?.name ?? ''
  const out = relay.stream ? COPIED : ENCODED
  const sums = [...sources, ...slots].map(one => one.totals())
  const lost = output.stream ? output.stream.stats().dropped : 0
  const values: Record<SampleMetric, number | null> = {
    bitrateIn: watch.value(input, 'bitrate'),
    bitrateOut: watch.value(out, 'bitrate'),
    fps: watch.value(out, 'fps') ?? watch.value(input, 'fps'),
    latencyMs: watch.value(out, 'latency') ?? watch.value(input, 'latency'),
    queueMs: watch.value(out, 'queueMs'),
    loudness: watch.value(input, 'loudness'),
    dropped: sums.reduce((sum, { dropped }) => sum + dropped, lost),
    reconnects: sums.reduce((sum, { reconnects }) => sum + reconnects, 0),
  }
  return { at, values }
}
