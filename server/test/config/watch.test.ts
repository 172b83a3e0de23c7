// Changes of files as editors, Kubernetes and people make them.
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fakeClock } from '../../../test/support/fake-clock.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { watchFiles, type FileWatch, type WatchOptions } from '../../src/config/watch.js'

const test = suite('watch')

const CLOCK = {
  setTimeout: (fn: () => void, ms: number) => setTimeout(fn, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout),
}
const open: FileWatch[] = []
test.after.each(() => {
  for (const watching of open.splice(0)) watching.close()
})

async function watched(files: readonly string[], more: Partial<WatchOptions> = {}): Promise<() => number> {
  let changes = 0
  const onChange = () => void changes++
  // Polls come too late to be what noticed.
  open.push(await watchFiles({ files, clock: CLOCK, debounceMs: 100, pollMs: 3_600_000, ...more, onChange }))
  return () => changes
}

/** Waits for the n-th change. */
const noticed = (changes: () => number, count: number) => until(() => changes() >= count, { what: `${count} changes` })

test('a file is written, replaced by a rename, removed, and made', async () => {
  const folder = tempDir()
  const file = join(folder, 'a.yaml')
  writeFileSync(file, '1')
  const changes = await watched([file])
  writeFileSync(file, '2')
  await noticed(changes, 1)
  writeFileSync(`${file}.new`, '3')
  renameSync(`${file}.new`, file)
  await noticed(changes, 2)
  rmSync(file)
  await noticed(changes, 3)
  writeFileSync(file, '4')
  await noticed(changes, 4)
})

test('the same content is no change', async () => {
  const folder = tempDir()
  const file = join(folder, 'a.yaml')
  writeFileSync(file, '1')
  const changes = await watched([file])
  writeFileSync(file, '1')
  utimesSync(file, 1, 1)
  writeFileSync(join(folder, 'other'), 'x')
  writeFileSync(`${file}.new`, '1')
  renameSync(`${file}.new`, file)
  const second = join(folder, 'b.yaml')
  const both = await watched([file, second])
  writeFileSync(second, '2')
  await noticed(both, 1)
  assert.is(changes(), 0)
})

test('links are swapped as Kubernetes does', async () => {
  const folder = tempDir()
  for (const name of ['one', 'two', 'three']) {
    mkdirSync(join(folder, `..${name}`))
    writeFileSync(join(folder, `..${name}`, 'a.yaml'), name)
  }
  const swap = (name: string) => {
    symlinkSync(`..${name}`, join(folder, '..tmp'))
    renameSync(join(folder, '..tmp'), join(folder, '..data'))
  }
  swap('one')
  symlinkSync(join('..data', 'a.yaml'), join(folder, 'a.yaml'))
  const changes = await watched([join(folder, 'a.yaml')])
  swap('two')
  await noticed(changes, 1)
  swap('three')
  rmSync(join(folder, '..one'), { recursive: true })
  await noticed(changes, 2)
})

test('a link into another folder: what happens there counts', async () => {
  const [folder, elsewhere] = [tempDir(), tempDir()]
  writeFileSync(join(elsewhere, 'real.yaml'), '1')
  symlinkSync(join(elsewhere, 'real.yaml'), join(folder, 'a.yaml'))
  const changes = await watched([join(folder, 'a.yaml')])
  writeFileSync(join(elsewhere, 'real.yaml'), '2')
  await noticed(changes, 1)
})

test('a folder that comes later, goes, and comes again', async () => {
  const folder = join(tempDir(), 'rxgst.d')
  const file = join(folder, 'api.yaml')
  const changes = await watched([file], { pollMs: 200 })
  for (const [index, text] of ['1', '2'].entries()) {
    mkdirSync(folder)
    writeFileSync(file, text)
    await noticed(changes, 2 * index + 1)
    rmSync(folder, { recursive: true })
    await noticed(changes, 2 * index + 2)
  }
})

test('without events it looks every ten seconds, and waits until nothing is written', async () => {
  const file = join(tempDir(), 'a.yaml')
  writeFileSync(file, '1')
  const clock = fakeClock()
  const changes = await watched([file], { clock, events: false, pollMs: 10_000, debounceMs: 1000 })
  // The looks at files are the system's, which a clock of ours does not move.
  const pass = async (ms: number) => {
    await clock.pass(ms)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  writeFileSync(file, 'half')
  await pass(9_999)
  assert.is(changes(), 0)
  await pass(1)
  await until(() => clock.pending >= 2, { what: 'its wait for the end of the writing' })
  appendFileSync(file, ' and whole')
  await pass(999)
  assert.is(changes(), 0)
  await pass(1)
  await noticed(changes, 1)
  for (let i = 0; i < 5; i++) await pass(10_000)
  assert.is(changes(), 1)
})

test('events without end delay it, and no longer', async () => {
  const folder = tempDir()
  const file = join(folder, 'a.yaml')
  writeFileSync(file, '1')
  const changes = await watched([file])
  writeFileSync(file, '2')
  let lines = 0
  await until(
    () => {
      appendFileSync(join(folder, 'log'), `${lines++}\n`)
      return changes() > 0
    },
    { interval: 10 },
  )
})

test('closed, it tells nothing', async () => {
  const file = join(tempDir(), 'a.yaml')
  const changes = await watched([file])
  const other = await watched([file])
  writeFileSync(file, '1')
  open[0]!.close()
  await noticed(other, 1)
  assert.is(changes(), 0)
})

test.run()
