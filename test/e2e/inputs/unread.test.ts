import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { firstValueFrom, lastValueFrom, tap } from 'rxjs'
import { Capture, record, type CaptureOptions } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { smallFile } from '../lib/inputs'
import { codeOf } from '../lib/served'

// Captures of files whose frames nobody reads, or nobody reads any more.
const test = suite('inputs: what nobody reads', { timeout: 60_000 })

/** As fast as it is read; a full queue holds it up. */
const all: CaptureOptions = { pace: 'none', connectTimeout: 30_000, stallTimeout: 30_000 }
const WAIT = { timeout: 30_000 }
let url = ''
test.before(async () => {
  url = pathToFileURL(await smallFile('in.mp4', { duration: 4 })).href
})

const ended = async (capture: Capture): Promise<void> => {
  await until(() => capture.state.phase === 'stopped', { ...WAIT, what: () => JSON.stringify(capture.state) })
  assert.is(capture.state.reason, 'ERR_STREAM_ENDED')
}

test('a recording alone gets all of the file', async () => {
  await using capture = new Capture(url, all)
  const recording = capture.record(record(path.join(tempDir(), '%H%M%S.mp4'), { segment: '1h' }))
  await until(() => recording.state.phase === 'live')
  await capture.start()
  await ended(capture)
  await until(() => recording.state.phase === 'stopped', WAIT)
  assert.ok(recording.stats().packets >= 100, `${recording.stats().packets} packets`)
})

test('a view alone sees the file to its end', async () => {
  await using capture = new Capture(url, all)
  let seen = 0
  const over = lastValueFrom(capture.view({ width: 80 }).frames$.pipe(tap(frame => (frame.close(), seen++))))
  await capture.start()
  await over
  await ended(capture)
  assert.ok(seen > 0)
})

test('snapshots alone: each has a picture, and the file stands still between them', async () => {
  await using capture = new Capture(url, all)
  await capture.start()
  for (let i = 0; i < 2; i++) assert.is((await capture.snapshot({ timeout: 30_000 }))[0], 0xff)
  await using deaf = new Capture(url, { ...all, video: false })
  await deaf.start()
  assert.is((await deaf.snapshot({ timeout: 30_000 }))[0], 0xff)
})

test('after stop() nothing is read, also of a file that has ended, and no memory is held', async () => {
  const capture = new Capture(url, { ...all, dropPolicy: 'oldest', bufferSize: 20 })
  await capture.start()
  await ended(capture)
  const frame = await capture.getFrame()
  frame.close()
  await capture.stop()
  assert.is(await codeOf(capture.getFrame()), 'ERR_NOT_RUNNING')
  assert.is(await codeOf(capture.getAudio()), 'ERR_NOT_RUNNING')
  assert.is(await codeOf(capture.aiterFrames().next()), 'ERR_NOT_RUNNING')
  await until(() => native().framePool().held === 0, { ...WAIT, what: () => JSON.stringify(native().framePool()) })
})

test('a view where no pictures are decoded is an error', async () => {
  for (const options of [{ decode: false }, { video: false }]) {
    const capture = new Capture(url, options)
    assert.is(await codeOf(firstValueFrom(capture.view().frames$)), 'ERR_NOT_DECODED')
  }
})

test('a subscriber of a view stops the capture: the frames behind come in order, then the end', async () => {
  await using capture = new Capture(url, all)
  const view = capture.view({ width: 40, bufferSize: 60 })
  const [first, second]: [number[], number[]] = [[], []]
  let stopping: Promise<void> | null = null
  const over = [first, second].map(
    times =>
      new Promise<void>(resolve =>
        view.frames$.subscribe({
          next: frame => {
            times.push(frame.timestamp)
            frame.close()
            stopping ??= capture.stop()
          },
          complete: resolve,
        }),
      ),
  )
  await capture.start().catch(() => {})
  await Promise.all(over)
  await stopping
  assert.ok(first.length > 0)
  assert.equal(second, first)
  assert.equal(
    first,
    [...first].sort((a, b) => a - b),
  )
})

test('what is no file, and addresses that are not taken', async () => {
  const pipe = path.join(tempDir(), 'pipe.mp4')
  await exec('mkfifo', [pipe])
  await using capture = new Capture(pathToFileURL(pipe).href, { connectTimeout: 20_000 })
  assert.is(await codeOf(capture.start()), 'ERR_FILE')
  for (const address of [new URL('srt://h:1'), new URL(url), 'ftp://host/live.m3u8', null])
    assert.is(await codeOf((async () => new Capture(address as string))()), 'ERR_URL', String(address))
})

test('an option of another kind of address is refused, and not ignored', async () => {
  const refusals: readonly (readonly [string, CaptureOptions])[] = [
    ['rtmp://host/live/in', { pace: 'none' }],
    ['srt://host:9000', { loop: true }],
    [url, { rtspTransport: 'tcp' }],
    ['rtsp://host/in', { streamKey: 'key' }],
    ['rtsp://host/in', { transport: 'rtmp2' }],
    [url, { audioTrack: 1 }],
  ]
  for (const [address, options] of refusals)
    assert.is(await codeOf((async () => new Capture(address, options))()), 'ERR_OPTION', JSON.stringify(options))
  assert.is(new Capture('rtsp://host/in', { loop: undefined, rtspTransport: 'udp' }).state.phase, 'idle')
})

test.run()
