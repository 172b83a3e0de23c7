// The cost of a captured picture between JavaScript and the addon: calls, values that are written one by one, wake-ups,
// and the time and memory of the JS thread.
//
//   node scripts/native-calls.mjs [--quick] [--seconds 10] [--names 1]
//   RXGST_DIST=../other/dist node scripts/native-calls.mjs      counts another build, for a comparison
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { calm } from '../bench/lib/calm.mjs'
import { describeMachine, machineLine } from '../bench/lib/machine.mjs'
import { makeClip } from '../bench/lib/media.mjs'
import { startHelper } from '../bench/lib/processes.mjs'
import { readOptions, table, tell } from '../bench/lib/report.mjs'
import { round } from '../bench/lib/statistics.mjs'

const WAYS = ['frames$', 'getFrame()', 'framesWithAudio$', 'watched']
/** Keeps the collector away from young objects, so that the heap grows by every allocation. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256']

const options = readOptions({ seconds: [10, 4], names: [0, 0] })
const machine = describeMachine()
const here = path => fileURLToPath(new URL(path, import.meta.url))
const dist = process.env.RXGST_DIST ?? here('../dist')
const clip = await makeClip({ width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '2500k', zerolatency: true })
const server = await startHelper('./rtmp-server.mjs')
const port = await server.ask('start', { kind: 'serve-file', file: clip, pace: 'real', loop: true })
const url = `rtmp://127.0.0.1:${port}/live/clip`

async function look(way, count) {
  const args = [...FLAGS, here('../bench/lib/native-calls-process.mjs'), dist, url, way, options.seconds, ...count]
  const { stdout } = await promisify(execFile)(process.execPath, args.map(String), { timeout: 120_000 })
  await server.ask('forget')
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

const rows = []
for (const way of WAYS) {
  await calm()
  const counts = await look(way, ['count'])
  const costs = await look(way, [])
  rows.push({
    'taken by': way,
    'native calls': round(counts.calls, 2),
    'properties written': round(counts.properties, 1),
    'elements written': round(counts.elements, 1),
    'arguments read': round(counts.arguments, 1),
    'wake-ups': round(counts.wakeups, 2),
    'bytes of heap': Math.round(costs.bytes),
    'µs of the JS thread': round(costs.microseconds),
  })
  tell(`${way}: ${round(counts.calls, 2)} calls, ${round(counts.properties, 1)} properties a picture`)
  if (options.names) tell(JSON.stringify(counts.names, null, 1))
}
await server.stop()

console.log(`
A captured picture of 720p30 with sound, at the border between JavaScript and the addon: each figure is of one picture.
${machineLine(machine)}

${table(rows)}
watched: decode: false and a StreamMonitor. Properties and elements: of objects and arrays that the addon returns.
The time is all that the JS thread worked: the event loop, the wake-ups and the program.`)
