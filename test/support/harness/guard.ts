import { setImmediate as turn } from 'node:timers/promises'
import { describe, report } from './report'

/** The step that runs now, so that an error which nobody caught fails it, and not the file as a whole. */
let fail: ((failure: string) => void) | null = null

/**
 * Runs one step under a deadline; resolves with null when it went well, else with what went wrong. The deadline's timer
 * holds the event loop, so that a step which waits for something that nobody holds ends here too, and not in an exit 0.
 */
export async function guard(what: string, timeout: number, step: () => unknown): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const verdict = new Promise<string | null>(resolve => {
    fail = resolve
    timer = setTimeout(() => resolve(`${what} took longer than its deadline of ${timeout} ms`), timeout)
    run(step).then(resolve)
  })
  const failure = await verdict
  clearTimeout(timer)
  fail = null
  return failure
}

async function run(step: () => unknown): Promise<string | null> {
  try {
    await step()
    // One more turn: a rejection that nobody handled surfaces now, and belongs to this step.
    await turn()
    return null
  } catch (error) {
    return describe(error)
  }
}

/** Rejections that nobody handles arrive here too (Node's default turns them into uncaught exceptions). */
export function installGuard(): void {
  process.on('uncaughtException', (error, origin) => {
    const kind = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception'
    const failure = `${kind}: ${describe(error)}`
    if (fail) fail(failure)
    else report.problem(failure)
  })
}
