import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, RTMPOutput, type RecordedSegment } from '../../../src/index'
import { parseIndex } from '../../../src/live/record/index-file'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { received } from '../lib/sent'
import { assertFragments, assertPlays, hashes, seconds } from './judge'

// Recordings beside a server, of one encode.
const test = suite('record: an output', { timeout: 180_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS = { width, height, fps, bitrate: '400k', keyframeInterval: 1, connectTimeout: 20_000 } as const
const SECONDS = 5

const segmentsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.mp4'))
    .sort()

/** The files that the index calls finished. */
const indexed = (folder: string): string[] => {
  const { finished, open } = parseIndex(readFileSync(path.join(folder, 'index.ndjson'), 'utf8'))
  assert.equal(open, [])
  return finished.map(({ file }) => file).sort()
}

test('segments in three containers are what the server got, cut at keyframes', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const root = tempDir()
  const targets = (['mp4', 'flv', 'ts'] as const).map(format =>
    record(path.join(root, format), { segment: '2s', format }),
  )
  const segments: RecordedSegment[] = []
  const output = new RTMPOutput([server.url(), ...targets], OPTIONS)
  output.recording$.subscribe(segment => segments.push(segment))
  await output.start()
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  for (let i = 0; i < SECONDS * fps; i++) await output.writeFrame(pattern(width, height, i))
  await until(() => output.stats().packets >= SECONDS * fps)
  await output.stop()
  const source = received(await server.connection(0, ({ open }) => !open)).file
  for (const { format, folder } of targets.map(({ place }) => place)) {
    const mine = segments.filter(segment => segment.folder === folder)
    assert.ok(mine.length >= 3, `${format}: ${mine.length} segments`)
    const files = readdirSync(folder).filter(name => name !== 'index.ndjson')
    assert.equal(mine.map(({ file }) => file).sort(), files.sort())
    for (const [i, { path: file, duration, bytes, begin, end, torn }] of mine.entries()) {
      await assertPlays(file)
      if (format === 'mp4') assertFragments(file, { whole: true })
      assert.is(bytes, readFileSync(file).length)
      assert.equal([torn, end - begin], [false, duration])
      assert.ok(Math.abs((await seconds(file)) * 1000 - duration) <= 2, `${file}: ${duration} ms`)
      // A target that joins later gets a keyframe of its own: on a busy machine, within the first one.
      if (i > 0 && i < mine.length - 1) assert.is(duration, 2000, file)
      if (i > 0) assert.is(begin, mine[i - 1]!.end, file)
    }
    // Each decodes alone, so it begins at a keyframe; together they are the stream, without a picture missing or twice.
    for (const of of format === 'ts' ? (['pictures'] as const) : (['packets', 'pictures'] as const)) {
      const recorded = (await Promise.all(mine.map(({ path: file }) => hashes(file, of)))).flat()
      const sent = await hashes(source, of)
      const from = recorded.indexOf(sent[0]!)
      const shared = Math.min(recorded.length - from, sent.length)
      assert.ok(from >= 0 && shared > 4 * fps, `${format}: ${from}, ${shared}`)
      assert.equal(recorded.slice(from, from + shared), sent.slice(0, shared), `${format}: ${of}`)
    }
    const index = readFileSync(path.join(folder, 'index.ndjson'), 'utf8').trim().split('\n')
    const finished = index.map(line => JSON.parse(line) as Record<string, unknown>).filter(({ end }) => end)
    assert.equal(
      finished.map(({ file, bytes, duration }) => ({ file, bytes, duration })),
      mine.map(({ file, bytes, duration }) => ({ file, bytes, duration })),
    )
  }
  const [, first] = output.targets
  assert.equal([first!.url, first!.stats().dropped], [targets[0]!.folder, 0])
})

test('a second output begins beside what is there, and its index goes on', async () => {
  const target = record(tempDir(), { segment: '1s' })
  const run = async (): Promise<void> => {
    await using output = new RTMPOutput(target, OPTIONS)
    await output.start()
    for (let i = 0; i < fps; i++) await output.writeFrame(pattern(width, height, i))
    await until(() => output.stats().packets >= fps)
  }
  await run()
  const [first = ''] = readdirSync(target.folder).filter(name => name.endsWith('.mp4'))
  const before = readFileSync(path.join(target.folder, first))
  await run()
  assert.equal(readFileSync(path.join(target.folder, first)), before, 'the first file is as it was')
  const index = readFileSync(path.join(target.folder, 'index.ndjson'), 'utf8').trim().split('\n')
  const files = new Set(index.map(line => (JSON.parse(line) as { file: string }).file))
  assert.equal([...files].sort(), segmentsOf(target.folder))
})

test('two outputs do not write into one folder: the second waits until the first is gone', async () => {
  const target = record(tempDir())
  const first = new RTMPOutput(target, OPTIONS)
  await first.start()
  const reconnect = { initialDelay: 50, maxDelay: 100, first: true }
  await using second = new RTMPOutput(target, { ...OPTIONS, reconnect })
  const started = second.start()
  const heard: RecordedSegment[] = []
  second.recording$.subscribe(segment => heard.push(segment))
  for (let i = 0; i < fps; i++) await first.writeFrame(pattern(width, height, i))
  await until(() => first.stats().packets >= fps)
  await until(() => second.state.reason === 'ERR_RECORD')
  const mine = segmentsOf(target.folder)
  await sleep(300)
  assert.equal([heard, segmentsOf(target.folder)], [[], mine], 'it touches nothing of the first')
  await first.stop()
  await started
  assert.is(second.state.phase, 'live')
  for (let i = 0; i < fps; i++) await second.writeFrame(pattern(width, height, i))
  await until(() => second.stats().packets >= fps)
  await second.stop()
  assert.equal(indexed(target.folder), segmentsOf(target.folder))
  assert.is(indexed(target.folder).length, 2)
  const [one] = heard
  assert.equal([heard.length, one!.torn, one!.file], [1, false, segmentsOf(target.folder)[1]])
})

test('when an output has failed, recording$ is complete', async () => {
  const root = tempDir()
  writeFileSync(path.join(root, 'file'), '')
  const output = new RTMPOutput(record(path.join(root, 'file', 'rec')), { ...OPTIONS, reconnect: false })
  let complete = false
  output.recording$.subscribe({ complete: () => (complete = true) })
  await output.start().then(
    () => assert.unreachable(),
    () => {},
  )
  await until(() => complete)
  await output.stop()
})

test.run()
