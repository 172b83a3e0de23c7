import * as assert from 'uvu/assert'
import { usage } from '../../support/usage'
import { sleep } from '../../support/until'

/** MiB above what the process had; what a flood may take on a machine that is busy with others. */
const MOST_MEMORY = 250
/** Of stop(), ms. */
const LONGEST_STOP = 5000

/** Runs `work` and looks at memory all the while; then stops, and looks at what is left running. */
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
    assert.ok(took < LONGEST_STOP, `stop() took ${took.toFixed(0)} ms`)
  }
  const grown = (most - before) / 2 ** 20
  assert.ok(grown < MOST_MEMORY, `${grown.toFixed(0)} MiB more`)
  await idle()
}

/** Waits until this process has nothing to do: a thread that still answers a server never lets it. */
async function idle(): Promise<void> {
  for (let round = 0, last = process.cpuUsage(); ; round++) {
    await sleep(200)
    const { user, system } = process.cpuUsage(last)
    if (user + system < 100_000) return
    assert.ok(round < 50, 'a thread stays busy')
    last = process.cpuUsage()
  }
}
