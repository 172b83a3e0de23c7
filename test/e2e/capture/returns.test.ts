// suite: deep
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { parseFlv, startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { SeamWatcher } from '../lib/discontinuities'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: publishers that return, on nginx', { timeout: 60_000 })

// Keyframes every fifth of a second: a player is live soon.
const flash = { fps: 25, gop: 5, pattern: 'flash', bitrate: '300k', duration: 30 } as const
let first: string
let second: string
let nginx: Nginx

test.before(async () => {
  first = await makeFile(tempFile('first.flv'), {
    ...flash,
    size: '320x180',
    audio: { frequency: 1000, beep: true, rate: 44_100, channels: 2 },
  })
  second = await makeFile(tempFile('second.flv'), {
    ...flash,
    size: '480x270',
    fps: 30,
    gop: 6,
    bframes: 0,
    profile: 'high',
    audio: { frequency: 1000, beep: true, rate: 48_000, channels: 1 },
  })
  nginx = await startNginx()
})
test.after(() => nginx.stop())

const taken = (watcher: SeamWatcher, more: number) => {
  const before = watcher.shots.length
  return until(() => watcher.shots.length >= before + more, {
    what: () => `${watcher.shots.length} of ${before + more} pictures: ${watcher.phases}`,
  })
}

/** Publishes one file, ends that, publishes the other; between them `meanwhile`. */
async function changing(
  stream: string,
  options: RTMPCaptureOptions,
  meanwhile: (capture: RTMPCapture) => Promise<unknown>,
  [before, after] = [30, 65],
): Promise<SeamWatcher> {
  const publisher = await publishFile(nginx.url(stream), first, { loop: true })
  await nginx.published(stream)
  await using capture = new RTMPCapture(nginx.url(stream), {
    reconnect: { initialDelay: 100 },
    // For as long as this process may stand still, while ffmpeg and nginx do not.
    bufferSize: 200,
    ...options,
  })
  const watcher = new SeamWatcher(capture)
  await capture.start()
  await taken(watcher, before)
  await publisher.kill('SIGKILL')
  await publisher.exited
  await meanwhile(capture)
  await using _ = await publishFile(nginx.url(stream), second, { loop: true })
  await taken(watcher, after)
  await capture.stop()
  return watcher
}

const sizes = (watcher: SeamWatcher) => [...new Set(watcher.shots.map(({ width, height }) => `${width}×${height}`))]
const formats = (watcher: SeamWatcher) => [
  ...new Set(watcher.chunks.map(({ sampleRate, channels }) => `${sampleRate}/${channels}`)),
]

test('on the same connection, after a pause: another size, rate and sound, from zero again', async () => {
  const pause = 1200
  const tags = (file: string) => parseFlv(readFileSync(file)).filter(tag => tag.timestamp < 2600)
  const [one, two] = [
    tags(first).filter(tag => tag.timestamp < 1600),
    tags(second).filter(tag => tag.type !== 'script'),
  ]
  const later = two.map(tag => ({ ...tag, timestamp: tag.timestamp + 1600 + pause }))
  const path = tempFile('joined.flv')
  writeFileSync(path, writeFlv([...one, ...later]))
  const edit = (tag: FlvTag, index: number) => [index < one.length ? tag : two[index - one.length]!]
  await using server = await startRtmpServer({ kind: 'serve-file', file: path, edit, then: 'silence' })
  // Were the stalled connection given up, the next attempt would be minutes away.
  await using capture = new RTMPCapture(server.url(), {
    reconnect: { initialDelay: 3_000_000, maxDelay: 3_600_000 },
    stallTimeout: 600,
    bufferSize: 200,
  })
  const watcher = new SeamWatcher(capture)
  await capture.start()
  await taken(watcher, 40 + 70)
  await capture.stop()
  assert.equal(watcher.phases.slice(0, 5), ['idle', 'connecting', 'live', 'stalled', 'live'])
  watcher.check({ connections: 1, jumps: 1 })
  watcher.checkSync(2)
  watcher.checkJumps(100)
  assert.equal(
    [sizes(watcher), formats(watcher)],
    [
      ['320×180', '480×270'],
      ['44100/2', '48000/1'],
    ],
  )
  assert.is(server.connections.length, 1)
})

for (const transport of TRANSPORTS) {
  test(`${transport}: a new connection; what was not asked for follows the source, and info says so`, async () => {
    const lines: string[] = []
    const log = (text: string) => void lines.push(text)
    let capture: RTMPCapture
    const watcher = await changing(
      `late-${transport}`,
      { transport, stallTimeout: 500, logger: { debug: () => {}, info: log, warn: log, error: log } },
      async it => {
        capture = it
        await until(() => it.state.phase === 'reconnecting')
        assert.is(it.info!.video!.width, 320)
      },
    )
    assert.ok(watcher.discontinuities >= 2)
    watcher.check({ connections: watcher.discontinuities })
    watcher.checkSync(2)
    watcher.checkPace()
    assert.equal(
      [sizes(watcher), formats(watcher)],
      [
        ['320×180', '480×270'],
        ['44100/2', '48000/1'],
      ],
    )
    const { video, audio } = capture!.info!
    assert.equal(
      [video!.width, video!.height, video!.fps, audio],
      [480, 270, 30, { sampleRate: 48_000, channels: 1, codec: 'aac' }],
    )
    assert.ok(
      lines.some(line => /live .*480 × 270.*it was 320 × 180/.test(line)),
      lines.join('\n'),
    )
  })
}

test('what was asked for holds', async () => {
  const asked = { width: 160, height: 120, fps: 10, format: 'RGB', audioSampleRate: 32_000, audioChannels: 1 } as const
  const watcher = await changing(
    'held',
    { ...asked, stallTimeout: 500 },
    it => until(() => it.state.phase === 'reconnecting'),
    [10, 15],
  )
  watcher.check({ connections: watcher.discontinuities })
  assert.equal([sizes(watcher), formats(watcher)], [['160×120'], ['32000/1']])
  for (const { timestamp, duration } of watcher.shots) assert.equal([timestamp % 100_000, duration], [0, 100_000])
})

test('iterFrames() goes on over an outage, although the event loop does not turn', async () => {
  const publisher = await publishFile(nginx.url('blocking'), first, { loop: true })
  await nginx.published('blocking')
  await using capture = new RTMPCapture(nginx.url('blocking'), { reconnect: { initialDelay: 100 }, stallTimeout: 500 })
  await capture.start()
  let back: ReturnType<typeof publishFile> | null = null
  let [count, discontinuities, last] = [0, 0, -1]
  for (const frame of capture.iterFrames()) {
    assert.ok(frame.timestamp > last)
    last = frame.timestamp
    if (frame.discontinuity && count > 0) discontinuities++
    if (++count === 20) {
      publisher.kill('SIGKILL')
      // Starts it at once; that it is there is told later.
      back = publishFile(nginx.url('blocking'), second, { loop: true })
    }
    if (discontinuities > 0 && count > 60) break
  }
  await using _ = await back!
  await until(() => capture.state.phase === 'live', { what: () => JSON.stringify(capture.state) })
  assert.ok((await capture.getFrame()).timestamp > last)
})

test.run()
