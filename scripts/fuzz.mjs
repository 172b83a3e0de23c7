// The fuzzer: sends mutated FLV and RTMP through the real capture, in a process of its own. Findings are a crash, a
// hang, an error without a code of rxgst, and unbounded memory.
//
//   npm run fuzz                              a minute, from a seed of today
//   npm run fuzz -- --seconds 3600
//   npm run fuzz -- --seed 12345 --cases 1    one case again
//   npm run fuzz -- --machine                 the RTMP machine alone, under libFuzzer and its sanitizers
//
// Exit status 1 when there is a finding.
import { parseArgs } from 'node:util'
import { fuzz } from '../dist/test/fuzz/fuzz.js'
import { fuzzMachine } from './lib/fuzz-machine.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    cases: { type: 'string' },
    machine: { type: 'boolean', default: false },
  },
})
if (values.machine) process.exit(fuzzMachine(Number(values.seconds)))
const seed = values.seed === undefined ? Math.floor(Date.now() / 86_400_000) * 1_000_000 : Number(values.seed)
console.log(`from seed ${seed}`)
const from = performance.now()
const { cases, pictures, refused, outcomes, findings, rss } = await fuzz({
  seed,
  time: Number(values.seconds) * 1000,
  cases: values.cases ? Number(values.cases) : undefined,
  say: line => console.log(line),
})
for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(6)}  ${outcome}`)
const seconds = (performance.now() - from) / 1000
console.log(
  `${cases} cases in ${seconds.toFixed(0)} s: ${pictures} with pictures, ${refused} without, at most ` +
    `${(rss / 2 ** 20).toFixed(0)} MiB; ${findings.length} findings`,
)
for (const { seed, name, what } of findings) console.log(`  --seed ${seed} --cases 1   ${what}   (${name})`)
process.exit(findings.length ? 1 : 0)
