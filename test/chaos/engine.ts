import { tagInfo, type ReceivedTag } from '../support/peers/rtmp-server'
import { sleep, until } from '../support/until'
import type { Usage } from '../support/usage'
import { pairs, worstOffset, FPS } from './flash-beep'
import type { SeenState } from './relay'
import type { Scenario, Outage } from './scenario'
import { longestWait, isPicture } from './viewer'
import type { World } from './world'

export interface Report {
  name: string
  of: string
  outages: Outage[]
  before: Usage
  after: Usage
  /** What must be true on any machine: order, content, counts. */
  faults: string[]
  /** What must be true on a calm one: figures. */
  missed: string[]
}

/** ms. */
export const LIMITS = { wait: 200, offset: 40, beyondBackoff: 2000 } as const
/** Threads of GLib's and libuv's pools come and go by themselves. */
const THREADS_SLACK = 4
const FDS_SLACK = 2
const RELAY_FDS = 3
/** ms within which a flash comes that belongs to the last seam. */
const FLASH_DEADLINE = 20_000
/** ms after a outage: two flashes come in it. */
const SETTLE = { capture: 2300, target: 2300 }

export async function play(world: World, scenario: Scenario, rounds: number): Promise<Report> {
  const none = { threads: NaN, fds: NaN, rss: NaN }
  const report: Report = {
    name: scenario.name,
    of: scenario.of,
    outages: [],
    before: none,
    after: none,
    faults: [],
    missed: [],
  }
  try {
    await world.heal()
    const before = await world.relay.usage()
    report.before = report.after = before
    const from = performance.now()
    const viewerAtStart = world.viewer
    for (let round = 0; round < rounds; round++) {
      const outage = await oneOutage(world, scenario, round)
      report.outages.push(outage)
      report.faults.push(...((await scenario.check?.(world, outage)) ?? []).map(text => `round ${round}: ${text}`))
    }
    await offsetsOf(world, scenario, report, from)
    if (scenario.of !== 'target 0') {
      if (viewerAtStart !== world.viewer || !world.viewer.running) report.faults.push('the viewer was disconnected')
    }
    if (scenario.of !== 'target 1') report.faults.push(...unbroken(world.otherNow?.tags ?? [], from))
    if (world.relay.errors.length) report.faults.push(`an observable failed: ${world.relay.errors.join('; ')}`)
    const { backwards } = await world.relay.seen()
    if (backwards) report.faults.push(`timestamps of the capture went back ${backwards} times`)
    judge(report, scenario)
    report.after = await settled(world, before, report, FDS_SLACK + (scenario.relayed ? RELAY_FDS : 0))
  } catch (error) {
    report.faults.push(`${(error as Error).message}`)
  }
  return report
}

async function oneOutage(world: World, scenario: Scenario, round: number): Promise<Outage> {
  const { relay } = world
  const { of, lost = true, lasts = 0 } = scenario
  const history = relay.history(of)
  const since = history.length
  const otherTargets = (['capture', 'target 0', 'target 1'] as const).filter(one => one !== of)
  const marks = otherTargets.map(one => relay.history(one).length)
  const brokenAt = performance.now()
  const outage: Outage = {
    round,
    brokenAt,
    noticed: null,
    recovery: 0,
    backoff: 0,
    failedAttempts: 0,
    dark: 0,
    wait: 0,
    offsets: [],
  }

  await scenario.break(world, round)
  await sleep(lasts)
  const left = () => history.slice(since).find(({ phase }) => phase !== 'live')
  if (lost === true) await until(left, { timeout: 30_000, what: () => `${of} to notice; ${world.phases()}` })
  const able = (await scenario.mend?.(world, round)) ?? performance.now()
  const back = await recovered(world, of, since, lost === true)
  outage.noticed = left() ? left()!.at - brokenAt : null
  const again = of === 'capture' ? await picturesAgain(world, brokenAt) : back
  outage.recovery = Math.max(0, again - able)
  outage.dark = Math.max(0, again - brokenAt)
  // Attempts that were announced after it was well and before it was live: the first of them was under way already.
  const late = history
    .slice(since)
    .filter(({ phase, at, nextRetryAt }) => phase === 'reconnecting' && nextRetryAt !== null && at > able && at < back)
  outage.failedAttempts = late.length
  outage.backoff = Math.max(0, lastRetry(history.slice(since), back) - able)

  await sleep(of === 'capture' ? SETTLE.capture : SETTLE.target)
  if (lost === false && left()) throw new Error(`${of} left the air: ${left()!.phase} (${left()!.reason})`)
  otherTargets.forEach((one, i) => {
    const moved = relay.history(one).slice(marks[i])
    if (moved.length)
      throw new Error(`${one} noticed: ${moved.map(({ phase, reason }) => `${phase} (${reason})`).join(', ')}`)
  })
  outage.wait =
    of === 'target 0' ? longestWait(world.otherNow?.tags ?? [], brokenAt) : world.viewer.longestWait(brokenAt)
  return outage
}

/** When the stream was live again, performance.now(). */
async function recovered(world: World, of: Scenario['of'], since: number, mustLeave: boolean): Promise<number> {
  const { relay } = world
  const history = relay.history(of)
  const live = () => {
    const states = history.slice(since)
    const left = states.findIndex(({ phase }) => phase !== 'live')
    if (left < 0) return mustLeave ? null : { at: performance.now() }
    const last = states.at(-1)!
    return last.phase === 'live' ? last : null
  }
  const what = () => `${of} to be live again; ${world.phases()}\n${relay.log.slice(-15).join('\n')}`
  return (await until(live, { timeout: 40_000, what })).at
}

