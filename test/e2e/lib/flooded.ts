import * as assert from 'uvu/assert'
import { usage } from '../../support/usage'
import { sleep } from '../../support/until'

/** Most MiB that a flood may add to the process, on a busy machine. */
const MOST_MEMORY_MIB = 250
const LONGEST_STOP_MS = 5000

/** Runs `work` and watches the memory; then stops, and checks that nothing goes on running. */
export async function bounded(work: () => Promise<void>, stop: () => Promise<void>): Promise<void> {
  const before = usage().rss
  let most = before
  const timer = setInterval(() => (most = Math.max(most, usage().rss)), 10)
  try {
    await work()
  } finally {
    const from = performance.now()
    await stop()
    clearInterval(timer)
    const took = performance.now() - from
    assert.ok(took < LONGEST_STOP_MS, `stop() took ${took.toFixed(0)} ms`)
  }
  const grown = (most - before) / 2 ** 20
  assert.ok(grown < MOST_MEMORY_MIB, `${grown.toFixed(0)} MiB more`)
  await idle()
}

/** Waits until this process is idle: a thread that still answers a server never lets it become idle. */
async function idle(): Promise<void> {
  for (let round = 0, last = process.cpuUsage(); ; round++) {
    await sleep(200)
    const { user, system } = process.cpuUsage(last)
    if (user + system < 100_000) return
    assert.ok(round < 50, 'a thread stays busy')
    last = process.cpuUsage()
  }
}
