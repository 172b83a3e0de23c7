import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { Capture, record, type RecordedSegment } from '../../../src/index'
import { exec } from '../../support/child'
import { calmly } from '../../support/calm'
import { makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { assertFragments, assertPlays, hashes } from './judge'

// Recordings of inputs whose packets have no decoding times.
const test = suite('record: inputs without decoding times', { timeout: 180_000 })

const FPS = 25

/** When its pictures are shown, in order, ms. */
async function shown(file: string): Promise<number[]> {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file]
  const { stdout } = await exec('ffprobe', args)
  const times = stdout.toString().trim().split('\n')
  // ffprobe writes lines without a time, too.
  const found = times.map(time => Math.round(parseFloat(time) * 1000)).filter(time => !Number.isNaN(time))
  return found.sort((one, other) => one - other)
}

for (const format of ['mp4', 'ts', 'flv'] as const) {
  test(`Matroska with B-frames, to ${format}: every picture, at its time`, async () => {
    const bFrames = { size: '320x180', fps: FPS, gop: FPS, bitrate: '300k', pattern: 'flash' } as const
    const file = await makeFile(tempFile('in.mkv'), { ...bFrames, duration: 7, audio: { frequency: 1000 } })
    // stop() waits for the last file for a bounded time, which a machine that stands still may let pass.
    const { segments, dropped } = await calmly(async () => {
      const target = record(tempDir(), { segment: '2s', format })
      await using capture = new Capture(pathToFileURL(file).href, { decode: false, pace: 'none' })
      const recording = capture.record(target)
      const told: RecordedSegment[] = []
      recording.recording$.subscribe(segment => told.push(segment))
      await until(() => recording.state.phase === 'live')
      await capture.start()
      await until(() => recording.state.phase === 'stopped', { timeout: 30_000 })
      assert.is(told.length, 4, JSON.stringify(told))
      return { segments: told, dropped: recording.stats().dropped }
    })
    for (const { path } of segments) {
      await assertPlays(path)
      if (format === 'mp4') assertFragments(path, { whole: true })
      const times = await shown(path)
      const steps = times.slice(1).map((time, i) => time - times[i]!)
      assert.ok(
        steps.every(step => Math.abs(step - 1000 / FPS) <= 2),
        `${path}: ${steps.join(' ')}`,
      )
    }
    const pictures = await hashes(file, 'pictures')
    assert.equal((await Promise.all(segments.map(one => hashes(one.path, 'pictures')))).flat(), pictures)
    assert.is(dropped, 0)
  })
}

test.run()
