// The runner of one long command, whose output is hidden: the terminal shows that it goes on, and the end of its output
// if it fails.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TAIL_LINES = 40
// A terminal gets its line rewritten; a log gets a line now and then, so that no CI takes the silence for a hang.
const TERMINAL_PERIOD_MS = 500
const LOG_PERIOD_MS = 15_000

/** An error that is shown without a stack, since its message is complete. */
export class SetupError extends Error {}

/** Resolves when the command ends with 0; otherwise prints the end of its output and rejects with a SetupError. */
export async function runTask(title, command, args, { cwd, env = {} } = {}) {
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`
  const output = []
  let lastLine = ''

  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output.push(text)
      lastLine = text.trim().split('\n').at(-1) || lastLine
    })
  }

  const { isTTY, columns = 80 } = process.stdout
  const progress = () => {
    if (!isTTY) return console.log(`  ${title}: ${seconds()}`)
    const line = `  ${title}: ${seconds()}  ${lastLine}`.replace(/[\x00-\x1f]|\x1b\[[0-9;]*m/g, ' ')
    process.stdout.write(`\r\x1b[K${line.slice(0, columns - 1)}`)
  }
  const timer = setInterval(progress, isTTY ? TERMINAL_PERIOD_MS : LOG_PERIOD_MS)
  const failure = await new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)))
  })
  clearInterval(timer)
  if (isTTY) process.stdout.write('\r\x1b[K')

  if (failure === null) return console.log(`  ${title}: done in ${seconds()}`)

  const text = output.join('')
  const log = join(tmpdir(), `rxgst-${process.pid}.log`)
  writeFileSync(log, text)
  console.error(text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n'))
  throw new SetupError(`${title}: failed after ${seconds()} (${failure}). The whole output is in ${log}`)
}
