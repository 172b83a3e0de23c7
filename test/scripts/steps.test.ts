// Set-up's steps: which wait for which, what runs side by side, and what a failure leaves undone.
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'

interface Step {
  name: string
  after?: string[]
  reason(): string | null
  run(): Promise<void>
}
interface Steps {
  runSteps(steps: Step[], onFirst?: () => void): Promise<number>
}

const test = suite('steps of set-up')

let runSteps: Steps['runSteps']
test.before(async () => {
  const file = join(__dirname, '../../../scripts/lib/steps.mjs')
  ;({ runSteps } = (await import(pathToFileURL(file).href)) as Steps)
})

/** Steps that end when they are told to, and what happened to them. */
function controlled(...given: (Pick<Step, 'name' | 'after'> & { needless?: boolean })[]) {
  const log: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const steps = given.map(
    ({ name, after, needless }): Step => ({
      name,
      after,
      reason: () => (needless ? null : 'missing'),
      run: () => {
        log.push(name)
        return new Promise((resolve, reject) => ends.set(name, error => (error ? reject(error) : resolve())))
      },
    }),
  )
  const end = async (name: string, error?: Error) => {
    ends.get(name)!(error)
    await setImmediate()
  }
  return { log, steps, end }
}

test('a step begins after those that it names, and beside all others', async () => {
  const { log, steps, end } = controlled({ name: 'a' }, { name: 'b', after: ['a'] }, { name: 'c' })
  const all = runSteps(steps, () => log.push('first'))
  await setImmediate()
  assert.equal(log, ['first', 'a', 'c'])
  await end('c')
  assert.equal(log, ['first', 'a', 'c'])
  await end('a')
  assert.equal(log, ['first', 'a', 'c', 'b'])
  await end('b')
  assert.is(await all, 3)
})

test('a step without a reason does not run, and those after it do', async () => {
  const { log, steps, end } = controlled({ name: 'a', needless: true }, { name: 'b', after: ['a'] })
  const all = runSteps(steps)
  await setImmediate()
  assert.equal(log, ['b'])
  await end('b')
  assert.is(await all, 1)
  assert.is(await runSteps(controlled({ name: 'a', needless: true }).steps, assert.unreachable), 0)
})

test('after a failure nothing begins, and what runs comes to its end', async () => {
  const { log, steps, end } = controlled(
    { name: 'a' },
    { name: 'b', after: ['a'] },
    { name: 'd' },
    { name: 'c', after: ['d'] },
  )
  const all = runSteps(steps).then(
    () => 'done',
    (error: Error) => error.message,
  )
  await setImmediate()
  await end('a', new Error('a failed'))
  assert.is(await Promise.race([all, setImmediate('waits')]), 'waits')
  await end('d')
  assert.is(await all, 'a failed')
  assert.equal(log, ['a', 'd'])
})

test('a step that throws at once keeps all that follow from beginning', async () => {
  const { log, steps } = controlled({ name: 'b' })
  const refuses: Step = {
    name: 'a',
    reason: () => 'missing',
    run: () => {
      throw new Error('not here')
    },
  }
  const error = await runSteps([refuses, ...steps]).catch((caught: Error) => caught)
  assert.is((error as Error).message, 'not here')
  assert.equal(log, [])
})

test('a step before one that it needs is a mistake', async () => {
  const { log, steps } = controlled({ name: 'a' }, { name: 'b', after: ['c'] }, { name: 'c' })
  const error = await runSteps(steps).catch((caught: Error) => caught)
  assert.is((error as Error).message, 'the step "b" comes before one that it needs')
  assert.equal(log, [])
})

test.run()
