// Runs every bench, one after the other, each in a process of its own, and prints their tables.
//
//   node bench/run.mjs [--quick] [--json] [--write] [decode latency transports event-loop encode presets many monitor
//     adaptive graphs cycles]
//   node bench/run.mjs --render
//
// --write keeps each result in docs/figures, and makes docs/performance.md and its charts from all that are kept there:
// those of benches that did not run stay as they were. --render does that without measuring.
//
// Exit status 1 when a bench fails or finds something wrong, such as pictures that differ; a goal that is not met is no
// failure.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keepFigures } from './lib/figures.mjs'
import { printReport, table, tell } from './lib/report.mjs'
import { ELSEWHERE, writePage } from './lib/page.mjs'

const BENCHES = [
  'decode',
  'latency',
  'transports',
  'event-loop',
  'encode',
  'presets',
  'many',
  'relay',
  'monitor',
  'adaptive',
  'graphs',
  'cycles',
]
const docs = fileURLToPath(new URL('../docs', import.meta.url))

const options = Object.fromEntries(['quick', 'json', 'write', 'render'].map(name => [name, { type: 'boolean' }]))
const { values, positionals } = parseArgs({ options, allowPositionals: true })
const unknown = positionals.find(name => !BENCHES.includes(name))
if (unknown) {
  console.error(`unknown bench ${unknown}: there are ${BENCHES.join(', ')}`)
  process.exit(1)
}

function run(name) {
  const script = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script, '--json', ...(values.quick ? ['--quick'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', chunk => (text += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      const line = text.trim().split('\n').at(-1)
      if (line?.startsWith('{')) resolve(JSON.parse(line))
      else reject(new Error(`${name} gave no result (exit status ${code})`))
    })
  })
}

const results = []
for (const name of values.render ? [] : BENCHES.filter(one => positionals.length === 0 || positionals.includes(one))) {
  tell(`── ${name}`)
  const from = performance.now()
  try {
    const result = await run(name)
    results.push(result)
    if (result.checks.some(({ well }) => !well)) process.exitCode = 1
    if (values.write) keepFigures(join(docs, 'figures'), result)
    if (!values.json) printReport(result)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
  tell(`   (${Math.round((performance.now() - from) / 1000)} s)`)
}
if (values.write || values.render) for (const file of writePage(docs)) tell(`wrote ${file}`)
if (values.json) console.log(JSON.stringify(results))
else if (!values.render) {
  const goals = results.flatMap(({ bench, goals }) =>
    goals.map(({ goal, value, met }) => ({ bench, goal, value, met: met ? 'yes' : 'NO' })),
  )
  console.log(`\nGoals\n\n${table(goals)}`)
  for (const { goal, command } of ELSEWHERE) console.log(`${goal}: measured by ${command}`)
}
