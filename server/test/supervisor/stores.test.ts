import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { AlertBook } from '../../src/supervisor/store/alert-book.js'
import { EventLog } from '../../src/supervisor/store/event-log.js'
import { Histories } from '../../src/supervisor/store/histories.js'
import { History } from '../../src/supervisor/store/history.js'
import { RotatingFile } from '../../src/supervisor/store/rotating-file.js'

const test = suite('stores')
const T = Date.UTC(2026, 0, 1)

test('events: the ring is bounded, the numbers go on over restarts, a reader behind it is told', async () => {
  const folder = tempDir()
  const options = { folder, now: () => T, mostEvents: 10, mostFileBytes: 4000, onHealth: () => {} }
  const first = new EventLog(options)
  const seen: number[] = []
  first.events$.subscribe(({ id }) => seen.push(id))
  for (let i = 0; i < 40; i += 1) first.add({ type: 'x', message: `event ${i}` })
  assert.is(seen.length, 40)
  assert.equal(
    first.after(38).events.map(({ id }) => id),
    [39, 40],
  )
  assert.not.ok(first.after(30).lost)
  assert.ok(first.after(29).lost)
  assert.is(first.after(0).events.length, 10)
  assert.ok(first.after(999).lost, 'an id of another state folder')
  await first.close()
  // A crash in the middle of a line.
  const path = join(folder, 'events.ndjson')
  truncateSync(path, statSync(path).size - 5)
  const second = new EventLog(options)
  assert.is(second.add({ type: 'y', message: 'next' }).id, 40)
  await second.close()
  assert.is(new EventLog(options).add({ type: 'z', message: '' }).id, 41)
})

