import path from 'node:path'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { record, RTMPCapture, type RecordedSegment, type Recording } from '../../../src/index'
import { parseIndex } from '../../../src/live/record/index-file'
import { calmly } from '../../support/calm'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { serveWhole } from '../lib/served'

// What stop() of a capture promises about its recordings: a process may exit afterwards.
const test = suite('record: the end of a capture', { timeout: 180_000 })

let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: 25, pattern: 'flash', duration: 2 })
})

function watch(recording: Recording) {
  const seen = { segments: [] as RecordedSegment[], complete: false }
  recording.recording$.subscribe({
    next: segment => seen.segments.push(segment),
    complete: () => (seen.complete = true),
  })
  return seen
}

const finished = (folder: string) => parseIndex(readFileSync(path.join(folder, 'index.ndjson'), 'utf8'))

// stop() waits for a bounded time, which a machine that stands still may let pass.
test('stop() right after the capture has failed waits for the last segment, its line and its event', () =>
  calmly(async () => {
    const folder = tempDir()
    await using server = await startRtmpServer(serveWhole(file))
    await using capture = new RTMPCapture(server.url(), { decode: false, reconnect: false })
    const seen = watch(capture.record(record(folder)))
    const stopped = new Promise<void>((resolve, reject) => {
      capture.state$.subscribe(({ phase }) => void (phase === 'failed' && capture.stop().then(resolve, reject)))
    })
    await capture.start()
    await stopped
    const { finished: whole, open } = finished(folder)
    assert.equal([seen.complete, seen.segments.length, whole.length, open.length], [true, 1, 1, 0])
    await capture.stop()
  }))

test('stop() waits for a recording that was stopped before it; counters never go back', () =>
  calmly(async () => {
    const folder = tempDir()
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using capture = new RTMPCapture(server.url(), { decode: false, reconnect: false })
    const recording = capture.record(record(folder))
    const seen = watch(recording)
    await capture.start()
    await until(() => recording.stats().packets > 30)
    const before = recording.stats()
    void recording.stop()
    const during = recording.stats()
    await capture.stop()
    const after = recording.stats()
    assert.ok(
      before.packets <= during.packets && during.packets <= after.packets,
      JSON.stringify([before, during, after]),
    )
    assert.ok(before.bytes <= during.bytes && during.bytes <= after.bytes)
    assert.equal([seen.complete, seen.segments.length, recording.state.phase], [true, 1, 'stopped'])
    assert.equal(finished(folder).open, [])
  }))

test.run()
