// The soak test: a relay with two targets, with random faults for as long as asked. Prints threads, files and memory,
// the drift of sound against picture, drops and recoveries: a line a minute, a summary at the end.
//
//   node scripts/soak.mjs --minutes 30 [--seed 1] [--pause 8] [--json file]
//
// `--pause`: seconds of peace between two faults, on average. Faults are those of test/chaos, one at a time, each
// judged as there. The same seed is the same order of faults. Exit status 1 when one failed, the relay died, or threads
// or files grew.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { INPUT, OUTPUT, fromKeyframe, isPicture, makeMedia, pairs, play, startWorld } from '../dist/test/chaos/index.js'
import { random } from '../dist/test/fuzz/random.js'
import { usage } from '../dist/test/support/usage.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string', default: '8' },
    json: { type: 'string' },
  },
})
const minutes = Number(values.minutes)
const dice = random(Number(values.seed))
/** Part of the time after which resident memory counts. */
const WARM = 0.2
const MIB = 2 ** 20
/** Lines of the relay's log that are shown when it does not recover from a fault. */
const LOG_LINES = 20
/** glibc's arenas make resident memory creep while no byte is lost. */
const ENV = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const from = performance.now()
const hours = () => (performance.now() - from) / 3_600_000
const over = () => performance.now() - from > minutes * 60_000

const media = await makeMedia()
const faults = [...INPUT, ...OUTPUT].filter(({ direct }) => !direct)
const samples = []
const reports = []
const offsets = []
const lost = { worlds: 0 }
const totals = { captured: 0, written: 0, late: 0, network: 0, repeated: 0, silence: 0 }
let last = null
let world = await startWorld(media, { env: ENV })

/** Adds up the growth of counters, which begin at 0 with each connection or process. */
async function count() {
  const { capture, output } = await world.relay.ask({ type: 'stats' })
  const now = {
    captured: capture.dropped,
    written: output.dropped,
    late: output.late,
    network: output.droppedNetwork,
    repeated: output.repeated,
    silence: output.silence,
  }
  for (const key of Object.keys(totals))
    totals[key] += Math.max(0, now[key] >= (last?.[key] ?? 0) ? now[key] - (last?.[key] ?? 0) : now[key])
  last = now
}

function sample() {
  if (world.relay.exit) return
  samples.push({ at: hours(), pid: world.relay.pid, ...usage(world.relay.pid) })
}

/** MiB an hour by least squares, over what one process held when warm. */
function slope() {
  const own = samples.filter(({ pid, at }) => pid === world.relay.pid && at > (minutes / 60) * WARM)
  if (own.length < 3) return NaN
  const mean = of => own.reduce((sum, one) => sum + of(one), 0) / own.length
  const [x, y] = [mean(({ at }) => at), mean(({ rss }) => rss)]
  return mean(({ at, rss }) => (at - x) * (rss - y)) / mean(({ at }) => (at - x) ** 2) / MIB
}

async function again(why) {
  console.log(`    the relay is started anew: ${why}`)
  lost.worlds++
  await world[Symbol.asyncDispose]().catch(() => {})
  last = null
  world = await startWorld(media, { env: ENV })
}

const outages = () => reports.flatMap(report => report.outages)
const most = list => (list.length ? Math.max(...list) : 0)
const perHour = value => (value / hours()).toFixed(0)

function line() {
  const { threads, fds, rss } = samples.at(-1)
  const failed = reports.filter(report => report.faults.length).length
  const missed = reports.filter(report => report.missed.length).length
  const growth = slope()
  console.log(
    `${((performance.now() - from) / 60_000).toFixed(1)} min: ${threads} threads, ${fds} files, ` +
      `${(rss / MIB).toFixed(0)} MiB` +
      ` (${Number.isNaN(growth) ? 'warming up' : `${growth.toFixed(1)} MiB/h`}); ${reports.length} ` +
      `faults, ${failed} failed, ${missed} missed a figure;` +
      ` back after ${most(outages().map(outage => outage.recovery)).toFixed(0)} ms at most, viewer waited ` +
      `${most(outages().map(outage => outage.wait)).toFixed(0)} ms at most;` +
      ` A/V ${offsets.length ? offsets.at(-1).toFixed(1) : '–'} ms now, ` +
      `${most(offsets.map(Math.abs)).toFixed(1)} at most;` +
      ` dropped an hour: ${perHour(totals.captured)} captured, ${perHour(totals.written)} written, ` +
      `${perHour(totals.network)} by networks`,
  )
}

