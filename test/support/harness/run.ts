import { report } from './report'
import { guard, installGuard } from './guard'

export type Body = () => unknown

export interface Entry {
  name: string
  timeout: number
  tests: { name: string; body: Body; timeout: number; mode: 'normal' | 'only' | 'skip' }[]
  before: Body[]
  after: Body[]
  beforeEach: Body[]
  afterEach: Body[]
  started: boolean
}

const known: Entry[] = []
const queue: Entry[] = []
let phase: 'loading' | 'running' | 'done' = 'loading'

export const enqueue = {
  /** Called by suite(): the file's tests start once it is loaded, so that a suite without .run() is noticed. */
  known(entry: Entry): void {
    if (known.length === 0) start()
    known.push(entry)
  },
  run(entry: Entry): void {
    if (phase !== 'loading') throw new Error(`${entry.name}.run() comes too late: call it while the file is loaded`)
    if (entry.started) throw new Error(`${entry.name}.run() is called twice`)
    entry.started = true
    queue.push(entry)
  },
}

function start(): void {
  installGuard()
  process.on('exit', () => {
    if (phase === 'done') return
    report.problem('the process ended before its tests were done')
    process.exitCode = 1
  })
  setImmediate(async () => {
    phase = 'running'
    for (const entry of known) if (!entry.started) report.problem(`suite '${entry.name}' has no .run()`)
    for (const entry of queue) await runSuite(entry)
    phase = 'done'
    report.done()
  })
}

async function runSuite(entry: Entry): Promise<void> {
  const only = entry.tests.some(test => test.mode === 'only')
  const prepared = await hooks(entry, 'before', entry.before)
  for (const test of entry.tests) {
    if (test.mode === 'skip') report.skipped(entry.name, test.name, 'skip')
    else if (only && test.mode !== 'only') report.skipped(entry.name, test.name, 'only')
    // Tests that cannot run have not passed: each is reported, so that no count hides them.
    else if (!prepared) report.failed(entry.name, test.name, 0, 'not run: a before hook failed')
    else await runTest(entry, test)
  }
  await hooks(entry, 'after', entry.after)
}

async function runTest(entry: Entry, { name, body, timeout }: Entry['tests'][number]): Promise<void> {
  report.started(entry.name, name)
  const from = performance.now()
  const errors: string[] = []
  const attempt = async (what: string, step: Body, limit: number) => {
    const failure = await guard(what, limit, step)
    if (failure) errors.push(failure)
    return !failure
  }

  let ready = true
  for (const step of entry.beforeEach) ready = ready && (await attempt('before.each', step, entry.timeout))
  if (ready) await attempt('test', body, timeout)
  for (const step of entry.afterEach) await attempt('after.each', step, entry.timeout)

  const took = performance.now() - from
  if (errors.length > 0) report.failed(entry.name, name, took, errors.join('\n'))
  else report.passed(entry.name, name, took)
}

/** Runs every hook of a kind, reports each failure, and says whether all went well. */
async function hooks(entry: Entry, kind: string, list: Body[]): Promise<boolean> {
  let well = true
  for (const step of list) {
    const failure = await guard(kind, entry.timeout, step)
    if (failure) report.failed(entry.name, `(${kind} hook)`, 0, failure)
    well &&= !failure
  }
  return well
}
