// The adaptive bitrate: a link loses half its capacity while an output sends. Measures the age of a viewer's pictures,
// and losses, with and without adaptiveBitrate.
//
//   node bench/adaptive.mjs [--quick] [--rounds 5] [--seconds 15] [--json]
import { BITRATE, holes, onAir, SIZE } from '../dist/test/e2e/lib/adaptive-air.js'
import { startNarrowLink } from '../dist/test/support/peers/narrow-link.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { sleep } from '../dist/test/support/until.js'
import { describeMachine } from './lib/machine.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { median, round } from './lib/statistics.mjs'

/** ms. */
const GOAL = 1000
const options = readOptions({ rounds: [5, 2], seconds: [15, 12] })
const machine = describeMachine()
const WAYS = [
  { name: 'libx264, adaptiveBitrate', vcodec: 'libx264', adaptiveBitrate: true },
  { name: 'libopenh264, adaptiveBitrate', vcodec: 'libopenh264', adaptiveBitrate: true },
  { name: 'libx264, constant', vcodec: 'libx264', adaptiveBitrate: false },
]

async function halved(nginx, name, { vcodec, adaptiveBitrate }) {
  const link = await startNarrowLink(nginx.port, 4 * BITRATE)
  const air = await onAir(nginx, `rtmp://127.0.0.1:${link.port}/live/${name}`, name, { vcodec, adaptiveBitrate })
  const { output, seen } = air
  await sleep(4000)
  const before = median(seen.map(({ age }) => age).filter(Number.isFinite))
  const from = performance.now()
  link.limit(BITRATE / 2)
  await sleep(options.seconds * 1000)
  const after = seen.filter(({ at, age }) => at > from && Number.isFinite(age))
  const settled = after.filter(({ at }) => at > from + 5000)
  const result = {
    before,
    worst: Math.max(...after.map(({ age }) => age)),
    settled: median(settled.map(({ age }) => age)),
    lost: output.stats().droppedNetwork,
    holes: holes(seen),
    kbps: output.stats().bitrate / 1000,
  }
  await air[Symbol.asyncDispose]()
  await link[Symbol.asyncDispose]()
  return result
}

const results = WAYS.map(() => [])
const nginx = await startNginx()
for (let turn = 0; turn < options.rounds; turn++) {
  for (const [index, way] of WAYS.entries()) {
    const result = await halved(nginx, `b${turn}-${index}`, way)
    results[index].push(result)
    tell(
      `round ${turn + 1}, ${way.name}: ${round(result.worst, 0)} ms at most, ${result.lost} packets ` +
        `lost, ${round(result.kbps, 0)} kbit/s`,
    )
  }
}
const of = (index, field) => median(results[index].map(result => result[field]))
report('adaptive', options, {
  title:
    `${SIZE.width}×${SIZE.height} at ${SIZE.fps}, noise of ${BITRATE / 1e6} Mbit/s, over a link of four ` +
    `times that which is halved to ${BITRATE / 2e6} Mbit/s (medians of ${options.rounds} rounds)`,
  rows: WAYS.map(({ name }, index) => ({
    what: name,
    'age before ms': round(of(index, 'before'), 0),
    'oldest ms': round(of(index, 'worst'), 0),
    'after 5 s ms': round(of(index, 'settled'), 0),
    'packets lost': of(index, 'lost'),
    'kbit/s at the end': round(of(index, 'kbps'), 0),
  })),
  goals: WAYS.slice(0, 2).map(({ name }, index) => ({
    goal: `${name}: ≤ ${GOAL} ms`,
    value: `${round(of(index, 'worst'), 0)} ms`,
    met: of(index, 'worst') <= GOAL,
  })),
  checks: WAYS.slice(0, 2).map(({ name }, index) => ({
    check: `${name}: no picture was lost`,
    well: results[index].every(({ lost, holes }) => lost === 0 && holes === 0),
  })),
  machine,
})
await nginx.stop()
