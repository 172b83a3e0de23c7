import { appendFileSync } from 'node:fs'
import { inspect } from 'node:util'

/**
 * Where results go: always to the terminal, for a file that is run by hand; and as JSON lines to the file that the
 * runner names. Written synchronously, so that a crash in native code loses none. Child processes must not write there.
 */
const target = process.env['TEST_REPORT']
delete process.env['TEST_REPORT']

const counts = { passed: 0, failed: 0, skipped: 0 }

export const report = {
  started: (suite: string, name: string): void => send({ type: 'started', suite, name }),

  passed(suite: string, name: string, ms: number): void {
    counts.passed++
    send({ type: 'test', status: 'passed', suite, name })
    console.log(`  ✓ ${suite}: ${name} (${ms.toFixed(0)} ms)`)
  },

  failed(suite: string, name: string, ms: number, error: string): void {
    counts.failed++
    process.exitCode = 1
    send({ type: 'test', status: 'failed', suite, name, error })
    console.log(`  ✘ ${suite}: ${name} (${ms.toFixed(0)} ms)`)
    // The runner prints it itself.
    if (!target) console.log(error.replace(/^/gm, '      '))
  },

  skipped(suite: string, name: string): void {
    counts.skipped++
    send({ type: 'test', status: 'skipped', suite, name })
    console.log(`  - ${suite}: ${name} (skipped)`)
  },

  /** Something that fails the file and belongs to no test. */
  problem(error: string): void {
    report.failed('(file)', error.split('\n', 1)[0] ?? '', 0, error)
  },

  done(): void {
    if (counts.passed + counts.failed === 0) report.problem('no test ran')
    send({ type: 'done' })
    const skipped = counts.skipped ? `, ${counts.skipped} skipped` : ''
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
    // If the process is still there after a second, say what holds it: the runner kills it in the end.
    setTimeout(() => send({ type: 'held', by: process.getActiveResourcesInfo() }), 1000).unref()
  },
}

function send(event: Record<string, unknown>): void {
  if (target) appendFileSync(target, `${JSON.stringify(event)}\n`)
}

/** Text for anything that can be thrown. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `thrown, and no Error: ${inspect(error)}`
  // uvu's asserts bring their own comparison; inspect() would print it escaped.
  if (error.name === 'Assertion') {
    const { details } = error as { details?: string | false }
    const calls = error.stack?.replace(/^[^]*?\n(?= +at )/, '')
    return `${error.message}\n${details ? `${details}\n` : ''}${calls}`
  }
  return inspect(error, { depth: 4 })
}