const sampler = setInterval(() => {
  try {
    sample()
  } catch {
    // The process has just ended; the next fault reports it.
  }
}, 5000)
let told = 0
sample()
while (!over()) {
  try {
    const fault = dice.pick(faults)
    const report = await play(world, fault, 1)
    reports.push({ ...report, at: hours() })
    offsets.push(...report.outages.flatMap(outage => outage.offsets))
    for (const text of [...report.faults, ...report.missed]) console.log(`    ${fault.name}: ${text}`)
    if (report.faults.length) for (const text of world.relay.log.slice(-LOG_LINES)) console.log(`      ${text}`)
    if (world.relay.exit) await again(`it ended with ${world.relay.exit.code ?? world.relay.exit.signal}`)
    await sleep(
      Math.min(
        dice.real() * 2 * Number(values.pause) * 1000,
        Math.max(0, minutes * 60_000 - (performance.now() - from)),
      ),
    )
    await count()
    // Long after the last discontinuity, where drift shows.
    const seen = fromKeyframe(world.viewer.tags)
    const calm = !fault.noPairs && seen.filter(isPicture).length > 60 ? (await pairs(seen)).at(-1) : undefined
    if (calm) offsets.push(calm.offset)
  } catch (error) {
    await again(error.message)
  }
  if (performance.now() - from > (told + 1) * 60_000) {
    told = Math.floor((performance.now() - from) / 60_000)
    line()
  }
}
clearInterval(sampler)
await world.heal().catch(error => console.log(`    ${error.message}`))
sample()
line()

const warm = samples.filter(({ pid, at }) => pid === world.relay.pid && at > (minutes / 60) * WARM)
const stop = await world.relay.stop().catch(error => ({ error: error.message }))
await world[Symbol.asyncDispose]()
const half = (list, first) =>
  list.slice(first ? 0 : Math.floor(list.length / 2), first ? Math.ceil(list.length / 2) : list.length)
const mean = list => (list.length ? list.reduce((sum, one) => sum + one, 0) / list.length : NaN)
const summary = {
  minutes: (performance.now() - from) / 60_000,
  faults: reports.length,
  failed: reports.filter(report => report.faults.length).map(({ name, faults }) => ({ name, faults })),
  missed: reports.filter(report => report.missed.length).map(({ name, missed }) => ({ name, missed })),
  restarts: lost.worlds,
  rssMiB: {
    first: warm[0]?.rss / MIB,
    last: warm.at(-1)?.rss / MIB,
    most: most(warm.map(({ rss }) => rss)) / MIB,
    slopePerHour: slope(),
  },
  threads: [warm[0]?.threads, warm.at(-1)?.threads],
  files: [warm[0]?.fds, warm.at(-1)?.fds],
  avOffsetMs: {
    mean: mean(offsets),
    most: most(offsets.map(Math.abs)),
    driftMs: mean(half(offsets, false)) - mean(half(offsets, true)),
  },
  recoveryMs: {
    most: most(outages().map(outage => outage.recovery)),
    mean: mean(outages().map(outage => outage.recovery)),
  },
  longestDarkMs: most(outages().map(outage => outage.wait)),
  droppedPerHour: Object.fromEntries(Object.entries(totals).map(([key, value]) => [key, Math.round(value / hours())])),
  stop,
}
console.log(JSON.stringify(summary, null, 2))
if (values.json) writeFileSync(values.json, JSON.stringify({ ...summary, reports, samples }, null, 1))
const held = warm.length > 1 && (warm.at(-1).threads > warm[0].threads + 6 || warm.at(-1).fds > warm[0].fds + 4)
process.exit(summary.failed.length || lost.worlds || held || stop.error ? 1 : 0)
