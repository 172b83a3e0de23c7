// The runner of long commands, also of several at once, whose output is hidden: the terminal shows that they go on, and
// the end of the output of one that fails.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { getPriority, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

const TAIL_LINES = 40
// A terminal gets its line rewritten; a log gets a line now and then, so that no CI takes the silence for a hang.
const TERMINAL_PERIOD_MS = 500
const LOG_PERIOD_MS = 15_000

/** An error that is shown without a stack, since its message is complete. */
export class SetupError extends Error {}

/** What runs now: title, when it began, the last line it said. */
const running = new Set()
let timer = null
let logs = 0

/**
 * Resolves when the command ends with 0; otherwise prints the end of its output and rejects with a SetupError. `nice`
 * above 0 lets others go first.
 */
export async function runTask(title, command, args, { cwd, env = {}, nice = 0 } = {}) {
  const task = { title, started: performance.now(), lastLine: '' }
  const output = []

  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output.push(text)
      task.lastLine = text.trim().split('\n').at(-1) || task.lastLine
    })
  }

  if (nice > 0 && child.pid !== undefined) setPriority(child.pid, Math.min(19, getPriority() + nice))
  begin(task)
  const failure = await new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)))
  })
  end(task)

  if (failure === null) return console.log(`  ${title}: done in ${seconds(task)}`)

  const text = output.join('')
  const log = join(tmpdir(), `rxgst-${process.pid}-${++logs}.log`)
  writeFileSync(log, text)
  console.error(text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n'))
  throw new SetupError(`${title}: failed after ${seconds(task)} (${failure}). The whole output is in ${log}`)
}

function begin(task) {
  running.add(task)
  timer ??= setInterval(showProgress, process.stdout.isTTY ? TERMINAL_PERIOD_MS : LOG_PERIOD_MS)
}

function end(task) {
  running.delete(task)
  if (running.size === 0) {
    clearInterval(timer)
    timer = null
  }
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
}

function showProgress() {
  const { isTTY, columns = 80 } = process.stdout
  const tasks = [...running]
  const text = `  ${tasks.map(task => `${task.title}: ${seconds(task)}`).join(', ')}`
  if (!isTTY) return console.log(text)
  // What the first one says: it has run longest.
  const line = `${text}  ${tasks[0].lastLine}`.replace(/[\x00-\x1f]|\x1b\[[0-9;]*m/g, ' ')
  process.stdout.write(`\r\x1b[K${line.slice(0, columns - 1)}`)
}

function seconds({ started }) {
  return `${((performance.now() - started) / 1000).toFixed(0)} s`
}
