// How many streams a machine carries: relays (capture → JS → output) and captures of 720p30 in one process, one more
// and one more until pictures are lost, beside as many ffmpeg pipes in Node.
//
//   node bench/many.mjs [--quick] [--seconds 8] [--warmup 4] [--most 64] [--json]
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { publishFile } from '../dist/test/support/peers/ffmpeg.js'
import { sleep } from '../dist/test/support/until.js'
import { busySeconds, calm } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makeClip } from './lib/media.mjs'
import { processorSeconds, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { round } from './lib/statistics.mjs'

const SIZE = { width: 1280, height: 720, fps: 30, bitrate: '2500k', vbv: '1250k' }
const GOAL = 2
/** Less than this part of the pictures is a stream that does not keep up … */
const KEPT = 0.99
/** … but for those that come just before and just behind a measurement. */
const EDGE = 1.5
/**
 * How often a number of streams is tried that cores and JS thread have room for: others on the machine are no limit of
 * ours.
 */
const TRIES = 3

const options = readOptions({ seconds: [8, 3], warmup: [4, 1.5], most: [64, 40] })
const machine = describeMachine()
const clip = await makeClip({ ...SIZE, seconds: 10, bitrate: '2500k', zerolatency: true })
const nginx = await startNginx()
const publisher = await publishFile(nginx.url('source'), clip, { loop: true })
await nginx.published('source')

const KINDS = [
  { what: 'relays', relays: true, step: count => count + (count < 2 || (count < 4 && !options.quick) ? 1 : 2) },
  { what: 'captures', relays: false, step: count => count + (count < 4 ? (options.quick ? 3 : 1) : 4) },
]
const WAYS = [
  { way: 'ours', name: { relays: 'RTMPCapture → JS → RTMPOutput', captures: 'RTMPCapture → JS' } },
  { way: 'pipe', name: { relays: 'ffmpeg → Node → ffmpeg', captures: 'ffmpeg → Node' } },
  // Never better so far, so that a quick run goes without it.
  ...(options.quick
    ? []
    : [{ way: 'tuned', name: { relays: 'ffmpeg → Node → ffmpeg, tuned', captures: 'ffmpeg → Node, tuned' } }]),
]
let serial = 0

/** One measurement: the cost of `count` streams, and whether all of them keep up. */
async function look(helper, count) {
  await sleep(options.warmup * 1000)
  const busy = busySeconds()
  const server = processorSeconds(nginx.pid) + processorSeconds(publisher.pid)
  await helper.ask('begin')
  await sleep(options.seconds * 1000)
  const found = await helper.ask('finish')
  const wanted = SIZE.fps * found.passed
  return {
    count,
    cores: found.cores / count,
    kept: Math.min(1, (found.least + EDGE) / wanted, 1 - found.lost / (wanted * count)),
    thread: found.thread,
    delay: found.delay,
    servers: (processorSeconds(nginx.pid) + processorSeconds(publisher.pid) - server) / found.passed,
    busy: (busySeconds() - busy) / found.passed,
  }
}

async function climb({ what, relays, step }, { way, name }) {
  await calm()
  const helper = await startHelper('./many-process.mjs')
  const steps = []
  try {
    let running = 0
    for (let count = 1; count <= options.most; count = step(count)) {
      const list = Array.from({ length: count - running }, () => ({
        ...SIZE,
        from: nginx.url('source'),
        to: relays ? nginx.url(`relayed${serial++}`) : null,
      }))
      await helper.ask('add', { way, list })
      running = count
      let one = await look(helper, count)
      for (let i = 1; i < (options.quick ? 2 : TRIES) && one.kept < KEPT; i++) one = await look(helper, count)
      steps.push(one)
      tell(
        `${name[what]}: ${count}: ${round(one.cores, 3)} cores each, ${round(one.kept * 100, 1)} % ` +
          `kept, ${round(one.busy, 2)} of ${machine.cores} cores busy, JS thread ` +
          `${round(one.thread, 2)}`,
      )
      if (one.kept < KEPT) break
    }
  } catch (error) {
    tell(`${name[what]}: ${error.message}`)
  } finally {
    await helper.stop()
  }
  return { what, way, name: name[what], steps }
}

const results = []
for (const kind of KINDS) for (const way of WAYS) results.push(await climb(kind, way))
await publisher.stop()
await nginx.stop()

const good = ({ steps }) => steps.filter(({ kept }) => kept >= KEPT)
const most = result => good(result).at(-1)?.count ?? 0
/** What had no room left when pictures were lost. */
function limit({ steps }) {
  const last = steps.at(-1)
  if (!last || last.kept >= KEPT) return `none up to ${last?.count ?? 0}`
  if (last.thread > 0.85) return 'the JS thread'
  return last.busy > machine.cores * 0.9 ? 'all cores' : 'neither cores nor the JS thread'
}
const rows = results.map(result => {
  const kept = good(result)
  const [first, last] = [kept[0], kept.at(-1)]
  return {
    what: result.what,
    way: result.name,
    'without loss': most(result),
    'cores each, of 1': round(first?.cores ?? null, 3),
    'cores each, of the most': round(last?.cores ?? null, 3),
    'JS thread each, ms/s': round(last ? (last.thread / last.count) * 1000 : null, 1),
    'event loop p99 ms at the most': round(last?.delay ?? null),
    'limited by': limit(result),
  }
})
const of = (what, way) => most(results.find(one => one.what === what && one.way === way))
const peer = Math.max(...WAYS.filter(({ way }) => way !== 'ours').map(({ way }) => of('relays', way)))
const ratio = of('relays', 'ours') / peer
const goals = [
  {
    goal: `relays of 720p30 without loss: ≥ ${GOAL} × as many as ffmpeg pipes in Node`,
    value: `${of('relays', 'ours')} against ${peer}: ${round(ratio, 2)} ×`,
    met: ratio >= GOAL,
  },
]
const curve = results.flatMap(({ what, name, steps }) =>
  steps.map(one => ({
    what,
    way: name,
    streams: one.count,
    'cores each': round(one.cores, 3),
    'kept %': round(Math.min(1, one.kept) * 100, 1),
    'JS thread, cores': round(one.thread, 2),
    'machine busy, cores': round(one.busy, 2),
  })),
)
report('many', options, {
  title: `720p30 of 2.5 Mbit/s: as many streams in one process as are carried without loss, on ${machine.cores} cores`,
  rows,
  tables: [{ name: 'steps', title: `Every step, measured for ${options.seconds} s`, rows: curve }],
  goals,
  checks: WAYS.map(({ way }) => ({
    check: `${way}: one relay and one capture keep up`,
    well: of('relays', way) >= 1 && of('captures', way) >= 1,
  })),
  machine,
  notes: [
    `Without loss: every stream gave JS at least ${KEPT * 100} % of its pictures, and at most ` +
      `${round(100 - KEPT * 100, 0)} % of all were dropped, repeated or late on their way out.`,
    'The publisher and nginx, which all ways share, take part of the same cores; what they take is ' +
      "not counted as a stream's.",
  ],
})
