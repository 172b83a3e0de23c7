// suite: deep
import type { Observable } from 'rxjs'
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../src/index'
import { native } from '../../src/addon/binding'
import { meterOf, METRIC_NAMES, type Meter, type MetricName, type Reading } from '../../src/monitor/observation'
import { makeFile, probe } from '../support/peers/ffmpeg'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { until } from '../support/until'

const test = suite('metrics of a capture', { timeout: 150_000 })

const FPS = 50
/** Sound that is stamped so much too early is heard ahead by as much, ms. */
const SHIFT = 80

/** Looks until the condition holds; what a busy machine did to one window is gone in the next. */
function reading(meter: Meter, what: string, condition: (reading: Reading) => boolean): Promise<Reading> {
  let last: Reading
  const told = (): string => `${what}: ${JSON.stringify(last.values)}`
  return until(() => ((last = meter.read()), condition(last) ? last : null), {
    timeout: 40_000,
    interval: 100,
    what: told,
  })
}

const within = (value: number | null | undefined, expected: number, part: number): boolean =>
  typeof value === 'number' && Math.abs(value - expected) <= expected * part

let file = ''
test.before(async () => {
  // All keyframes, so that no single packet is much of a window.
  const source = { size: '160x90', fps: FPS, gop: 1, pattern: 'noise', bitrate: '800k', duration: 60 }
  file = await makeFile(tempFile('steady.flv'), source)
})

test('a capture that decodes nothing is measured as ffprobe counts it, and its drift is found', async () => {
  const { packets } = await probe(file, { seconds: 70 })
  /** ffprobe's count over the five seconds that end with the newest picture that had come. */
  const counted = ({ totals }: Reading, types: readonly string[]): number => {
    const newest = Number(packets.filter(({ codec_type }) => codec_type === 'video')[totals.frames.video - 1]?.dts_time)
    const mine = packets.filter(
      ({ codec_type, dts_time }) =>
        types.includes(codec_type) && Number(dts_time) <= newest && Number(dts_time) > newest - 5,
    )
    return mine.reduce((sum, { size }) => sum + Number(size) * 8, 0) / 5
  }
  let ahead = false
  const edit = (tag: { type: string; timestamp: number; data: Buffer }): never[] => {
    const moved = tag.type === 'audio' && ahead ? { ...tag, timestamp: tag.timestamp - SHIFT } : tag
    return [moved] as never[]
  }
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'real', then: 'silence', edit })
  await using capture = new RTMPCapture(server.url(), { decode: false, stallTimeout: 600_000 })
  const meter = meterOf(capture, METRIC_NAMES)
  assert.equal(meter.read().values.bitrate, null, 'before start()')
  await capture.start()
  const early = await reading(meter, 'two seconds', ({ totals }) => totals.frames.video > 2 * FPS)
  assert.is(early.values.avDrift, null, 'the first ten seconds are what it counts from')
  assert.is(capture.info?.video?.width, 160)
  assert.is(capture.info?.video?.decoder, 'none')

  const rates = await reading(
    meter,
    'bitrate and fps within 1 %',
    now =>
      now.totals.frames.video > 5.2 * FPS &&
      within(now.values.bitrate, counted(now, ['video', 'audio']), 0.01) &&
      within(now.values.fps, FPS, 0.01) &&
      within(now.tracks.video.bitrate, counted(now, ['video']), 0.01) &&
      within(now.tracks.audio.bitrate, counted(now, ['audio']), 0.02),
  )
  assert.ok(within(rates.details.fpsPts, FPS, 0.01), `${rates.details.fpsPts}`)
  assert.ok(within(rates.values.keyframeInterval, 1 / FPS, 0.1))
  assert.equal([rates.details.hasBFrames, rates.values.droppedFrames, rates.values.reconnects], [0, 0, 0])
  const { freeze, black, silence, loudness, truePeak, latency, endToEndLatency, queueMs } = rates.values
  assert.equal([freeze, black, silence, loudness, truePeak, latency, endToEndLatency, queueMs], Array(8).fill(null))

  // A meter that comes later measures from then on, beside the first.
  const second = meterOf(capture, ['bitrate'])
  await reading(second, 'a second meter', ({ values }) =>
    within(values.bitrate, counted(meter.read(), ['video', 'audio']), 0.01),
  )
  assert.equal(Object.keys(second.read().values), ['bitrate'])
  second.close()

  await reading(meter, 'no drift', ({ values: { avDrift } }) => Math.abs(avDrift ?? 1e9) < 5)
  ahead = true
  await reading(meter, `${SHIFT} ms of drift`, ({ values: { avDrift } }) => Math.abs((avDrift ?? 1e9) - SHIFT) <= 5)

  await capture.stop()
  const after = meter.read()
  assert.equal([after.values.bitrate, after.values.noData, after.liveSince, after.phase], [null, null, null, 'stopped'])
  assert.ok(after.totals.bytes.video > 0)
  meter.close()
  assert.equal(meter.read(), after, 'the last word stays')
})

