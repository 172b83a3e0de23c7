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
  const library = new Library({ target, clock, logger: SILENT_LOGGER, onSegment })
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
  return { clock, removed, rewritten, heard, recorder, library, target, news, grow: (to: number) => (present = to) }
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
