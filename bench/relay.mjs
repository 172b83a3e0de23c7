// Copies from server to server, side by side: Relay in one process, `ffmpeg -c copy` and a bare copy of gst-launch in
// one each. What a relay costs a core and the memory, how many there may be at once, and how much later a packet comes.
//
//   node bench/relay.mjs [--quick] [--seconds 10] [--warmup 6] [--rounds 3] [--relays 20] [--most 300] [--json]
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { publishFile } from '../dist/test/support/peers/ffmpeg.js'
import { sleep } from '../dist/test/support/until.js'
import { describeMachine } from './lib/machine.mjs'
import { makeClip } from './lib/media.mjs'
import { startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { median, percentile, round } from './lib/statistics.mjs'

/** The share of ffmpeg's cost that the goals leave to a relay: 0.25 % of a core where ffmpeg takes 0.47 %. */
const GOALS = { share: 0.25 / 0.47, megabytes: 0.7, delay: 2 }
/** Of each of the other programs at a time. */
const OTHERS = 3
/** Bytes that say that a copy runs. */
const FLOWING = 100_000
/** Of each second, all pictures and sound but for what comes just before and behind. */
const KEPT = 0.98

const options = readOptions({ seconds: [10, 5], warmup: [6, 4], rounds: [3, 1], relays: [20, 10], most: [300, 100] })
const machine = describeMachine()
const clip = await makeClip({ width: 1280, height: 720, fps: 30, bitrate: '2500k', seconds: 10, zerolatency: true })
const source = await startNginx()
const sinks = await startNginx()
const publisher = await publishFile(source.url('source'), clip, { loop: true })
await source.published('source')
const from = source.url('source')
let serial = 0

function processorSeconds(pid) {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
  }
  return sum / 1e9
}