test('no data is told from the last packet on', async () => {
  // The last packet comes after the capture is live.
  const before = async (_: unknown, { timestamp }: { timestamp: number }): Promise<void> =>
    void (timestamp > 500 && (await until(() => capture.state.phase === 'live')))
  const served = { kind: 'serve-file', file, pace: 'real', until: 700, then: 'silence', before } as const
  await using server = await startRtmpServer(served)
  await using capture: RTMPCapture = new RTMPCapture(server.url(), { decode: false, stallTimeout: 600_000 })
  const meter = meterOf(capture, ['noData', 'fps', 'uptime'])
  await capture.start()
  const { values, tracks } = await reading(
    meter,
    'two seconds without data',
    ({ values: { noData } }) => (noData ?? 0) > 2,
  )
  assert.ok(tracks.video.noData! > 2 && tracks.audio.noData! > 2)
  assert.ok(values.noData! <= Math.min(tracks.video.noData!, tracks.audio.noData!))
  assert.ok(values.uptime! > values.noData!)
  await reading(meter, 'no picture in the window', ({ values: { fps } }) => fps === 0)
  meter.close()
})

test('a capture that decodes nothing has neither pictures nor sound', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'real' })
  await using capture = new RTMPCapture(server.url(), { decode: false })
  await capture.start()
  const refused = async (call: () => unknown): Promise<void> => {
    const error = await Promise.resolve()
      .then(call)
      .then(
        () => null,
        (reason: unknown) => reason,
      )
    assert.is(error instanceof RxGstError && error.code, 'ERR_NOT_DECODED')
  }
  await refused(() => capture.getFrame())
  await refused(() => capture.getAudio())
  await refused(() => capture.getFrameAndAudio())
  await refused(() => capture.aiterFrames().next())
  await refused(() => capture.iterFrames())
  for (const media of [capture.frames$, capture.audio$, capture.framesWithAudio$] as Observable<unknown>[]) {
    await refused(() => new Promise((resolve, reject) => media.subscribe({ next: resolve, error: reject })))
  }
})

test('its end is the end of the stream', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', until: 2000, then: 'fin' })
  await using capture = new RTMPCapture(server.url(), { decode: false, reconnect: false })
  await capture.start().catch(() => {})
  await until(() => capture.state.phase === 'failed', { what: () => capture.state.phase })
})

test('meters that are closed leave nothing behind', async () => {
  const before = native().meterStates()
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'real' })
  const capture = new RTMPCapture(server.url())
  const open = (): Meter[] =>
    [METRIC_NAMES, ['freeze'], ['latency'], []].map(names => meterOf(capture, names as MetricName[]))
  const early = open()
  await capture.start()
  const late = open()
  assert.is(native().meterStates() - before, 8)
  await reading(
    late[0]!,
    'content of a stream that nobody takes',
    ({ values }) => values.freeze !== null && values.silence !== null,
  )
  for (const meter of [...early, ...late]) meter.close()
  // A probe that is running lets go a moment later.
  await until(() => native().meterStates() === before, { what: () => `${native().meterStates() - before} meters` })
  await capture.stop()
  const after = meterOf(capture, METRIC_NAMES)
  assert.is(after.read().phase, 'stopped')
  after.close()
  assert.is(native().meterStates(), before)
})

test('what is no stream has no meter', () => {
  for (const wrong of [null, undefined, {}, 'rtmp://localhost/live/key', 7]) {
    assert.throws(
      () => meterOf(wrong as never, []),
      (error: unknown) => error instanceof RxGstError && error.code === 'ERR_OPTION' && !error.message.includes('key'),
    )
  }
})

test.run()