test('events: the files are rotated by size, and no more of them are kept', async () => {
  const folder = tempDir()
  const log = new EventLog({ folder, now: () => T, mostFileBytes: 4000, onHealth: () => {} })
  for (let i = 0; i < 400; i += 1) {
    log.add({ type: 'x', message: 'm'.repeat(100) })
    if (i % 5 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  await log.close()
  for (const end of ['', '.1', '.2', '.3', '.4']) assert.ok(statSync(join(folder, `events.ndjson${end}`)).size <= 4200)
  assert.throws(() => statSync(join(folder, 'events.ndjson.5')))
  const ids = readFileSync(join(folder, 'events.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).id)
  assert.is(ids.at(-1), 400)
  assert.is(log.lost, 0)
})

test('a file that cannot be written loses lines, counts them, and goes on when it can', async () => {
  const folder = join(tempDir(), 'gone')
  const health: (string | null)[] = []
  const path = join(folder, 'x')
  const options = {
    path,
    mostBytes: 1e6,
    files: 2,
    onHealth: (error: Error | null) => health.push(error?.message ?? null),
  }
  const file = new RotatingFile(options)
  file.append('a')
  await until(() => health.length === 1)
  assert.match(health[0]!, 'ENOENT')
  file.append('b')
  await until(() => file.lost === 2)
  mkdirSync(folder)
  await until(() => {
    file.append('c')
    return health.length === 2
  })
  assert.is(health[1], null)
  await file.close()
  assert.match(readFileSync(path, 'utf8'), /^c\n/)
})

test('history: seconds of an hour, minutes before that, nothing twice', () => {
  const history = new History()
  for (let s = 0; s < 7200; s += 1) history.add({ at: T + s * 1000 + 137, values: { fps: 25, dropped: s } })
  const now = T + 7199 * 1000
  const points = history.points('dropped', 0, now)
  assert.is(points.length, 3600 + 60)
  assert.equal(points.at(-1), { at: now, value: 7199 })
  assert.equal(points[0], { at: T, value: 59 }, 'a counter has its last value in a minute')
  assert.ok(points.every(({ at }, i) => i === 0 || at > points[i - 1]!.at))
  assert.is(history.points('fps', now - 10_000, now).length, 11)
  assert.ok(history.points('loudness', now - 10_000, now).every(({ value }) => value === null))
})

test('history: a clock that jumps shows no point of the future, and no point at another place', () => {
  const history = new History()
  const add = (at: number, fps: number) => history.add({ at, values: { fps } })
  for (let s = 0; s < 100; s += 1) add(T + s * 1000, 1)
  const future = T + 10 * 24 * 3600 * 1000
  for (let s = 0; s < 100; s += 1) add(future + s * 1000, 2)
  for (let s = 100; s < 200; s += 1) add(T + s * 1000, 3)
  const points = history.points('fps', T, T + 200_000)
  assert.ok(points.every(({ at, value }) => at < T + 200_000 && value !== 2))
  assert.is(points.at(-1)!.value, 3)
  add(Number.NaN, 9)
  add(-5, 9)
  assert.is(history.points('fps', 0, T + 200_000).filter(({ value }) => value === 9).length, 0)
})

test('history: the file never grows, survives a restart, and a torn one costs what was torn', async () => {
  const state = tempDir()
  const fill = async (from: number, to: number) => {
    const histories = new Histories(state, () => {})
    for (let s = from; s < to; s += 1)
      histories.add('a', { at: T + s * 1000, values: { bitrateIn: s, reconnects: 1e9 + s } })
    await histories.close()
  }
  await fill(0, 4000)
  const path = join(state, 'history', 'a')
  const { size } = statSync(path)
  await fill(4000, 9000)
  assert.is(statSync(path).size, size)
  assert.ok(size < 1.1e6, `${size} bytes`)
  const read = () => new Histories(state, () => {}).points('a', 'reconnects', 0, T + 8_999_000)
  assert.is(read().length, 3600 + 90)
  assert.equal(read().at(-1), { at: T + 8_999_000, value: 1e9 + 8999 })
  truncateSync(path, 100_000)
  assert.ok(read().length > 1000)
  writeFileSync(path, 'something else')
  assert.equal(read(), [])
})

test('history: a folder that takes nothing is told, and the points stay in memory', async () => {
  const state = tempDir()
  writeFileSync(join(state, 'history'), 'in the way')
  const health: (Error | null)[] = []
  const histories = new Histories(state, error => health.push(error))
  histories.add('a', { at: T, values: { fps: 1 } })
  await histories.forget('b')
  assert.is(health.length, 1)
  assert.is(histories.lost, 1)
  rmSync(join(state, 'history'))
  await histories.close()
  assert.is(health[1], null)
  assert.is(new Histories(state, () => {}).points('a', 'fps', 0, T).length, 1)
})

test('history: a disk that was full when the file was made costs nothing later', async () => {
  const state = tempDir()
  const path = join(state, 'history', 'a')
  mkdirSync(join(state, 'history'))
  const write = (value: number) => {
    const health: (Error | null)[] = []
    const histories = new Histories(state, error => health.push(error))
    histories.add('a', { at: T, values: { fps: value } })
    return { health, histories }
  }
  const full = write(1)
  symlinkSync('/dev/full', path)
  await full.histories.close()
  assert.match(full.health[0]!.message, 'ENOSPC')
  assert.not.ok(existsSync(path), 'no file without a head is left')

  const { histories } = write(2)
  writeFileSync(path, '')
  await histories.close()
  assert.equal(new Histories(state, () => {}).points('a', 'fps', 0, T), [{ at: T, value: 2 }])
})

test('alerts: raised, acknowledged, cleared; kept over a restart; those of a dead process end', async () => {
  const state = tempDir()
  const changes: string[] = []
  const options = { state, now: () => T, onChange: (_: unknown, change: string) => changes.push(change) }
  const book = new AlertBook(options)
  const raised = {
    id: '1',
    rule: 'black',
    metric: 'black',
    severity: 'critical',
    message: 'a: black',
    raisedAt: T,
    clearedAt: null,
  }
  book.take('a', raised)
  book.take('a', { ...raised, peak: 5 })
  book.take('b', { ...raised, id: '2', rule: 5, raisedAt: 'soon' })
  book.raiseOwn('a', 'process-exits', 'critical', 'a: ended')
  assert.equal(changes, ['raised', 'raised', 'raised'])
  assert.is(book.acknowledge('1', 'olga').acknowledgedBy, 'olga')
  assert.throws(() => book.acknowledge('9', 'olga'), /no alert/)
  await book.close()
  const next = new AlertBook(options)
  assert.is(next.of('a').length, 2)
  assert.is(next.of('a').find(({ id }) => id === '1')!.acknowledgedBy, 'olga')
  next.endChannel('a')
  assert.equal(
    next.of('a').map(({ rule }) => rule),
    ['process-exits'],
  )
  assert.is(next.all().find(({ id }) => id === '1')!.clearedBy, 'ended')
  next.take('b', { ...raised, id: '2', clearedAt: T + 1, clearedBy: 'recovered' })
  assert.is(next.of('b').length, 0)
  next.raiseOwn('', 'worker-replaced', 'critical', 'x'.repeat(2000))
  next.raiseOwn('', 'state-folder', 'warning', 'full')
  assert.is(next.of('')[0]!.message.length, 1000)
  next.endServer(['state-folder'])
  assert.equal(
    next.of('').map(({ rule }) => rule),
    ['state-folder'],
  )
  for (let i = 0; i < 2000; i += 1) next.take('c', { ...raised, id: `c${i}` })
  assert.ok(next.of('c').length < 1001)
  assert.ok(next.dropped >= 999)
})

test('a state folder that is read-only stops nothing', async () => {
  const folder = tempDir()
  const health: unknown[] = []
  chmodSync(folder, 0o500)
  const log = new EventLog({ folder: join(folder, 'x'), now: () => T, onHealth: error => health.push(error) })
  log.add({ type: 'x', message: 'kept in memory' })
  await until(() => health.length === 1)
  assert.is(log.after(0).events.length, 1)
  assert.is(log.lost, 1)
  await log.close()
  chmodSync(folder, 0o700)
})

test.run()
