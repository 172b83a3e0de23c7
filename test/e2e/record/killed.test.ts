// suite: deep
import { readFileSync, statSync, truncateSync, copyFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, RTMPOutput, type RecordedSegment } from '../../../src/index'
import { start, type Child } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { assertFragments, assertPlays, boxesOf, seconds } from './judge'

// The writer is killed in the middle.
const test = suite('record: kill -9', { timeout: 90_000 })

const PROGRAM = path.join(__dirname, 'killed-program.js')
const FPS = 25

const linesOf = (folder: string) =>
  readFileSync(path.join(folder, 'index.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { file: string; end?: string; torn?: boolean })

/** Seconds that the program has encoded by its own word; 0: it has said nothing. */
const encodedBy = (child: Child): number =>
  Number([...child.output().matchAll(/encoded (\d+)/g)].at(-1)?.[1] ?? 0) / FPS

for (const [format, moments] of [
  ['mp4', [700, 1333, 2950, 3400, 4777]],
  ['flv', [2100]],
  ['ts', [2100]],
] as const) {
  for (const moment of moments) {
    test(`${format}, after ${moment} ms: it plays to its last second`, async () => {
      const folder = tempDir()
      await using child = start(process.execPath, [PROGRAM, folder, format])
      await until(() => child.output().includes('encoded'), { timeout: 40_000, what: () => child.output() })
      await sleep(moment)
      child.kill('SIGKILL')
      await child.exited
      const encoded = encodedBy(child)
      const lines = linesOf(folder)
      const files = [...new Set(lines.map(({ file }) => path.join(folder, file)))]
      let recorded = 0
      for (const file of files) {
        await assertPlays(file)
        recorded += await seconds(file)
      }
      // Between two segments none is open.
      if (format === 'mp4') assertFragments(files.at(-1)!, { whole: lines.at(-1)!.end !== undefined })
      assert.ok(recorded > encoded - 1, `${recorded} s of ${encoded} s`)
    })
  }
}

test('what it left is noted, stays, and is not written over', async () => {
  const folder = tempDir()
  await using child = start(process.execPath, [PROGRAM, folder])
  await until(() => encodedBy(child) >= 2.5, { timeout: 40_000, what: () => child.output() })
  child.kill('SIGKILL')
  await child.exited
  const [{ file }] = linesOf(folder) as [{ file: string }]
  const before = readFileSync(path.join(folder, file))
  const heard: RecordedSegment[] = []
  await using output = new RTMPOutput(record(folder), { width: 320, height: 180 })
  output.recording$.subscribe(segment => heard.push(segment))
  await output.start()
  assert.equal(
    heard.map(({ torn, bytes, path: place }) => [torn, bytes, place]),
    [[true, before.length, path.join(folder, file)]],
  )
  const encodedMs = encodedBy(child) * 1000
  const { duration } = heard[0]!
  assert.ok(duration > encodedMs - 1000 && duration < encodedMs + 2000, `${duration} ms of ${encodedMs} ms`)
  assert.is(linesOf(folder).find(line => line.file === file)?.torn, true)
  assert.equal(readFileSync(path.join(folder, file)), before)
})

test('a file that ends at any byte plays up to its last whole fragment', async () => {
  const folder = tempDir()
  await using output = new RTMPOutput(record(folder), { width: 320, height: 180, fps: FPS, keyframeInterval: 1 })
  await output.start()
  for (let i = 0; i < 4 * FPS; i++) await output.writeFrame(new Uint8Array(320 * 180 * 3).fill(i))
  await until(() => output.stats().packets >= 4 * FPS)
  await output.stop()
  const whole = path.join(folder, linesOf(folder)[0]!.file)
  const fragments = boxesOf(readFileSync(whole)).filter(({ type }) => type === 'moof')
  const size = statSync(whole).size
  for (const cut of [1, 7, 100, 900, 2500, 7777].map(less => size - less)) {
    const torn = tempFile('torn.mp4')
    copyFileSync(whole, torn)
    truncateSync(torn, cut)
    const complete = fragments.filter((_, i) => (fragments[i + 1]?.at ?? Infinity) <= cut).length
    assert.ok((await seconds(torn)) >= complete * 0.48 - 0.5, `${await seconds(torn)} s, cut at ${cut}`)
  }
})

test.run()
