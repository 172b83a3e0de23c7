import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, type RecordedSegment } from '../../../src/index'
import { systemClock, type Clock } from '../../../src/core/clock'
import { deferred } from '../../../src/core/deferred'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { Library } from '../../../src/live/record/library'
import { Writing } from '../../../src/live/record/writing'
import { FakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { sleep, until } from '../../support/until'

// Who may write into a folder, and when: the real recorder, and disks that hang.
const test = suite('record: writing')

/** A library whose reading of the folder waits for a gate. */
class GatedLibrary extends Library {
  gate = Promise.resolve()
  loads = 0
  ended = 0

  override async load(step: () => void): Promise<string> {
    this.loads++
    try {
      await this.gate
      step()
      return await super.load(step)
    } finally {
      this.ended++
    }
  }
}

function roomOf(folder = tempDir(), clock: Clock = systemClock) {
  const heard: RecordedSegment[] = []
  const target = record(folder, { keep: 1000 })
  const onSegment = (segment: RecordedSegment) => void heard.push(segment)
  const library = new GatedLibrary({ target, clock, logger: SILENT_LOGGER, onSegment })
  const begin = () => {
    const told: string[] = []
    const writing = new Writing(
      { target, library, stallTimeout: 1000, clock },
      { onReady: () => void told.push('ready'), onLost: ({ code }) => void told.push(code) },
    )
    void writing.start()
    return { writing, told }
  }
  return { folder, heard, library, begin }
}

test('without the lock nothing of the folder is read, told or removed', async () => {
  const first = roomOf()
  const { writing, told } = first.begin()
  await until(() => told.length > 0)
  const old = { file: 'old.mp4', begin: '2020-01-01T00:00:00Z', end: '2020-01-01T00:00:01Z', duration: 1, bytes: 1 }
  const lines = [old, { file: 'present.mp4', begin: '2026-01-01T00:00:00Z' }].map(line => `${JSON.stringify(line)}\n`)
  writeFileSync(path.join(first.folder, 'index.ndjson'), lines.join(''))
  for (const name of ['old.mp4', 'present.mp4']) writeFileSync(path.join(first.folder, name), 'x')
  const second = roomOf(first.folder)
  const other = second.begin()
  await until(() => other.told.length > 0)
  assert.equal([told, other.told, second.heard, second.library.loads], [['ready'], ['ERR_RECORD'], [], 0])
  assert.ok(existsSync(path.join(first.folder, 'old.mp4')))
  await other.writing.stop(1000)
  await writing.stop(1000)
  const third = second.begin()
  await until(() => third.told.length > 0)
  assert.equal([third.told, second.heard.map(({ file, torn }) => [file, torn])], [['ready'], [['present.mp4', true]]])
  assert.not(existsSync(path.join(first.folder, 'old.mp4')))
  await third.writing.stop(1000)
})

test('stop() while the folder is read waits for it; until then the folder is nobody else’s', async () => {
  const { folder, library, begin } = roomOf()
  const gate = deferred()
  library.gate = gate.promise
  const { writing, told } = begin()
  await until(() => library.loads === 1)
  let stopped = false
  const stopping = writing.stop(60_000).then(() => (stopped = true))
  const other = roomOf(folder).begin()
  await until(() => other.told.length > 0)
  await sleep(50)
  assert.equal([stopped, other.told], [false, ['ERR_RECORD']])
  gate.resolve()
  await stopping
  assert.equal([told, library.ended], [[], 1])
  const next = roomOf(folder).begin()
  await until(() => next.told.length > 0)
  assert.equal(next.told, ['ready'])
  await next.writing.stop(1000)
})

test('a disk that hangs: opening and stop() have deadlines, and the next writer waits for the one before', async () => {
  const clock = new FakeClock()
  const { library, begin } = roomOf(tempDir(), clock)
  const gate = deferred()
  library.gate = gate.promise
  const { writing, told } = begin()
  await until(() => library.loads === 1)
  clock.pass(9000)
  assert.equal(told, [])
  clock.pass(3000)
  assert.equal(told, ['ERR_STALLED'])
  const stopping = writing.stop(500)
  clock.pass(500)
  await stopping
  const next = begin()
  await sleep(50)
  assert.equal([library.loads, next.told], [1, []])
  gate.resolve()
  await until(() => next.told.length > 0)
  assert.equal([library.loads, next.told], [2, ['ready']])
  const end = next.writing.stop(500)
  await end
  assert.is(clock.timers, 0)
})

test('what is to be written leaves, also where the process stands still meanwhile', async () => {
  const clock = new FakeClock()
  const { writing, told } = roomOf(tempDir(), clock).begin()
  await until(() => told.length > 0)
  let over = false
  const drained = writing.drain(1000).then(() => (over = true))
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.pass(50)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  clock.block(60_000)
  await pass(400)
  assert.is(over, false)
  await pass(700)
  await drained
  await writing.stop(1000)
})

test('a writer that never ends does not keep the process alive', async () => {
  const { library, begin } = roomOf()
  library.gate = new Promise(() => {})
  const { writing } = begin()
  await until(() => library.loads === 1)
  await writing.stop(50)
  // The suite finds a process that does not exit.
})

test.run()
