// The graphs test: builds, runs and stops graphs again and again, and watches threads, files and memory of the process;
// GStreamer's leaks tracer counts the objects.
//
//   node scripts/graphs.mjs [--graphs 1000] [--every 100]
//
// Flat = no GStreamer object, no thread and no file descriptor (but two) more after the last graph than after the first
// `every`. Exit status 1 when it is not. Prints what a graph of ten elements costs too, up to its first data: how long
// run() and the call of start() take, how long the JS thread is busy in all, and when start() resolves.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const { values } = parseArgs({
  options: { graphs: { type: 'string', default: '1000' }, every: { type: 'string', default: '100' } },
})
/** Threads of GLib's shared pool, and their descriptors, come and go by themselves. */
const FEW = 2
const [graphs, every] = [Number(values.graphs), Number(values.every)]

// A tracer is loaded when GStreamer is.
if (process.env.GST_TRACERS === undefined) {
  const env = { ...process.env, GST_TRACERS: 'leaks', MALLOC_ARENA_MAX: '1' }
  const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' })
  process.exit(status ?? 1)
}

const { gst, run } = await import('../dist/src/index.js')
const { openFiles, usage } = await import('../dist/test/support/usage.js')
const { native } = await import('../dist/src/addon/binding.js')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

const ten = index => gst`
  videotestsrc name=source num-buffers=2 ! video/x-raw,width=64,height=48,format=I420 ! queue !
  videoconvert ! videoscale !
  textoverlay name=title text=${`number ${index}`} ! x264enc tune=zerolatency speed-preset=ultrafast !
  h264parse ! queue !
  appsink name=out sync=false`

const costs = { call: [], busy: [], resolved: [] }
async function once(index) {
  const [from, idle] = [performance.now(), performance.eventLoopUtilization()]
  const pipeline = run(ten(index))
  let packets = 0
  pipeline.packets$('out').subscribe(() => packets++)
  const starting = pipeline.start()
  costs.call.push(performance.now() - from)
  await starting
  costs.resolved.push(performance.now() - from)
  costs.busy.push(performance.eventLoopUtilization(idle).active)
  pipeline.set('title', { text: 'set' })
  await pipeline.stop()
}

async function measure(done) {
  for (let i = 0; i < 2; i++) {
    collect()
    await sleep(1000)
  }
  const now = { done, ...usage(), objects: native().liveObjects() }
  console.log(
    `${String(done).padStart(6)} graphs: ${now.threads} threads, ${now.fds} file descriptors, ` +
      `${now.objects.length} objects, ${(now.rss / 2 ** 20).toFixed(1)} MiB resident`,
  )
  return now
}

const points = []
for (let index = 1; index <= graphs; index++) {
  await once(index)
  if (index % every === 0) points.push(await measure(index))
}
const [first, last] = [points[0], points.at(-1)]
const share = (list, part) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * part)].toFixed(1)
for (const [what, list] of [
  ['run() and the call of start()', costs.call],
  ['the JS thread was busy for', costs.busy],
  ['start() resolved after', costs.resolved],
]) {
  console.log(`${what}: ${share(list, 0.5)} ms (median), ${share(list, 0.99)} ms (p99)`)
}
const verdicts = [
  ['threads', last.threads <= first.threads + FEW, `${first.threads} → ${last.threads}`],
  ['file descriptors', last.fds <= first.fds + FEW, `${first.fds} → ${last.fds}`],
  ['objects', last.objects.length <= first.objects.length, `${first.objects.length} → ${last.objects.length}`],
]
for (const [what, flat, text] of verdicts) console.log(`  ${flat ? 'flat    ' : 'NOT FLAT'}  ${what}: ${text}`)
if (verdicts.some(([, flat]) => !flat)) {
  console.error(`objects:\n  ${last.objects.join('\n  ')}\nfiles:\n  ${openFiles().join('\n  ')}`)
  process.exitCode = 1
}
