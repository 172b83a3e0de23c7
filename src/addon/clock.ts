/** performance.now() of a CLOCK_MONOTONIC time in µs. */
export function toPerformanceTime(monotonic: number): number {
  return monotonic / 1000 - ORIGIN
}

/**
 * What performance.now() counts from, in ms of CLOCK_MONOTONIC: both clocks are the same but for this. The closest of
 * several readings, since the first ones are slow.
 */
const ORIGIN = ((): number => {
  let best = { gap: Infinity, origin: 0 }
  for (let round = 0; round < 20; round++) {
    const before = performance.now()
    const monotonic = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before < best.gap) best = { gap: after - before, origin: monotonic - (before + after) / 2 }
  }
  return best.origin
})()
