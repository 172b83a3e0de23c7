// The chaos run: breaks everything between a source and its viewers, again and again, and prints what a viewer saw.
//
//   npm run test:chaos                       all cases, as often as they stand in test/chaos/*-scenarios.ts
//   npm run test:chaos -- killed frozen      the cases whose names hold one of these words
//   npm run test:chaos -- --short            as often as in `npm run test:all`
//   npm run test:chaos -- --rounds 3         each so often
//   npm run test:chaos -- --json file        the figures, too
//
// A case fails on laws of any machine (no viewer disconnected, order, content, counts), and on the figures of
// docs/reliability.md, which need an idle machine. Exit status 1 when a case fails.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  INPUT,
  LIMITS,
  OUTPUT,
  STOPS,
  makeMedia,
  play,
  playNetem,
  playReconnects,
  playStops,
  startWorld,
} from '../dist/test/chaos/index.js'

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    reconnects: { type: 'string', default: '500' },
    json: { type: 'string' },
    'in-netem': { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const chosen = name => words.length === 0 || words.some(word => name.toLowerCase().includes(word.toLowerCase()))
const roundsOf = ({ rounds }) => (values.rounds ? Number(values.rounds) : values.short ? rounds.short : rounds.long)
const most = list => (list.length ? Math.max(...list) : NaN)
const middle = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN
const ms = value => (Number.isFinite(value) ? value.toFixed(0) : '–')
const mib = bytes => (bytes / 2 ** 20).toFixed(0)

const COLUMNS = [
  'case',
  'rounds',
  'noticed ms',
  'back ms (most)',
  'viewer waits ms',
  'A/V ms',
  'threads',
  'files',
  'MiB',
  'verdict',
]
const rows = []

function row({ name, outages, before, after, faults, missed }) {
  const offsets = outages.flatMap(outage => outage.offsets.map(Math.abs))
  const cells = [
    name,
    String(outages.length),
    ms(middle(outages.filter(outage => outage.noticed !== null).map(outage => outage.noticed))),
    `${ms(middle(outages.map(outage => outage.recovery)))} (${ms(most(outages.map(outage => outage.recovery)))})`,
    ms(most(outages.map(outage => outage.wait))),
    offsets.length ? most(offsets).toFixed(1) : '–',
    `${before.threads} → ${after.threads}`,
    `${before.fds} → ${after.fds}`,
    `${mib(before.rss)} → ${mib(after.rss)}`,
    faults.length ? 'FAILED' : missed.length ? 'MISSED' : 'ok',
  ]
  rows.push(cells)
  console.log(`| ${cells.join(' | ')} |`)
  for (const text of [...faults, ...missed]) console.log(`    ${text}`)
}

/** Runs one case in a world of processes, which is used again until something fails in it. */
const reports = []
let world = null
let worldIsDirect = false
async function run(scenario, media) {
  const { direct = false } = scenario
  if (world && worldIsDirect !== direct) {
    await world[Symbol.asyncDispose]()
    world = null
  }
  worldIsDirect = direct
  world ??= await startWorld(media, { direct })
  const report = await play(world, scenario, roundsOf(scenario))
  reports.push(report)
  row(report)
  if (values.verbose) console.log(world.relay.log.slice(-30).join('\n'))
  if (report.faults.length) {
    await world[Symbol.asyncDispose]()
    world = null
  }
}

/** The cases that need a bad network below the sockets: in a network namespace of their own. */
function netem() {
  const name = 'network: 40 ms ± 20 ms, 2 % of packets lost'
  if (!chosen(name)) return
  const inside = `ip link set lo up && tc qdisc add dev lo root netem delay 40ms 20ms loss 2% && exec "$@"`
  const probe = spawnSync('unshare', ['-n', 'sh', '-c', inside, 'sh', 'true'], { encoding: 'utf8' })
  if (probe.status !== 0) {
    const why = (probe.error?.message ?? probe.stderr.trim().split('\n').at(-1)) || `status ${probe.status}`
    console.log(`| ${name} | skipped: no netem in a network namespace on this machine: ${why} |`)
    return
  }
  const script = ['sh', process.execPath, process.argv[1], '--in-netem', name]
  const { status } = spawnSync('unshare', ['-n', 'sh', '-c', inside, ...script], { stdio: 'inherit' })
  if (status !== 0) reports.push({ name, faults: ['see above'], missed: [], outages: [] })
}

const media = await makeMedia()
if (values['in-netem']) {
  const report = await playNetem(media, values['in-netem'])
  row(report)
  process.exit(report.faults.length ? 1 : 0)
}

console.log(`| ${COLUMNS.join(' | ')} |\n|${COLUMNS.map(() => '---|').join('')}`)
const byWorld = (a, b) => Number(a.direct ?? false) - Number(b.direct ?? false)
for (const scenario of [...INPUT, ...OUTPUT].sort(byWorld)) {
  if (chosen(scenario.name) && roundsOf(scenario) > 0) await run(scenario, media)
}
if (world) {
  const times = await world.relay.stop()
  console.log(
    `stop: capture ${ms(times.capture)} ms, output ${ms(times.output)} ms; its process ended with ` +
      `${world.relay.exit?.code}`,
  )
  await world[Symbol.asyncDispose]()
}
const stops = STOPS.filter(({ name }) => chosen(name))
for (const { name, took, faults } of stops.length ? await playStops(media, stops) : []) {
  console.log(`| ${name} | ${ms(took)} ms | ${faults.length ? 'FAILED' : 'ok'} |`)
  for (const text of faults) console.log(`    ${text}`)
  reports.push({ name, took, faults, missed: [], outages: [] })
}
if (chosen('reconnects')) {
  const report = await playReconnects(media, Number(values.reconnects), line => console.log(line))
  reports.push(report)
  row(report)
}
netem()

if (values.json) writeFileSync(values.json, JSON.stringify({ limits: LIMITS, reports }, null, 1))
const bad = reports.filter(({ faults, missed }) => faults.length || missed.length)
console.log(`${reports.length - bad.length} cases passed, ${bad.length} failed`)
process.exit(bad.length || reports.length === 0 ? 1 : 0)
