// A fleet of real workers and a real PostgreSQL, with channels whose processes have no media: what the store takes
// while nothing happens, and how long the channels of a worker that is lost are away.
//
//   node server/bench/fleet-live.mjs [--quick] [--channels 200] [--workers 5] [--ttl 15] [--seconds 60] [--json]
//
// All workers share this machine, and so the processes that begin on four of them after the loss of the fifth.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from '../../dist/test/support/child.js'
import { sleep, until } from '../../dist/test/support/until.js'
import { startFleet } from '../../dist/server/test/fleet/support.js'
import { busySeconds, calm } from '../../bench/lib/calm.mjs'
import { describeMachine } from '../../bench/lib/machine.mjs'
import { processorSeconds, treeSeconds } from '../../bench/lib/processes.mjs'
import { readOptions, report, tell } from '../../bench/lib/report.mjs'
import { median, round } from '../../bench/lib/statistics.mjs'

const START_MS = 300_000
const [MOST_CORE, MOST_AWAY_S] = [0.05, 20]

const options = readOptions({ channels: [200, 20], workers: [5, 3], ttl: [15, 5], seconds: [60, 15] })
const machine = describeMachine()
const folder = mkdtempSync(join(tmpdir(), 'rxgst-bench-'))
const fleet = await startFleet()
await calm()

/** Who publishes: name of the channel to its processes, and when each was heard of. */
const publishers = new Map()
let doubled = 0
const destination = createServer(socket => {
  let entry = null
  socket.setEncoding('utf8').on('data', text => {
    const [name, pid, parent] = text.trim().split(' ')
    entry = { name, pid: Number(pid), parent: Number(parent), at: performance.now() }
    const all = publishers.get(name) ?? new Set()
    publishers.set(name, all.add(entry))
    if (all.size > 1) doubled++
  })
  socket.on('error', () => {})
  socket.on('close', () => entry && publishers.get(entry.name).delete(entry))
})
await new Promise(resolve => destination.listen(0, '127.0.0.1', resolve))
const target = `rtmp://127.0.0.1:${destination.address().port}/live`
const names = Array.from({ length: options.channels }, (_, i) => `channel-${i + 1}`)
const channels = names
  .map(
    name =>
      `  ${name}: { inputs: [{ url: "rtmp://127.0.0.1/live/in" }], targets: { out: { url: "${target}/${name}" } } }`,
  )
  .join('\n')
const workers = Array.from({ length: options.workers }, (_, i) => {
  mkdirSync(join(folder, `worker-${i + 1}`))
  writeConfig(i, ' {}')
  const script = fileURLToPath(new URL('./lib/fleet-worker.mjs', import.meta.url))
  return start(process.execPath, [script, join(folder, `worker-${i + 1}`)], { env: { FLEET_URL: fleet.workerUrl } })
})
const publishing = () => names.filter(name => (publishers.get(name)?.size ?? 0) > 0).length

try {
  // Each has watched the store for a TTL by then, so that the channels are shared out.
  await sleep(options.ttl * 1000 + 5000)
  writeConfig(0, `\n${channels}`)
  const begun = performance.now()
  const texts = () => `${publishing()} channels\n${workers.map(one => one.output().slice(-2000)).join('\n---\n')}`
  await until(() => publishing() === names.length, { timeout: START_MS, interval: 50, what: texts })
  const startS = (performance.now() - begun) / 1000
  tell(`${names.length} channels run after ${round(startS, 1)} s`)
  // Costs are measured, and the store has heard of them.
  await sleep(options.ttl * 1000 + 15_000)
  const store = Number(readFileSync(join(fleet.postgres.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  const busy = busySeconds()
  const before = [treeSeconds(store), ...workers.map(({ pid }) => processorSeconds(pid))]
  const from = performance.now()
  await sleep(options.seconds * 1000)
  const passed = (performance.now() - from) / 1000
  const busyCores = (busySeconds() - busy) / passed
  const after = [treeSeconds(store), ...workers.map(({ pid }) => processorSeconds(pid))]
  const [storeCores, ...workerCores] = after.map((seconds, i) => (seconds - before[i]) / passed)

  const loads = workers.map(({ pid }) => names.filter(name => only(name).parent === pid).length)
  const lost = workers[loads.indexOf(Math.max(...loads))]
  const theirs = names.filter(name => only(name).parent === lost.pid)
  tell(`a worker with ${theirs.length} channels is lost`)
  // The machine: the server and all of its processes.
  const gone = performance.now()
  for (const pid of [lost.pid, ...theirs.map(name => only(name).pid)]) process.kill(pid, 'SIGKILL')
  const leased = await leasesOf(theirs, workers.indexOf(lost), gone)
  await until(() => publishing() === names.length, { timeout: START_MS, interval: 20, what: texts })
  const away = theirs.map(name => (only(name).at - gone) / 1000)
  report('fleet-live', options, {
    ...{ title: `A fleet of ${options.workers} workers with ${names.length} channels, TTL ${options.ttl} s`, machine },
    rows: [
      { what: 'all channels run after they were written into a file, s', value: round(startS, 1) },
      { what: 'channels of each worker', value: loads.join(', ') },
      { what: 'processor of the store, cores', value: round(storeCores, 4) },
      { what: 'processor of a worker, median, cores', value: round(median(workerCores), 4) },
      { what: 'the whole machine meanwhile, cores', value: round(busyCores, 2) },
      { what: 'channels of the lost worker', value: theirs.length },
      {
        what: 'others have their leases after, median and last, s',
        value: `${round(median(leased), 1)}, ${round(Math.max(...leased), 1)}`,
      },
      { what: 'they run elsewhere after, median, s', value: round(median(away), 1) },
      { what: 'the last one, s', value: round(Math.max(...away), 1) },
    ],
    goals: [
      { goal: 'the store takes less than 0.05 of a core', value: round(storeCores, 4), met: storeCores < MOST_CORE },
      {
        ...{ goal: `failover of ${theirs.length} channels within ${MOST_AWAY_S} s` },
        ...{ value: round(Math.max(...away), 1), met: Math.max(...away) < MOST_AWAY_S },
      },
    ],
    checks: [{ check: 'no channel was published twice at a time', well: doubled === 0 }],
  })
} finally {
  await Promise.all(workers.map(worker => worker.stop()))
  destination.close()
  await fleet[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

/** After how many seconds each of these channels has a lease of another worker. */
async function leasesOf(channels, worker, from) {
  const found = new Map()
  const look = async () => {
    const rows = await fleet.sql(
      `SELECT channel FROM rxgst.leases WHERE holder <> 'worker-${worker + 1}' AND expires_at > rxgst.clock()`,
    )
    const at = (performance.now() - from) / 1000
    for (const { channel } of rows) if (!found.has(channel)) found.set(channel, at)
    return channels.every(channel => found.has(channel))
  }
  await until(look, { timeout: START_MS, interval: 200, what: 'the leases' })
  return channels.map(channel => found.get(channel))
}

function writeConfig(worker, channels) {
  const fleet = `{ url: "\${env:FLEET_URL}", worker: worker-${worker + 1}, ttl: ${options.ttl}s, cores: 8 }`
  const file = join(folder, `worker-${worker + 1}`, 'rxgst.yaml')
  writeFileSync(file, `server: { fleet: ${fleet} }\nchannels:${channels}\n`)
}

/** The one process that publishes a channel. */
function only(name) {
  const [entry] = publishers.get(name)
  return entry
}
