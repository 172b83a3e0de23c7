// A fleet in simulated time: where 2,000 channels on 100 workers go, what the store is asked, and what the loss of a
// rack takes; and 200 channels on 5 workers. Leases, attendance and placement are the product's code; the network, the
// store's time and the processes are assumed. Its tables are those of docs/server/fleet-sizing.md.
//
//   node server/bench/fleet-simulation.mjs [--quick] [--large 2] [--small 20] [--json]
//
// --large and --small: how often, each time with other chances. A large one takes a minute of processor time.
import { Simulation } from '../../dist/server/test/fleet/simulation/simulation.js'
import { placeAll } from '../../dist/server/src/fleet/placement.js'
import { readOptions, tell } from '../../bench/lib/report.mjs'
import { percentile, round } from '../../bench/lib/statistics.mjs'

/** Expected costs: copies, an encode of 720p30, one of 1080p30 with a second size. */
const [COPY, ENCODE, TWO_ENCODES] = [0.015, 0.38, 0.8]
const mixOf = (of, count) => Array.from({ length: count }, (_, i) => of[i % of.length])
const MIX = mixOf([COPY, COPY, ENCODE, COPY, COPY, COPY, COPY, ENCODE, COPY, TWO_ENCODES], 2000)
const LARGE = { workers: mixOf([8, 4], 100), channels: MIX }
const SMALL = { workers: mixOf([8], 5), channels: mixOf([0.05, 0.1, 0.15], 200) }
const RACK = 20
/** All workers begin within this time: less than the delay of a rank. */
const BEGIN_MS = 500

const options = readOptions({ large: [2, 1], small: [20, 5] })
const seconds = ms => round(ms / 1000, 1)
const percent = part => `${round(part * 100, 0)} %`

const result = { placement: placement(), begin: [], rates: null, losses: [] }
for (let seed = 1; seed <= options.large; seed++) {
  tell(`2,000 channels, ${seed}`)
  const fleet = new Simulation({ ...LARGE, seed })
  result.begin.push({ ms: await fleet.begin(BEGIN_MS), ...fleet.loads() })
  result.rates ??= await fleet.rates(60_000)
  await lose('2,000 channels on 100 workers: 20 at once', fleet, RACK)
}
tell('other cases')
await lose('the same, workers read when leases expire as well', await begun({ ...LARGE, looksAhead: true }), RACK)
await lose('the same, statements of 100 to 500 ms', await begun({ ...LARGE, latencyMs: [100, 500] }), RACK)
const faulty = await begun(LARGE)
for (const worker of faulty.workers.slice(0, 10)) worker.idle = true
await lose('the same, 10 others renew and take nothing', faulty, RACK)
for (let seed = 1; seed <= options.small; seed++)
  await lose('200 channels on 5 workers: one', await begun({ ...SMALL, seed }), 1)
for (let seed = 1; seed <= options.small; seed++) {
  const fleet = new Simulation({ ...SMALL, seed })
  fleet.workers[0].idle = true
  await fleet.begin(BEGIN_MS)
  fleet.workers[0].idle = false
  await lose('the same, one of the others is empty', fleet, 1)
}

if (options.json) console.log(JSON.stringify(result, null, 2))
else print()

async function begun(shape) {
  const fleet = new Simulation({ seed: 1, ...shape })
  await fleet.begin(BEGIN_MS)
  return fleet
}

/** Workers one after another, by the end of the list: a rack. */
async function lose(what, fleet, count) {
  const recovery = await fleet.lose(fleet.living.slice(-count))
  if (fleet.faults.length > 0) throw new Error(fleet.faults.join('\n'))
  result.losses.push({ what, ...recovery, ...fleet.loads() })
}

function placement() {
  const workers = LARGE.workers.map((capacityCores, i) => ({
    ...{ name: `worker-${i}`, capacityCores, usedCores: 0, available: true },
  }))
  const channels = LARGE.channels.map((costCores, i) => ({
    ...{ name: `channel-${i}`, costCores, preferredWorker: null, nextWorker: null, avoid: null },
  }))
  const times = [1, 2, 3, 4, 5].map(() => {
    const before = process.cpuUsage()
    placeAll(channels, workers)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  const used = new Map(workers.map(({ name }) => [name, 0]))
  const placed = placeAll(channels, workers)
  const costs = new Map(channels.map(({ name, costCores }) => [name, costCores]))
  for (const { channel, workers: names } of placed)
    if (names.length > 0) used.set(names[0], used.get(names[0]) + costs.get(channel))
  const loads = workers.map(({ name, capacityCores }) => used.get(name) / capacityCores)
  return {
    ...{ ms: Math.min(...times), least: Math.min(...loads), most: Math.max(...loads) },
    unplaced: placed.filter(({ waitsFor }) => waitsFor !== null).length,
  }
}

function print() {
  const { placement: at, begin, rates, losses } = result
  console.log(
    `2,000 channels on 100 workers: ${round(at.ms, 0)} ms of processor place them all, loads ${percent(at.least)} to`,
  )
  console.log(`${percent(at.most)}, ${at.unplaced} not placed\n`)
  const most = value => Math.max(...begin.map(value))
  console.log(
    `All 100 workers begin with an empty store: ${seconds(most(it => it.ms))} s until all channels run, loads`,
  )
  console.log(`${percent(Math.min(...begin.map(it => it.least)))} to ${percent(most(it => it.most))}\n`)
  const { renewals, rowsRenewed, reads, rowsRead } = rates
  const [written, read] = [round(rowsRenewed, 0), round(rowsRead, 0)]
  console.log(`A second: ${round(renewals, 0)} renewals of ${written} rows, ${round(reads, 0)} reads of ${read} rows\n`)
  console.log(
    '| Loss | Channels | Leased after s (p50, last) | Runs after s (p50, last) | Granted, refused ' +
      '| Statements in the busiest second | Fullest after | Without room |',
  )
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|')
  for (const what of new Set(losses.map(it => it.what))) console.log(rowOf(losses.filter(it => it.what === what)))
}

/** Of all seeds: the median of all channels, and the worst. */
function rowOf(all) {
  const times = key => all.flatMap(it => it[key]).sort((one, other) => one - other)
  const both = key => `${seconds(percentile(times(key), 0.5))}, ${seconds(times(key).at(-1))}`
  const sum = value => Math.round(all.reduce((total, it) => total + value(it), 0) / all.length)
  const refused = sum(it => Object.values(it.refused).reduce((total, count) => total + count, 0))
  const peak = Math.max(...all.map(it => it.peakStatements))
  const load = percent(Math.max(...all.map(it => it.most)))
  const cells = [all[0].what, sum(it => it.leasedMs.length), both('leasedMs'), both('runningMs')]
  return `| ${[...cells, `${sum(it => it.granted)}, ${refused}`, peak, load, sum(it => it.unplaced)].join(' | ')} |`
}
