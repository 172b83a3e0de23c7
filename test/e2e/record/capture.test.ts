// suite: deep
import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, RTMPCapture, type RecordedSegment, type Recording } from '../../../src/index'
import { calmly } from '../../support/calm'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { codeOf, serveWhole } from '../lib/served'
import { assertFragments, assertPlays, hashes, seconds } from './judge'

// Recordings of what a capture receives, without a decoder and beside one.
const test = suite('record: a capture', { timeout: 180_000 })

const FPS = 25
let file: string

test.before(async () => {
  const bFrames = { size: '320x180', fps: FPS, gop: FPS, bitrate: '300k', pattern: 'flash' } as const
  file = await makeFile(tempFile('in.flv'), { ...bFrames, duration: 7, audio: { frequency: 1000 } })
})

const heard = (recording: Recording): RecordedSegment[] => {
  const segments: RecordedSegment[] = []
  recording.recording$.subscribe(segment => segments.push(segment))
  return segments
}

for (const decode of [false, true]) {
  test(`decode: ${decode}: the packets of the source, cut at keyframes`, async () => {
    // stop() waits for the last file for a bounded time, which a machine that stands still may let pass.
    await calmly(async () => {
      const target = record(path.join(tempDir(), '%Y/%m-%d/%H%M%S.mp4'), { segment: '2s' })
      // With pictures that are left out before the decoder, which a recording has all the same.
      const options = decode ? { fps: 5 } : { decode }
      await using server = await startRtmpServer(serveWhole(file))
      await using capture = new RTMPCapture(server.url(), { ...options, reconnect: false })
      const recording = capture.record(target)
      const segments = heard(recording)
      assert.is(await codeOf((async () => capture.record(target))()), 'ERR_NAME_TAKEN')
      await until(() => recording.state.phase === 'live')
      await capture.start()
      await until(() => capture.state.phase === 'failed', { timeout: 30_000 })
      await until(() => recording.state.phase === 'stopped')
      assert.is(segments.length, 4, JSON.stringify(segments))
      for (const segment of segments) {
        await assertPlays(segment.path)
        assertFragments(segment.path, { whole: true })
        assert.match(segment.file, /^\d{4}\/\d\d-\d\d\/\d{6}(-\d+)?\.mp4$/)
      }
      const source = await hashes(file, 'packets')
      assert.equal((await Promise.all(segments.map(one => hashes(one.path, 'packets')))).flat(), source)
      assert.equal([recording.stats().dropped, recording.folder], [0, target.folder])
    })
  })
}

test('a source that comes back begins a new segment; the recording ends alone', async () => {
  const folder = tempDir()
  await using server = await startRtmpServer(index => ({
    kind: 'serve-file',
    file,
    loop: true,
    ...(index < 2 && { until: 2500, then: 'rst' as const }),
  }))
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using capture = new RTMPCapture(server.url(), { decode: false, reconnect })
  const recording = capture.record(record(folder))
  const segments = heard(recording)
  await until(() => recording.state.phase === 'live')
  await capture.start()
  await until(() => server.connections.length > 2 && capture.state.phase === 'live')
  const { packets } = recording.stats()
  await until(() => recording.stats().packets > packets + 4 * FPS)
  await recording.stop()
  assert.equal([recording.state.phase, capture.state.phase], ['stopped', 'live'])
  assert.is(segments.length, 3)
  for (const segment of segments) {
    await assertPlays(segment.path)
    assertFragments(segment.path, { whole: true })
    assert.ok((await seconds(segment.path)) >= 1, segment.path)
  }
  assert.equal(readdirSync(folder).length, 4)
})

test.run()
