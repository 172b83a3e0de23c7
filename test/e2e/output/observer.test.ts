// suite: deep
import { concat, from, lastValueFrom, NEVER, Subject, tap, throwError, toArray, of } from 'rxjs'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, writeTo, type FrameWithAudio, type VideoFrame } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { sine } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { OwnFrames } from '../lib/own-frames'
import { pattern } from '../lib/pattern'
import { assertConstantRate, pictures, sent, tagsOf, UNPACED, type Sent } from '../lib/sent'

// An output as the end of an RxJS chain: it owns what it is given.
const test = suite('output: observer', { timeout: 60_000 })

const [width, height] = [320, 180]
const SMALL = { width, height, fps: 25, bitrate: '1M' }

const numbersOf = async ({ file }: Sent) =>
  (await decodeFrames(file, 'rgb24')).map(({ data }) => readClock(data, width, height))
const count = (length: number) => Array.from({ length }, (_, i) => i)
const numbered = (frames: OwnFrames, length: number): VideoFrame[] =>
  count(length).map(i => frames.make(pattern(width, height, i)))

test('subscribe(output): every frame is sent and closed', async () => {
  const frames = new OwnFrames(width, height)
  const source = new Subject<VideoFrame>()
  const all = await sent(SMALL, async output => {
    source.subscribe(output)
    for (let i = 0; i < 40; i++) {
      source.next(frames.make(pattern(width, height, i)))
      await until(() => output.stats().queued < 5)
    }
    await until(() => frames.open === 0, { what: () => `${frames.open} frames to be closed` })
  })
  assert.equal(await numbersOf(all), count(40))
})

test('frames with sound too', async () => {
  const frames = new OwnFrames(width, height)
  const source = new Subject<FrameWithAudio>()
  const all = await sent(SMALL, async output => {
    source.subscribe(output)
    for (let i = 0; i < 50; i++) {
      const frame = frames.make(pattern(width, height, i))
      const samples = sine({ frequency: 440, rate: 48000, from: i * 1920, count: 1920, channels: 1 })
      source.next({
        frame,
        audio: {
          samples,
          sampleRate: 48000,
          channels: 1,
          timestamp: frame.timestamp,
          duration: 40_000,
          discontinuity: false,
        },
      })
      await until(() => output.stats().queued < 5)
    }
    await until(() => frames.open === 0)
  })
  assert.equal(await numbersOf(all), count(50))
  const sizes = all.connection.tags.filter(({ type }) => type === 'audio').map(({ data }) => data.length)
  assert.ok(sizes.filter(size => size > 100).length > 60, 'packets with sound in them')
})

test('the output outlives complete() and error(), and takes another source', async () => {
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  const frames = new OwnFrames(width, height)
  const all = await sent({ ...SMALL, logger }, async output => {
    const [first, second, third] = [numbered(frames, 5), numbered(frames, 5), numbered(frames, 5)]
    from(first).subscribe(output)
    await until(() => frames.open === 10)
    concat(
      from(second),
      throwError(() => new Error('the source broke')),
    ).subscribe(output)
    await until(() => frames.open === 5)
    assert.is(output.state.phase, 'live')
    from(third).subscribe(output)
    await until(() => frames.open === 0)
    await output.writeFrame(pattern(width, height, 99))
  })
  assert.equal(await numbersOf(all), [...count(5), ...count(5), ...count(5), 99])
  assert.ok(
    warnings.some(text => text.includes('the source broke')),
    warnings.join(),
  )
})

test('an observer that is not running, or is given rubbish, closes it all the same and throws nothing', async () => {
  const frames = new OwnFrames(width, height)
  const wrong = new OwnFrames(64, 32)
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  const output = new RTMPOutput('rtmp://127.0.0.1:1/live/key1', { ...SMALL, logger })
  output.next(frames.make(pattern(width, height, 0)))
  await until(() => frames.open === 0)
  await sent({ ...SMALL, logger }, async live => {
    live.next(wrong.make(new Uint8Array(64 * 32 * 3)))
    await until(() => wrong.open === 0)
    live.next(null as unknown as VideoFrame)
    live.next({} as VideoFrame)
    await live.writeFrame(pattern(width, height, 0))
  })
  assert.match(warnings.join('\n'), 'ERR_NOT_RUNNING')
  assert.match(warnings.join('\n'), 'ERR_FRAME_SIZE')
})

test('writeTo: one result for each value, in order, and completion when all is written', async () => {
  const frames = new OwnFrames(width, height)
  let results: { dropped: boolean }[] = []
  const all = await sent({ ...SMALL, bufferSize: 50 }, async output => {
    results = await lastValueFrom(from(numbered(frames, 30)).pipe(writeTo(output), toArray()))
    assert.is(frames.open, 0)
  })
  assert.equal(results, Array(30).fill({ dropped: false }))
  assert.equal(await numbersOf(all), count(30))
})

test('writeTo a full output: the results tell which ones were dropped; all are closed', async () => {
  const frames = new OwnFrames(width, height)
  let results: { dropped: boolean }[] = []
  const all = await sent({ ...SMALL, bufferSize: 3, fill: 'repeat' }, async output => {
    results = await lastValueFrom(from(numbered(frames, 100)).pipe(writeTo(output), toArray()))
    assert.is(frames.open, 0)
    const { dropped, written } = output.stats()
    assert.is(dropped, results.filter(result => result.dropped).length)
    assert.is(written + dropped, 100)
  })
  assert.is(results.length, 100)
  const shown = new Set(await numbersOf(all))
  assert.equal(
    count(100).filter(i => shown.has(i)),
    count(100).filter(i => !results[i]!.dropped),
  )
  assert.ok(shown.size >= 3 && shown.size < 60, `${shown.size} were sent`)
})

