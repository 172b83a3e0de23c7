// The nightly run, too long for every change: an hour of fuzzing, the long chaos run, an hour of each soak, laws on new
// cases.
//
//   npm run nightly [-- --hours 1]
//
// Goes on after a failure. Exit status 1 when any of them failed.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { hours: { type: 'string', default: '1' } } })
const hours = Number(values.hours)
if (!(hours > 0)) throw new RangeError('--hours takes a number above 0')
process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const LAWS = ['alert-laws', 'pipelines/launch', 'pipelines/graph', 'operators/laws', 'pair-by-timestamp']
const parts = [
  {
    name: 'laws',
    args: ['scripts/test.mjs', '--deadline=3000', ...LAWS],
    env: { RXGST_SEED: 'random', RXGST_RUNS: '20' },
  },
  { name: 'fuzz', args: ['scripts/fuzz.mjs', '--seconds', String(Math.round(hours * 3600))] },
  { name: 'chaos', args: ['scripts/chaos.mjs'] },
  { name: 'soak', args: ['scripts/soak.mjs', '--minutes', String(hours * 60)] },
  { name: 'soak of all kinds', args: ['scripts/soak-kinds.mjs', '--minutes', String(hours * 60)] },
]
const failed = parts.filter(({ name, args, env }) => {
  console.log(`── ${name}`)
  return spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status !== 0
})
console.log(failed.length ? `failed: ${failed.map(({ name }) => name).join(', ')}` : 'all well')
process.exit(failed.length ? 1 : 0)
