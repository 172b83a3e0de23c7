import { Worker } from 'node:worker_threads'
import { until } from '../../support/until'

/** ms between two ticks, and by how much later one comes where the machine gave this process no time. */
const [TICK, LATE] = [20, 60]
/** Places of the two numbers that the worker counts. */
const [STILL, TICKS] = [0, 1]

/** A thread of its own: what blocks the event loop is not the machine's doing, and counts. */
const WATCH = `
  const { workerData: counts } = require('node:worker_threads')
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    const late = now - last - ${TICK}
    if (late > ${LATE}) Atomics.add(counts, ${STILL}, Math.round(late))
    Atomics.add(counts, ${TICKS}, 1)
    last = now
  }, ${TICK})`

const counts = new Int32Array(new SharedArrayBuffer(8))
new Worker(WATCH, { eval: true, workerData: counts }).unref()

/** ms for which this process has stood still so far: its machine stopped, or was busy with others. */
export const stoodStill = (): number => Atomics.load(counts, STILL)

/** ms that `work` takes, less those for which the whole process stood still. It begins at once. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const [from, still] = [performance.now(), stoodStill()]
  await work()
  const took = performance.now() - from
  // The last standstill is known at the tick behind it.
  const ticks = Atomics.load(counts, TICKS)
  await until(() => Atomics.load(counts, TICKS) > ticks + 1, { interval: 5, what: 'the ticks of the watch' })
  return took - (stoodStill() - still)
}
