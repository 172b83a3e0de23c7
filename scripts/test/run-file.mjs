import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const OUTPUT_KEPT = 64 * 1024
const POLL = 100

/**
 * Runs one test file in a process group of its own and judges it. Whatever the file does (hangs, crashes, exits early,
 * leaves handles open), this resolves, and every such thing is a problem that counts as a failure.
 *
 * @param {string} file compiled test file
 * @param {{ deadline: number, grace: number, running: Set<() => void> }} options seconds
 * @returns {Promise<{ results: object[], problems: string[], seconds: number, output: string }>}
 */
export function runFile(file, { deadline, grace, running }) {
  const dir = mkdtempSync(join(tmpdir(), 'rxgst-test-'))
  const report = join(dir, `${basename(file)}.jsonl`)
  const from = performance.now()
  const problems = []
  let output = ''
  let killed = false
  let doneAt = 0

  return new Promise(resolve => {
    const child = spawn(process.execPath, ['--enable-source-maps', file], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its temporary files are removed with ours, even when it is killed.
      env: { ...process.env, TEST_REPORT: report, TMPDIR: dir },
    })
    const keep = text => {
      output = (output + text).slice(-OUTPUT_KEPT)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)

    const killGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        /* it is gone already */
      }
    }
    running.add(killGroup)

    const poll = setInterval(() => {
      const now = performance.now()
      if (killed) {
        // A process inside a system call may outlive SIGKILL; the run goes on without it.
        if (now - killed > 10_000) finish(0, null)
        return
      }
      if (!doneAt && existsSync(report) && readEvents(report).some(event => event.type === 'done')) doneAt = now
      if (doneAt && now - doneAt > grace * 1000) {
        const held = readEvents(report).findLast(event => event.type === 'held')
        const by = held ? `; it holds ${held.by.join(', ')}` : ''
        stop(`did not exit by itself within ${grace} s after its last test: something is left open${by}`)
      } else if (!doneAt && now - from > deadline * 1000) {
        const last = existsSync(report) ? readEvents(report).at(-1) : undefined
        const where = last?.type === 'started' ? ` in '${last.suite}: ${last.name}'` : ''
        stop(`still running after its deadline of ${deadline} s${where}`)
      }
    }, POLL)

    const stop = problem => {
      problems.push(problem)
      killed = performance.now()
      killGroup()
    }

    let finished = false
    const finish = (code, signal) => {
      if (finished) return
      finished = true
      clearInterval(poll)
      running.delete(killGroup)
      // Ends the rest of the file's process group too.
      killGroup()
      const events = existsSync(report) ? readEvents(report) : []
      try {
        rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
      } catch {
        // What is dying still writes there, and its folder stays.
      }
      const results = events.filter(event => event.type === 'test')
      problems.push(...judge({ events, results, code, signal: killed ? null : signal, killed }))
      resolve({ results, problems, seconds: (performance.now() - from) / 1000, output })
    }
    child.on('error', error => {
      problems.push(String(error))
      finish(1, null)
    })
    // 'close' waits for the output's end, which a grandchild can hold open: a second after the exit is enough.
    child.on('exit', (code, signal) => setTimeout(finish, 1000, code, signal))
    child.on('close', finish)
  })
}

function judge({ events, results, code, signal, killed }) {
  const problems = []
  const failed = results.some(result => result.status === 'failed')
  const ran = results.some(result => result.status !== 'skipped')
  if (signal) problems.push(`died of ${signal}`)
  else if (!killed && code !== 0 && !failed) problems.push(`exited with ${code}`)
  const done = events.some(event => event.type === 'done')
  if (!done && ran && !killed && !signal && !failed) problems.push('ended before its tests were done')
  if (!ran && !killed && problems.length === 0) problems.push('ran no test')
  return problems
}

function readEvents(report) {
  const lines = readFileSync(report, 'utf8').split('\n')
  // After the last line feed there is nothing, or half a line of a write in progress.
  return lines.slice(0, -1).map(line => JSON.parse(line))
}
