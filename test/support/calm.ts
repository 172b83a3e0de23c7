const TICK_MS = 20
/** A timer that is later than this was late because the machine or this process stood still. */
const LATE_MS = 150
const ATTEMPTS = 3

/**
 * For what is measured of live streams: an attempt that fails while this process stood still is made again, at most
 * twice, since its times are those of the machine. An attempt that fails in calm has failed.
 */
export async function calmly<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    let [last, latest] = [performance.now(), 0]
    const look = (): void => {
      const now = performance.now()
      latest = Math.max(latest, now - last - TICK_MS)
      last = now
    }
    const timer = setInterval(look, TICK_MS)
    try {
      return await attempt()
    } catch (error) {
      look()
      if (count === ATTEMPTS || latest < LATE_MS) throw error
      console.log(`  once more, since the event loop was ${latest.toFixed(0)} ms late: ${error}`)
    } finally {
      clearInterval(timer)
    }
  }
}
