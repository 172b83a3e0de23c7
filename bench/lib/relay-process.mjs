// Relays, more and more of them, in one process; or a watch of several streams, for the age of their packets.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { gst, Relay, run } from '../../dist/src/index.js'
import { serve } from './processes.mjs'

const relays = []
const watches = []

/** Processor seconds of all threads, to the microsecond. */
function busySeconds() {
  let sum = 0
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      sum += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')[0])
    } catch {
      // It has just ended.
    }
  }
  return sum / 1e9
}

/** When each picture of a stream came, by its content. */
async function watch(url) {
  const times = new Map()
  const pipeline = run(gst`rxrtmpsrc name=source location=${url} timeout=20
    source.video ! appsink name=video sync=false
    source.audio ! fakesink`)
  pipeline.packets$('video').subscribe(({ data }) => {
    const now = performance.now()
    const mark = createHash('md5').update(data).digest('base64')
    if (!times.has(mark)) times.set(mark, now)
  })
  await pipeline.start()
  watches.push(pipeline)
  return times
}

serve({
  async add(list) {
    const options = { connectTimeout: 60_000, reconnect: { first: true } }
    const added = list.map(({ from, to }) => new Relay(from, to, options))
    relays.push(...added)
    await Promise.all(added.map(relay => relay.start()))
  },
  look() {
    const stats = relays.map(relay => relay.stats())
    const sum = name => stats.reduce((all, one) => all + one[name], 0)
    return {
      busy: busySeconds(),
      least: Math.min(...stats.map(({ packets }) => packets)),
      dropped: sum('droppedNetwork'),
      reconnects: sum('reconnects') + sum('inputReconnects'),
      queueMs: Math.max(0, ...stats.map(({ queueMs }) => queueMs)),
      rss: process.memoryUsage().rss,
    }
  },
  /** ms by which each picture of the copies came after the original's. The original loops: for less than one round. */
  async delays({ original, copies, seconds }) {
    const [first, ...others] = await Promise.all([original, ...copies].map(watch))
    await new Promise(resolve => setTimeout(resolve, seconds * 1000))
    return others.map(times =>
      [...times].flatMap(([mark, at]) => {
        const from = first.get(mark)
        return from !== undefined && Math.abs(at - from) < 2000 ? [at - from] : []
      }),
    )
  },
  async end() {
    await Promise.all([...relays, ...watches].map(one => one.stop()))
  },
})
