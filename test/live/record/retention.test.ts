import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record } from '../../../src/index'
import type { NativeRecorder, SegmentNews } from '../../../src/addon/record'
import { Library } from '../../../src/live/record/library'
import { expired } from '../../../src/live/record/retention'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import type { RecordedSegment } from '../../../src/live/record/types'
import { FakeClock, fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

// What goes when it is old, on a clock that is turned by hand.
const test = suite('record: retention')

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const forEver = { keepMs: Infinity, maxBytes: Infinity }
const segments = [1, 2, 3].map(at => ({ end: at * MINUTE, bytes: 100 }))

test('by age: from the end of a segment on, and not a moment earlier', () => {
  const gone = (unix: number) => expired(segments, 0, unix, { ...forEver, keepMs: 5 * MINUTE }).length
  assert.equal([6 * MINUTE - 1, 6 * MINUTE, 7 * MINUTE, 99 * MINUTE].map(gone), [0, 1, 2, 3])
})

test('by size: the oldest, and as few as are needed; what is being written counts and stays', () => {
  const gone = (maxBytes: number, present = 0) => expired(segments, present, 0, { ...forEver, maxBytes }).length
  assert.equal([gone(300), gone(299), gone(200), gone(199), gone(300, 1), gone(10, 500)], [0, 1, 1, 2, 1, 3])
})

test('one from a time to come, of a clock that was wrong, keeps none behind it', () => {
  const ends = [1, 999, 2, 3].map(at => ({ end: at * MINUTE, bytes: 100 }))
  const gone = (limits: object) =>
    expired(ends, 0, 7 * MINUTE, { ...forEver, ...limits }).map(({ end }) => end / MINUTE)
  assert.equal(gone({ keepMs: 5 * MINUTE }), [1, 2])
  assert.equal(gone({ maxBytes: 200 }), [1, 999])
})

/** A library whose recorder notes what it is told. */
function libraryOf(options: object, clock = new FakeClock()) {
  const removed: string[] = []
  const rewritten: string[] = []
  const heard: RecordedSegment[] = []
  let present = 0
  const recorder = {
    remove: (files: readonly string[]) => void removed.push(...files),
    rewrite: (index: string) => void rewritten.push(index),
    stats: () => ({ present }),
  } as unknown as NativeRecorder
  const target = record(tempDir(), options)
  const onSegment = (segment: RecordedSegment) => void heard.push(segment)
  const warned: string[] = []
  const logger = { ...SILENT_LOGGER, warn: (text: string) => void warned.push(text) }
  const library = new Library({ target, clock, logger, onSegment })
  let number = 0
  const news = (type: SegmentNews['type'], file: string, more: Partial<SegmentNews> = {}): SegmentNews => ({
    type,
    file,
    number: ++number,
    begin: clock.unix(),
    duration: 0,
    bytes: 0,
    ...more,
  })
  return {
    clock,
    removed,
    warned,
    rewritten,
    heard,
    recorder,
    library,
    target,
    news,
    grow: (to: number) => (present = to),
  }
}

test('segments go at their time, oldest first, each once', () => {
  const { clock, library, recorder, removed, news } = libraryOf({ keep: '10m' })
  library.use(recorder)
  for (const file of ['a', 'b', 'c']) {
    library.note([news('opened', file)])
    clock.pass(MINUTE)
    library.note([news('finished', file, { begin: clock.unix() - MINUTE, duration: MINUTE, bytes: 10 })])
  }
  clock.pass(8 * MINUTE - 1)
  assert.equal(removed, [])
  clock.pass(1)
  assert.equal(removed, ['a'])
  clock.pass(2 * MINUTE)
  assert.equal(removed, ['a', 'b', 'c'])
  library.use(null)
  assert.is(clock.timers, 0)
})

test('while a segment grows, the oldest make room for it', () => {
  const { clock, library, recorder, removed, news, grow } = libraryOf({ maxSize: 1_000_000 })
  library.use(recorder)
  for (const file of ['a', 'b']) library.note([news('finished', file, { bytes: 400_000 })])
  grow(200_000)
  clock.pass(10_000)
  assert.equal(removed, [])
  grow(200_001)
  clock.pass(2000)
  assert.equal(removed, ['a'])
})

/** Ten hours of a recording, a file an hour. */
function tenHours({ clock, library, recorder, news }: ReturnType<typeof libraryOf>): void {
  library.use(recorder)
  for (let i = 0; i < 10; i++) {
    clock.pass(HOUR)
    library.note([news('finished', `${i}`, { begin: clock.unix() - HOUR, duration: HOUR, bytes: 100_000 })])
  }
}

test('a clock that jumps ahead makes nothing old for a day, and that is told once', () => {
  const given = libraryOf({ keep: '7d' })
  const { clock, library, recorder, removed, warned, news, target } = given
  tenHours(given)
  clock.step(30 * DAY)
  library.look()
  clock.pass(DAY - HOUR)
  library.note([news('finished', 'of that time', { begin: clock.unix() })])
  // Another recording into the folder remembers it as well.
  library.use(null)
  library.use(recorder)
  assert.equal(removed, [])
  assert.equal(warned, [
    `${target.folder}: the clock of the machine went ahead by 720 h: for a day no age removes a file`,
  ])
  clock.pass(HOUR)
  assert.is(removed.length, 10)
  assert.is(warned.length, 1)
})

test('a clock that is set right again makes nothing old at all', () => {
  const given = libraryOf({ keep: '7d' })
  const { clock, library, removed, news } = given
  tenHours(given)
  clock.step(30 * DAY)
  library.note([news('finished', 'to come', { begin: clock.unix() })])
  clock.pass(HOUR)
  clock.step(-30 * DAY)
  library.look()
  clock.pass(6 * DAY)
  assert.equal(removed, [])
  clock.pass(DAY + HOUR)
  assert.equal(removed, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
})

test('a clock that is set a little, or bit by bit, changes nothing', () => {
  const given = libraryOf({ keep: '12h' })
  const { clock, library, removed, warned } = given
  tenHours(given)
  for (let i = 0; i < 6; i++) {
    clock.step(HOUR / 2)
    library.look()
  }
  assert.equal([removed, warned], [['0'], []])
})

test('a library that is made after a jump knows of it: one clock, one memory', async () => {
  const clock = new FakeClock()
  libraryOf({ keep: '7d' }, clock)
  clock.step(30 * DAY)
  const { library, target } = libraryOf({ keep: '7d' }, clock)
  writeFileSync(path.join(target.folder, 'old.mp4'), 'x')
  const [begin, end] = [2, 1].map(hours => new Date(clock.unix() - 30 * DAY - hours * HOUR).toISOString())
  const line = { file: 'old.mp4', begin, end, duration: 5, bytes: 1 }
  writeFileSync(path.join(target.folder, 'index.ndjson'), `${JSON.stringify(line)}\n`)
  await library.load(() => {})
  assert.equal((await readdir(target.folder)).sort(), ['index.ndjson', 'old.mp4'])
  clock.block(DAY)
  await library.load(() => {})
  assert.equal(await readdir(target.folder), ['index.ndjson'])
})

test('what is too large goes whatever the clock does', () => {
  const given = libraryOf({ keep: '7d', maxSize: 1_000_000 })
  const { clock, library, removed, news } = given
  tenHours(given)
  clock.step(30 * DAY)
  library.note([news('finished', 'more', { bytes: 100_000 })])
  assert.equal(removed, ['0'])
})

test('the index is written anew when much of it is about files that are gone', () => {
  const { library, recorder, rewritten, news } = libraryOf({})
  library.use(recorder)
  for (let i = 0; i < 500; i++) library.note([news('finished', `${i}`)])
  library.note([news('opened', 'last')])
  for (let i = 0; i < 499; i++) library.note([news('removed', `${i}`)])
  assert.equal(rewritten, [])
  library.note([news('removed', '499')])
  assert.is(rewritten.length, 1)
  assert.match(rewritten[0]!, /^\{"file":"last","begin":"[^"]+"\}\n$/)
})

test('what an earlier process left: whole, torn, gone, old, and files of others', async () => {
  const clock = fakeClock(Date.UTC(2026, 0, 2))
  const { library, heard, target } = libraryOf({ keep: '1h' }, clock as unknown as FakeClock)
  const { folder } = target
  mkdirSync(path.join(folder, 'sub'))
  for (const name of ['old.mp4', 'whole.mp4', 'torn.mp4', 'foreign.mp4', 'sub/notes.txt'])
    writeFileSync(path.join(folder, name), 'x'.repeat(10))
  const line = (file: string, end: string) =>
    `${JSON.stringify({ file, begin: '2026-01-01T00:00:00.000Z', end, duration: 5, bytes: 10 })}\n`
  const late = '2026-01-01T23:30:00.000Z'
  const text =
    line('old.mp4', '2026-01-01T22:00:00.000Z') +
    line('whole.mp4', late) +
    line('gone.mp4', late) +
    `${JSON.stringify({ file: 'torn.mp4', begin: late })}\n`
  writeFileSync(path.join(folder, 'index.ndjson'), text)
  const index = (await library.load(() => {})).trim().split('\n')
  const lines = index.map(one => JSON.parse(one) as { file: string; torn?: boolean })
  assert.equal(
    lines.map(({ file, torn = false }) => [file, torn]),
    [
      ['whole.mp4', false],
      ['torn.mp4', true],
    ],
  )
  assert.equal(
    heard.map(({ file, bytes, torn }) => [file, bytes, torn]),
    [['torn.mp4', 10, true]],
  )
  const there = (await readdir(folder)).sort()
  assert.equal(there, ['foreign.mp4', 'index.ndjson', 'sub', 'torn.mp4', 'whole.mp4'])
})

test.run()