const residentMegabytes = pid =>
  (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6

const PROGRAMS = {
  'ffmpeg -c copy': to => ['ffmpeg', ['-v', 'error', '-nostdin', '-i', from, '-c', 'copy', '-f', 'flv', to]],
  'rtmp2src ! rtmp2sink': to => [
    'gst-launch-1.0',
    ['-q', 'rtmp2src', `location=${from}`, '!', 'rtmp2sink', `location=${to}`, 'sync=false', 'async=false'],
  ],
}

/** Bytes that a server has got of a stream; 0: nobody publishes it. */
const received = async stream => (await sinks.stat()).find(({ name }) => name === stream)?.bytesIn ?? 0

/** One of a program, which copies. */
async function launchOne(name) {
  for (let attempt = 0; attempt < 3; attempt++) {
    const stream = `other${serial++}`
    const [command, args] = PROGRAMS[name](sinks.url(stream))
    const child = spawn(command, args, { stdio: 'ignore' })
    for (let i = 0; i < 50 && child.exitCode === null; i++) {
      await sleep(200)
      if ((await received(stream)) > FLOWING) return { stream, child }
    }
    child.kill('SIGKILL')
  }
  throw new Error(`${name} does not copy`)
}

/** `count` of a program, each with a stream of its own. */
async function launch(name, count) {
  const all = []
  while (all.length < count) all.push(await launchOne(name))
  const children = all.map(({ child }) => child)
  return {
    streams: all.map(({ stream }) => stream),
    children,
    stop: () => children.forEach(child => child.kill('SIGKILL')),
  }
}

const links = count => Array.from({ length: count }, () => ({ from, to: sinks.url(`relay${serial++}`) }))

const costs = new Map()
const note = (name, cores) => costs.set(name, [...(costs.get(name) ?? []), cores])
const memory = new Map()

// Cost: all at the same time, so that all see the same machine.
for (let turn = 0; turn < options.rounds; turn++) {
  const helper = await startHelper('./relay-process.mjs')
  await helper.ask('add', links(options.relays))
  const others = new Map()
  for (const name of Object.keys(PROGRAMS)) others.set(name, await launch(name, OTHERS))
  await sleep(options.warmup * 1000)
  const before = await helper.ask('look')
  const begun = performance.now()
  const busy = new Map([...others].map(([name, { children }]) => [name, children.map(it => processorSeconds(it.pid))]))
  await sleep(options.seconds * 1000)
  const after = await helper.ask('look')
  const seconds = (performance.now() - begun) / 1000
  note('Relay', (after.busy - before.busy) / seconds / options.relays)
  for (const [name, { children, stop }] of others) {
    children.forEach(({ pid }, i) => note(name, (processorSeconds(pid) - busy.get(name)[i]) / seconds))
    memory.set(name, median(children.map(({ pid }) => residentMegabytes(pid))))
    stop()
  }
  await helper.stop()
  tell([...costs].map(([name, cores]) => `${name}: ${round(cores.at(-1) * 100, 3)} %`).join(', '))
}

// Many at once, in one process.
const helper = await startHelper('./relay-process.mjs')
const steps = []
let running = 0
for (const count of [1, 10, 100, 200, 300].filter(count => count <= options.most)) {
  await helper.ask('add', links(count - running))
  running = count
  await sleep(options.warmup * 1000)
  const before = await helper.ask('look')
  const begun = performance.now()
  await sleep(options.seconds * 1000)
  const after = await helper.ask('look')
  const seconds = (performance.now() - begun) / 1000
  const step = {
    relays: count,
    cores: (after.busy - before.busy) / seconds,
    megabytes: after.rss / 1e6,
    'packets/s': (after.least - before.least) / seconds,
    dropped: after.dropped,
    reconnects: after.reconnects,
    'queue ms': after.queueMs,
  }
  steps.push(step)
  tell(`${count} relays: ${round(step.cores, 3)} cores, ${round(step.megabytes)} MB, ${step.dropped} dropped`)
}
await helper.stop()

// The age of packets.
const delays = new Map()
{
  const one = await startHelper('./relay-process.mjs')
  const [link] = links(1)
  await one.ask('add', [link])
  const others = await Promise.all(Object.keys(PROGRAMS).map(name => launch(name, 1)))
  await sleep(options.warmup * 1000)
  const viewer = await startHelper('./relay-process.mjs')
  const copies = [link.to, ...others.map(({ streams }) => sinks.url(streams[0]))]
  const found = await viewer.ask('delays', { original: from, copies, seconds: Math.min(8, options.seconds) })
  for (const [i, name] of ['Relay', ...Object.keys(PROGRAMS)].entries()) delays.set(name, found[i])
  for (const { stop } of others) stop()
  await viewer.stop()
  await one.stop()
}
await publisher.stop()
await source.stop()
await sinks.stop()

const [small, large] = [steps.find(({ relays }) => relays === 10), steps.at(-1)]
const each = (large.megabytes - small.megabytes) / (large.relays - small.relays)
memory.set('Relay', each)
const cost = name => median(costs.get(name))
const share = cost('Relay') / cost('ffmpeg -c copy')
const lag = percentile(delays.get('Relay'), 0.5)
const rows = ['Relay', ...Object.keys(PROGRAMS)].map(name => ({
  way: name,
  '% of a core each': round(cost(name) * 100, 3),
  'of ffmpeg': round(cost(name) / cost('ffmpeg -c copy'), 2),
  'MB each': round(memory.get(name), 2),
  'delay p50 ms': round(percentile(delays.get(name), 0.5), 2),
  'delay p99 ms': round(percentile(delays.get(name), 0.99), 2),
  pictures: delays.get(name).length,
}))
const most = large.relays
const whole = large.dropped === 0 && large.reconnects === 0 && large['packets/s'] > KEPT * steps[0]['packets/s']
report('relay', options, {
  title: `Copies of 720p30 with sound, 2.5 Mbit/s, one target each, over nginx on loopback, on ${machine.cores} cores`,
  machine,
  rows,
  tables: [
    {
      name: 'many',
      title: 'Relays at once in one process',
      rows: steps.map(step => ({
        ...step,
        cores: round(step.cores, 3),
        megabytes: round(step.megabytes),
        'packets/s': round(step['packets/s']),
      })),
    },
  ],
  goals: [
    {
      goal: `a relay costs ≤ ${round(GOALS.share, 2)} × ffmpeg -c copy`,
      value: `${round(share, 2)} × (${round(cost('Relay') * 100, 3)} % of a core)`,
      met: share <= GOALS.share,
    },
    { goal: `≤ ${GOALS.megabytes} MB a relay`, value: `${round(each, 2)} MB`, met: each <= GOALS.megabytes },
    {
      goal: `${most} at once on a core without a drop`,
      value: `${round(large.cores, 2)} cores, ${large.dropped} dropped`,
      met: whole && large.cores <= 1,
    },
    { goal: `added delay p50 ≤ ${GOALS.delay} ms`, value: `${round(lag, 2)} ms`, met: lag <= GOALS.delay },
  ],
})
