// Runs every bench, one after the other, each in a process of its own, and prints their tables.
//
//   node bench/run.mjs [--quick] [--json] [decode latency event-loop encode monitor adaptive]
//
// Exit status 1 when a bench fails or finds something wrong, such as pictures that differ; a goal that is not met is no failure.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printReport, table, tell } from './lib/report.mjs'

const BENCHES = ['decode', 'latency', 'event-loop', 'encode', 'monitor', 'adaptive']

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.find((name) => !BENCHES.includes(name))
if (unknown) {
  console.error(`unknown bench ${unknown}: there are ${BENCHES.join(', ')}`)
  process.exit(1)
}

function run(name) {
  const script = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script, '--json', ...(values.quick ? ['--quick'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const line = text.trim().split('\n').at(-1)
      if (line?.startsWith('{')) resolve(JSON.parse(line))
      else reject(new Error(`${name} gave no result (exit status ${code})`))
    })
  })
}

const results = []
for (const name of BENCHES.filter((one) => positionals.length === 0 || positionals.includes(one))) {
  tell(`── ${name}`)
  try {
    const result = await run(name)
    results.push(result)
    if (result.checks.some(({ well }) => !well)) process.exitCode = 1
    if (!values.json) printReport(result)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
if (values.json) console.log(JSON.stringify(results))
else {
  const goals = results.flatMap(({ bench, goals }) => goals.map(({ goal, value, met }) => ({ bench, goal, value, met: met ? 'yes' : 'NO' })))
  console.log(`\nGoals\n\n${table(goals)}`)
}