test('writeTo: a write that fails is the error of the results, and what is in flight is closed', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { ...SMALL, ...UNPACED })
  await output.start()
  const frames = new OwnFrames(width, height)
  const source = new Subject<VideoFrame>()
  const ended = lastValueFrom(source.pipe(writeTo(output))).then(
    () => '',
    (error: { code: string }) => error.code,
  )
  source.next(frames.make(pattern(width, height, 0)))
  await output.stop()
  source.next(frames.make(pattern(width, height, 1)))
  source.next(frames.make(pattern(width, height, 2)))
  assert.is(await ended, 'ERR_NOT_RUNNING')
  await until(() => frames.open === 0)
})

test("writeTo: the source's error goes through; unsubscribing stops writing and leaks nothing", async () => {
  const frames = new OwnFrames(width, height)
  await sent({ ...SMALL, bufferSize: 100 }, async output => {
    const broken = concat(
      from(numbered(frames, 3)),
      throwError(() => new Error('mine')),
    )
    const error = await lastValueFrom(broken.pipe(writeTo(output))).then(
      () => '',
      (reason: Error) => reason.message,
    )
    assert.is(error, 'mine')
    await until(() => frames.open === 0)
    const subscription = concat(from(numbered(frames, 5)), NEVER)
      .pipe(writeTo(output))
      .subscribe()
    subscription.unsubscribe()
    await until(() => frames.open === 0)
    assert.equal(await lastValueFrom(of<VideoFrame>().pipe(writeTo(output), toArray())), [])
  })
})

test('a thousand values in one turn: what the queue holds is sent, all are closed, the clock goes on', async () => {
  const frames = new OwnFrames(width, height)
  const all = await sent({ ...SMALL, fill: 'repeat', bufferSize: 5 }, async output => {
    await output.writeFrame(pattern(width, height, 0))
    const from = performance.now()
    for (let i = 1; i <= 1000; i++) {
      output.next(frames.make(pattern(width, height, i % 100)))
      // Those in both queues, and those that have left meanwhile, whose promises this turn holds back.
      const left = ((performance.now() - from) * 25) / 1000
      assert.ok(frames.open <= 30 + left, `${frames.open} frames are held, ${left.toFixed(0)} have left`)
    }
    await until(() => frames.open === 0, { what: () => `${frames.open} frames to be closed` })
    await output.writeFrame(pattern(width, height, 999))
    const { written, dropped } = output.stats()
    assert.is(written + dropped, 1002)
    assert.ok(dropped >= 900, `${dropped} dropped`)
    // stop() does not wait for ever.
    await until(() => output.stats().queued === 0)
    const { packets } = output.stats()
    await until(() => output.stats().packets >= packets + 10)
  })
  assertConstantRate(all.video, 25)
  assert.is((await numbersOf(all)).at(-1), 999)
})

test('frames of a wrong size among good ones: closed and told, the good ones are sent', async () => {
  const [frames, wrong] = [new OwnFrames(width, height), new OwnFrames(64, 32)]
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  const source = new Subject<VideoFrame>()
  const all = await sent({ ...SMALL, logger }, async output => {
    source.subscribe(output)
    for (let i = 0; i < 20; i++) {
      source.next(frames.make(pattern(width, height, i)))
      source.next(wrong.make(new Uint8Array(64 * 32 * 3)))
      await until(() => output.stats().queued < 5)
    }
    await until(() => frames.open + wrong.open === 0)
  })
  assert.equal(await numbersOf(all), count(20))
  assert.is(warnings.filter(text => text.includes('ERR_FRAME_SIZE')).length, 20)
})

test('a chain that throws before the output: the picture stays, another chain takes over', async () => {
  const frames = new OwnFrames(width, height)
  const all = await sent({ ...SMALL, fill: 'repeat' }, async output => {
    const broken = from(numbered(frames, 10)).pipe(
      tap(frame => {
        if (frame.timestamp > 4 * 40_000) {
          frame.close()
          throw new Error('mine')
        }
      }),
      writeTo(output),
    )
    assert.is(
      await lastValueFrom(broken).then(
        () => '',
        (error: Error) => error.message,
      ),
      'mine',
    )
    await sleep(400)
    for (let i = 50; i < 60; i++) await output.writeFrame(pattern(width, height, i))
    assert.is(output.state.phase, 'live')
  })
  assertConstantRate(all.video, 25)
  assert.is((await numbersOf(all)).at(-1), 59)
})

test('capture.frames$ and framesWithAudio$ into an output: a relay that leaves nothing open', async () => {
  const file = await makeFile(tempFile('source.flv'), {
    size: '320x180',
    fps: 25,
    duration: 5,
    bitrate: '600k',
    gop: 25,
  })
  await using source = await startRtmpServer({ kind: 'serve-file', file, then: 'silence' })
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  for (const withAudio of [false, true]) {
    const index = server.connections.length
    await using output = new RTMPOutput(server.url(), SMALL)
    await output.start()
    await using capture = new RTMPCapture(source.url(), { stallTimeout: 60_000 })
    if (withAudio) capture.framesWithAudio$.subscribe(output)
    else capture.frames$.subscribe(output)
    await capture.start()
    const video = await pictures(await server.connection(index), 100)
    assertConstantRate(video, 25)
    await capture.stop()
    assert.is(output.state.phase, 'live')
    await output.stop()
    await sleep(50)
    await until(() => native().framePool().leases === 0, { what: () => JSON.stringify(native().framePool()) })
    assert.ok(tagsOf(await server.connection(index)).audio.length > 100)
  }
})

test.run()
