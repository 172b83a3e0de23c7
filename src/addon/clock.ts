/** Converts a time of CLOCK_MONOTONIC, µs, to the time of performance.now(). */
export function toPerformanceTime(monotonicUs: number): number {
  return monotonicUs / 1000 - ORIGIN_MS
}

/** The other way round. */
export function fromPerformanceTime(ms: number): number {
  return (ms + ORIGIN_MS) * 1000
}

/**
 * The zero of performance.now() on CLOCK_MONOTONIC; otherwise both clocks are the same. Measured several times, since
 * the first readings are slow: the reading with the shortest gap counts.
 */
const ORIGIN_MS = ((): number => {
  let best = { gap: Infinity, origin: 0 }
  for (let round = 0; round < 20; round++) {
    const before = performance.now()
    const monotonic = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before < best.gap) best = { gap: after - before, origin: monotonic - (before + after) / 2 }
  }
  return best.origin
})()