/** Waits until pictures flow from the capture; resolves with the moment when they began to again. */
async function picturesAgain(world: World, since: number): Promise<number> {
  const { relay } = world
  const { pictures } = await relay.seen()
  await until(async () => (await relay.seen()).pictures > pictures + 20, {
    timeout: 30_000,
    interval: 50,
    what: () => `pictures; ${world.phases()}`,
  })
  return relay.resumptions.filter(({ at }) => at > since).at(-1)?.at ?? since
}

/** When its last attempt was to begin, on the clock of performance.now(). */
function lastRetry(states: readonly SeenState[], before: number): number {
  const retry = states.filter(({ nextRetryAt, at }) => nextRetryAt !== null && at < before).at(-1)
  return retry ? retry.nextRetryAt! - performance.timeOrigin : 0
}

async function offsetsOf(world: World, scenario: Scenario, report: Report, from: number): Promise<void> {
  if (scenario.noPairs) return
  const started = performance.now()
  let found = await pairs(await tagsOf(world, scenario, from))
  // A busy machine is late with the flashes behind the last seam, not wrong about them.
  const since = scenario.of === 'capture' ? report.outages.at(-1)!.brokenAt : 0
  while (!found.some(({ arrival }) => arrival >= since) && performance.now() - started < FLASH_DEADLINE) {
    await sleep(1000)
    found = await pairs(await tagsOf(world, scenario, from))
  }
  report.outages.forEach((outage, i) => {
    const [start, end] =
      scenario.of === 'capture' ? [outage.brokenAt, report.outages[i + 1]?.brokenAt ?? Infinity] : [0, Infinity]
    const own = found.filter(({ arrival }) => arrival >= start && arrival < end)
    outage.offsets = own.map(({ offset }) => offset)
    if (own.length === 0) report.faults.push(`no flash with a beep after seam ${i}`)
  })
}

/** What somebody saw who may not notice, or, of a target that was broken, what came of it at last. */
async function tagsOf(world: World, { of }: Scenario, from: number): Promise<ReceivedTag[]> {
  if (of === 'capture') return fromKeyframe(world.viewer.tags, from)
  if (of === 'target 1') return world.otherNow?.tags ?? []
  await using late = await world.newViewer()
  await late.pictures(3 * FPS)
  return [...late.tags]
}

/** Decodable from its first picture on: the headers, then all from the first keyframe after `from`. */
export function fromKeyframe(tags: readonly ReceivedTag[], from = 0): ReceivedTag[] {
  const headers = tags.filter(tag => tag.type === 'script' || tagInfo(tag).header)
  const first = tags.findIndex(tag => tag.arrival >= from && tag.type === 'video' && tagInfo(tag).keyframe)
  const rest = first < 0 ? [] : tags.slice(first).filter(tag => tag.type !== 'script' && !tagInfo(tag).header)
  return [...headers, ...rest]
}

/** A target that nothing happened to: a picture in every slot, on its own clock, whatever the machine is busy with. */
function unbroken(tags: readonly ReceivedTag[], from: number): string[] {
  const own = tags.filter(tag => tag.arrival >= from && isPicture(tag))
  if (own.length < FPS) return [`${own.length} pictures at the other target`]
  const slots = own.map(tag => Math.round((tagInfo(tag).dts * FPS) / 1000))
  const missing = slots.at(-1)! - slots[0]! + 1 - slots.length
  return missing > 0 ? [`${missing} pictures of ${slots.length} are missing at the other target`] : []
}

function judge(report: Report, scenario: Scenario): void {
  const { missed, outages } = report
  const wait = scenario.wait ?? LIMITS.wait
  for (const outage of outages) {
    const { round } = outage
    if (outage.wait > wait)
      missed.push(`round ${round}: a viewer waited ${outage.wait.toFixed(0)} ms for a picture (limit ${wait})`)
    if (worstOffset(outage.offsets.map(offset => ({ arrival: 0, offset }))) > LIMITS.offset) {
      missed.push(
        `round ${round}: A/V offset ${outage.offsets.map(ms => ms.toFixed(0)).join(', ')} ms (limit ${LIMITS.offset})`,
      )
    }
    if (scenario.lost !== false && outage.recovery > outage.backoff + LIMITS.beyondBackoff) {
      const why = `backoff ${outage.backoff.toFixed(0)} ms, ${outage.failedAttempts} attempts that failed`
      missed.push(`round ${round}: back ${outage.recovery.toFixed(0)} ms after it could be (${why})`)
    }
    // One may have been under way when the peer came back.
    if (outage.failedAttempts > 1 && !scenario.refusals)
      missed.push(`round ${round}: ${outage.failedAttempts} attempts failed at a peer that was well`)
  }
}

async function settled(world: World, before: Usage, report: Report, slack: number): Promise<Usage> {
  let now = await world.relay.usage()
  const back = async () => {
    now = await world.relay.usage()
    return now.threads <= before.threads + THREADS_SLACK && now.fds <= before.fds + slack
  }
  const held = () => `threads ${before.threads} → ${now.threads}, files ${before.fds} → ${now.fds}`
  await until(back, { timeout: 15_000, interval: 500, what: held }).catch(() => report.faults.push(`held: ${held()}`))
  return now
}
