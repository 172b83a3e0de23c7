import { setImmediate as turn } from 'node:timers/promises'
import { describe, report } from './report'

type Body = () => unknown
type Hook = (body: Body) => void

export interface SuiteOptions {
  /** Deadline of every test and hook in ms; a test can have its own. Default 30000. */
  timeout?: number
}

/** uvu's interface, so that its asserts and habits fit. */
export interface Suite {
  (name: string, body: Body, options?: SuiteOptions): void
  skip(name: string, body?: Body, options?: SuiteOptions): void
  before: Hook & { each: Hook }
  after: Hook & { each: Hook }
  run(): void
}

interface Entry {
  readonly name: string
  readonly timeout: number
  readonly tests: { name: string; body: Body | null; timeout: number }[]
  readonly hooks: Record<'before' | 'after' | 'before.each' | 'after.each', Body[]>
  complete: boolean
}

const entries: Entry[] = []
let phase: 'loading' | 'running' | 'done' = 'loading'
/** Fails the step that runs now, so that an error which nobody caught fails its test, and not the file as a whole. */
let failStep: ((failure: string) => void) | null = null

/**
 * A named group of tests with deadlines. No failure may pass unnoticed, and measurements must not be disturbed:
 * uvu exits with 0 when a `before` throws; node:test passes a file that has no test or that exits early, gives up the
 * tests behind one that hangs, and watches every promise, which makes an `await` 25 times slower (Node.js 20).
 */
export function suite(name: string, { timeout = 30_000 }: SuiteOptions = {}): Suite {
  // Laws with more cases take longer.
  timeout *= Math.max(1, Number(process.env['RXGST_RUNS'] ?? 1))
  const hooks: Entry['hooks'] = { before: [], after: [], 'before.each': [], 'after.each': [] }
  const entry: Entry = { name, timeout, tests: [], hooks, complete: false }
  if (entries.push(entry) === 1) start()

  const add = (title: string, body: Body | null, options: SuiteOptions = {}) => {
    if (entry.complete) throw new Error(`test '${title}' comes after ${name}.run()`)
    entry.tests.push({ name: title, body, timeout: options.timeout ?? timeout })
  }
  const hook =
    (kind: keyof Entry['hooks']): Hook =>
    body =>
      void hooks[kind].push(body)
  return Object.assign((title: string, body: Body, options?: SuiteOptions) => add(title, body, options), {
    skip: (title: string) => add(title, null),
    before: Object.assign(hook('before'), { each: hook('before.each') }),
    after: Object.assign(hook('after'), { each: hook('after.each') }),
    run: () => {
      entry.complete = true
    },
  })
}

/** The tests start once the file is loaded, so that a suite without .run() is noticed. */
function start(): void {
  // Rejections that nobody handles arrive here too: Node's default turns them into uncaught exceptions.
  process.on('uncaughtException', (error, origin) => {
    const kind = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception'
    const failure = `${kind}: ${describe(error)}`
    if (failStep) failStep(failure)
    else report.problem(failure)
  })
  process.on('exit', () => {
    if (phase !== 'done') report.problem('the process ended before its tests were done')
  })
  setImmediate(async () => {
    phase = 'running'
    for (const entry of entries) {
      if (entry.complete) await runSuite(entry)
      else report.problem(`suite '${entry.name}' has no .run()`)
    }
    phase = 'done'
    report.done()
  })
}

async function runSuite(entry: Entry): Promise<void> {
  const prepared = await runHooks(entry, 'before')
  for (const test of entry.tests) {
    if (!test.body) report.skipped(entry.name, test.name)
    // Tests that cannot run have not passed: each is reported, so that no count hides them.
    else if (!prepared) report.failed(entry.name, test.name, 0, 'not run: a before hook failed')
    else await runTest(entry, test.name, test.body, test.timeout)
  }
  await runHooks(entry, 'after')
}

async function runTest({ name: suite, hooks, timeout }: Entry, name: string, body: Body, limit: number): Promise<void> {
  report.started(suite, name)
  const from = performance.now()
  const failures: string[] = []
  const attempt = async (what: string, step: Body, ms: number) => {
    const failure = await guard(what, ms, step)
    if (failure) failures.push(failure)
  }

  for (const step of hooks['before.each']) if (failures.length === 0) await attempt('before.each', step, timeout)
  if (failures.length === 0) await attempt('test', body, limit)
  for (const step of hooks['after.each']) await attempt('after.each', step, timeout)

  const took = performance.now() - from
  if (failures.length > 0) report.failed(suite, name, took, failures.join('\n'))
  else report.passed(suite, name, took)
}

/** Runs every hook of a kind, reports each failure, and says whether all went well. */
async function runHooks({ name, hooks, timeout }: Entry, kind: 'before' | 'after'): Promise<boolean> {
  let well = true
  for (const step of hooks[kind]) {
    const failure = await guard(kind, timeout, step)
    if (failure) report.failed(name, `(${kind} hook)`, 0, failure)
    well &&= !failure
  }
  return well
}

/**
 * Runs one step under a deadline; resolves with null after a success, else with the failure. The deadline's timer
 * keeps the event loop alive, so that a step which waits in vain ends here too, and not in an exit with 0.
 */
async function guard(what: string, timeout: number, step: Body): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const verdict = new Promise<string | null>(resolve => {
    failStep = resolve
    timer = setTimeout(() => resolve(`${what} took longer than its deadline of ${timeout} ms`), timeout)
    outcome(step).then(resolve)
  })
  const failure = await verdict
  clearTimeout(timer)
  failStep = null
  return failure
}

async function outcome(step: Body): Promise<string | null> {
  try {
    await step()
    // One more turn: a rejection that nobody handled surfaces now, and belongs to this step.
    await turn()
    return null
  } catch (error) {
    return describe(error)
  }
}
