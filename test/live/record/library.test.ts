import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, type RecordedSegment } from '../../../src/index'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { indexLine, merged, parseIndex } from '../../../src/live/record/index-file'
import { Library } from '../../../src/live/record/library'
import { FakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

// What a recording knows of its folder, when others write there as well.
const test = suite('record: library')

const clock = new FakeClock()
const segment = (file: string, begin = clock.unix()) => ({
  file,
  begin,
  end: begin,
  duration: 0,
  bytes: 1,
  torn: false,
})
const opened = (file: string) => `${JSON.stringify({ file, begin: new Date(clock.unix()).toISOString() })}\n`

function libraryOf(options: object = {}) {
  const heard: string[] = []
  const target = record(tempDir(), options)
  const onSegment = ({ file }: RecordedSegment) => void heard.push(file)
  const library = new Library({ target, clock, logger: SILENT_LOGGER, onSegment })
  const file = (name: string) => path.join(target.folder, name)
  const write = (index: string, ...names: string[]) => {
    for (const name of names) writeFileSync(file(name), 'x')
    writeFileSync(file('index.ndjson'), index)
  }
  const load = async (step = () => {}) => parseIndex(await library.load(step))
  return { heard, file, write, load, library }
}

test('each writer reads the index anew: what another one recorded meanwhile stays in it', async () => {
  const { write, load, library } = libraryOf()
  write(indexLine(segment('a.mp4')), 'a.mp4')
  await load()
  const news = {
    type: 'finished',
    file: 'unwritten.mp4',
    begin: clock.unix(),
    duration: 0,
    bytes: 1,
    number: 1,
  } as const
  library.note([news])
  write([segment('a.mp4'), segment('other.mp4')].map(indexLine).join(''), 'other.mp4', 'unwritten.mp4')
  const { finished } = await load()
  assert.equal(finished.map(({ file }) => file).sort(), ['a.mp4', 'other.mp4', 'unwritten.mp4'])
})

test('the disk is right about what it calls finished, or what began later', () => {
  const known = { finished: [segment('a', 5), segment('b', 5)], open: [{ file: 'c', begin: 5 }] }
  const disk = {
    finished: [{ ...segment('c', 5), torn: true }],
    open: [
      { file: 'a', begin: 5 },
      { file: 'b', begin: 6 },
    ],
  }
  assert.equal(merged(disk, known), { finished: [disk.finished[0], known.finished[0]], open: [disk.open[1]] })
})

test('one that the disk does not tell of keeps its line, and the others are closed', async () => {
  const { heard, file, write, load } = libraryOf()
  write(['a.mp4', 'loop.mp4', 'b.mp4'].map(opened).join(''), 'a.mp4', 'b.mp4')
  symlinkSync('loop.mp4', file('loop.mp4'))
  const { finished, open } = await load()
  assert.equal(
    [finished, open].map(all => all.map(one => one.file)),
    [['a.mp4', 'b.mp4'], ['loop.mp4']],
  )
  assert.equal(heard, ['a.mp4', 'b.mp4'])
  await load()
  assert.equal(heard, ['a.mp4', 'b.mp4'], 'once')
})

for (const [what, steps] of [
  ['while it reads', 1],
  ['while it closes the first', 2],
  ['while it closes the second', 3],
] as const) {
  test(`a recording that is stopped ${what} tells and removes no more`, async () => {
    const { heard, file, write, load } = libraryOf({ keep: 1000 })
    write(['a.mp4', 'b.mp4'].map(opened).join('') + indexLine(segment('old.mp4', 0)), 'a.mp4', 'b.mp4', 'old.mp4')
    let left = steps + 1
    const step = () => {
      if (--left === 0) throw new Error('stopped')
    }
    await load(step).then(
      () => assert.unreachable(),
      () => {},
    )
    assert.is(heard.length, Math.max(0, steps - 2))
    assert.ok(existsSync(file('old.mp4')))
  })
}

test.run()
