// The cycles test: starts and stops an output and a capture of it again and again, against nginx, and watches the
// threads, files and memory of the process.
//
//   node scripts/cycles.mjs [--cycles 200] [--every 20] [--limit 16] [--glibc]
//
// Flat = no thread and no file descriptor more after the last cycle than after the warm-up (a quarter of the cycles),
// and resident memory that grows by less than `limit` KiB per cycle since then. Exit status 1 when it is not.
//
// glibc gives threads arenas of their own and keeps what is freed in them, so that resident memory creeps for hundreds
// of cycles while no byte is lost. Here it is told to use one arena and to give pictures back; --glibc leaves it as it
// is.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { RTMPCapture, RTMPOutput } from '../dist/src/index.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { openFiles, usage } from '../dist/test/support/usage.js'

const { values } = parseArgs({
  options: {
    glibc: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '200' },
    every: { type: 'string', default: '20' },
    limit: { type: 'string', default: '16' },
  },
})
const [cycles, every, limit] = [Number(values.cycles), Number(values.every), Number(values.limit)]

const PLAIN_MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }
// malloc reads its settings when a process begins.
if (!values.glibc && !process.env.MALLOC_ARENA_MAX) {
  const { status } = spawnSync(process.execPath, process.argv.slice(1), {
    env: { ...process.env, ...PLAIN_MALLOC },
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

const WIDTH = 320
const HEIGHT = 180
const FPS = 30
/**
 * Milliseconds after a collection until the freed objects are gone: GLib's main context turns ten times a second, and
 * worker threads become idle.
 */
const SETTLE = 1500
/** Threads of GLib's shared pool come and go by themselves. */
const FEWEST_THREADS = 2

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

async function cycle(nginx, index) {
  const url = nginx.url(`cycle${index}`)
  const output = new RTMPOutput(url, { width: WIDTH, height: HEIGHT, fps: FPS, bitrate: '300k', keyframeInterval: 0.2 })
  await output.start()
  const picture = new Uint8Array(WIDTH * HEIGHT * 3).fill(index % 256)
  let writing = true
  const written = (async () => {
    while (writing) await output.writeFrame(picture)
  })()
  const capture = new RTMPCapture(url)
  await capture.start()
  let left = 5
  for await (const frame of capture.aiterFrames()) {
    frame.close()
    if (--left === 0) break
  }
  await capture.stop()
  writing = false
  await written
  await output.stop()
}

async function measure(done, most) {
  // Twice: objects that the first collection finds release others, which the second one finds.
  for (let i = 0; i < 2; i++) {
    collect()
    await sleep(SETTLE)
  }
  const now = { cycles: done, ...usage(), heap: process.memoryUsage().heapUsed }
  const mib = bytes => (bytes / 2 ** 20).toFixed(1).padStart(6)
  const files = `${now.fds} file descriptors (${most} at most, between collections)`
  console.log(
    `${String(done).padStart(6)} cycles: ${now.threads} threads, ${files}, ${mib(now.rss)} MiB ` +
      `resident, ${mib(now.heap)} MiB of JS heap`,
  )
  return now
}

/** Slope of resident memory by least squares, KiB per cycle. */
function growth(points) {
  const mean = of => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(point => point.cycles), mean(point => point.rss)]
  return mean(point => (point.cycles - x) * (point.rss - y)) / mean(point => (point.cycles - x) ** 2) / 1024
}

const threadNames = () =>
  readdirSync('/proc/self/task').map(task => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim()
    } catch {
      return ''
    }
  })

const nginx = await startNginx()
const points = []
const from = performance.now()
let most = 0
for (let done = 1; done <= cycles; done++) {
  await cycle(nginx, done)
  most = Math.max(most, usage().fds)
  if (done % every > 0) continue
  points.push(await measure(done, most))
  most = 0
}
const perCycle = (performance.now() - from) / cycles
await nginx.stop()

const settled = points.filter(point => point.cycles >= cycles / 4)
if (settled.length < 3) {
  console.error('too few measurements: more --cycles, or a smaller --every')
  process.exit(1)
}
const [first, last] = [settled[0], settled.at(-1)]
const slope = growth(settled)
const verdicts = [
  ['threads', last.threads <= first.threads + FEWEST_THREADS, `${first.threads} → ${last.threads}`],
  ['file descriptors', last.fds <= first.fds, `${first.fds} → ${last.fds}`],
  [
    'resident memory',
    slope < limit,
    `${slope.toFixed(1)} KiB per cycle (limit ${limit}), ` +
      `${((last.rss - first.rss) / 2 ** 20).toFixed(1)} MiB in ${last.cycles - first.cycles} cycles`,
  ],
]
console.log(`${cycles} cycles, ${perCycle.toFixed(0)} ms each`)
for (const [what, flat, text] of verdicts) console.log(`  ${flat ? 'flat    ' : 'NOT FLAT'}  ${what}: ${text}`)
if (verdicts.some(([, flat]) => !flat)) {
  console.log(`threads: ${threadNames().sort().join(', ')}\nfiles:\n  ${openFiles().join('\n  ')}`)
  process.exitCode = 1
}
