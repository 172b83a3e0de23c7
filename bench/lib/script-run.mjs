// A bench that runs a script of scripts/, such as cycles.mjs: its lines become rows, and its verdicts goals.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describeMachine } from './machine.mjs'
import { report, tell } from './report.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Lines like "  flat      threads: 12 → 12" and "NOT FLAT". */
const VERDICT = /^ {2}(flat|NOT FLAT) +(.+?): (.+)$/gm

/**
 * @param name of the bench and of the script
 * @param rowsOf makes rows of the script's output
 */
export async function runScript(name, options, args, title, rowsOf) {
  const machine = describeMachine()
  const child = spawn(process.execPath, [`scripts/${name}.mjs`, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk
    tell(chunk.trimEnd())
  })
  const [code] = await once(child, 'close')
  const goals = [...text.matchAll(VERDICT)].map(([, flat, what, value]) => ({
    goal: `${what}: flat`,
    value,
    met: flat === 'flat',
  }))
  report(name, options, {
    title,
    rows: rowsOf(text),
    goals,
    checks: [
      {
        check: `scripts/${name}.mjs ended with ${goals.length} verdicts`,
        well: goals.length > 0 && (code === 0 || code === 1),
      },
    ],
    machine,
    notes: [`This runs node scripts/${name}.mjs ${args.join(' ')}.`],
  })
}
