import { enqueue, type Body, type Entry } from './harness/run'

export interface SuiteOptions {
  /** Deadline of every test and hook in ms; a test can have its own. Default 30000. */
  timeout?: number
}

type Hook = (body: Body) => void

/** uvu's interface, so that its asserts and habits fit. */
export interface Suite {
  (name: string, body: Body, options?: SuiteOptions): void
  only(name: string, body: Body, options?: SuiteOptions): void
  skip(name: string, body?: Body, options?: SuiteOptions): void
  before: Hook & { each: Hook }
  after: Hook & { each: Hook }
  run(): void
}

/**
 * A named group of tests. uvu itself exits 0 when a `before` throws, when `.run()` is forgotten and when a test throws
 * something that is no Error, and it has no deadlines. So only its asserts are used; each of these is a failure here.
 */
export function suite(name: string, { timeout = 30_000 }: SuiteOptions = {}): Suite {
  // Laws that are tried more often take longer.
  timeout *= Math.max(1, Number(process.env['RXGST_RUNS'] ?? 1))
  const entry: Entry = {
    name,
    timeout,
    tests: [],
    before: [],
    after: [],
    beforeEach: [],
    afterEach: [],
    started: false,
  }
  const add =
    (mode: 'normal' | 'only' | 'skip') =>
    (title: string, body?: Body, options: SuiteOptions = {}) => {
      if (entry.started) throw new Error(`test '${title}' comes after ${name}.run()`)
      entry.tests.push({ name: title, body: body ?? (() => {}), timeout: options.timeout ?? timeout, mode })
    }
  const hook =
    (list: Body[]): Hook =>
    body =>
      void list.push(body)

  enqueue.known(entry)
  return Object.assign(add('normal'), {
    only: add('only'),
    skip: add('skip'),
    before: Object.assign(hook(entry.before), { each: hook(entry.beforeEach) }),
    after: Object.assign(hook(entry.after), { each: hook(entry.afterEach) }),
    run: () => enqueue.run(entry),
  })
}
