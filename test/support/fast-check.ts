import fc from 'fast-check'

/**
 * The seed and the number of cases. The same cases run each time, so that a new failure comes from a change of the
 * code. `RXGST_SEED=random RXGST_RUNS=20 npm test` tries new cases.
 */
const { RXGST_SEED: seed = '1', RXGST_RUNS: factor = '1' } = process.env
fc.configureGlobal(seed === 'random' ? {} : { seed: Number(seed) })

/** How often a law is tried. */
export const runs = (count: number): number => Math.round(count * Number(factor))

export default fc
