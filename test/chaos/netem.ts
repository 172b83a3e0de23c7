import { sleep } from '../support/until'
import { pairs } from './flash-beep'
import type { Report } from './engine'
import type { Media } from './media'
import { startWorld } from './world'

/** How long it is watched, ms. */
const WATCH = 20_000

/**
 * For a network namespace whose loopback is bad already: between all of the peers, the viewer too. So a picture may be
 * late; but nobody is disconnected for good, and what arrives is whole.
 */
export async function playNetem(media: Media, name: string): Promise<Report> {
  await using world = await startWorld(media)
  const before = await world.relay.usage()
  const report: Report = { name, of: 'all', outages: [], before, after: before, faults: [], missed: [] }
  try {
    await world.heal()
    const brokenAt = performance.now()
    await sleep(WATCH)
    const offsets = (await pairs(world.viewer.tags)).map(({ offset }) => offset)
    report.outages.push({
      round: 0,
      brokenAt,
      noticed: null,
      recovery: 0,
      backoff: 0,
      failedAttempts: 0,
      dark: 0,
      wait: world.viewer.longestWait(brokenAt),
      offsets,
    })
    await world.heal()
    if (world.relay.errors.length) report.faults.push(`an observable failed: ${world.relay.errors.join('; ')}`)
    if (offsets.some(offset => Math.abs(offset) > 40))
      report.faults.push(`A/V offset ${offsets.map(Math.round).join(', ')} ms`)
    report.after = await world.relay.usage()
  } catch (error) {
    report.faults.push((error as Error).message)
  }
  return report
}
