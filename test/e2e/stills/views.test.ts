// suite: deep
import * as assert from 'uvu/assert'
import { firstValueFrom, lastValueFrom, take, toArray, type Observable } from 'rxjs'
import { RTMPCapture, type RTMPCaptureOptions, type VideoFrame } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { psnr } from '../../support/media/picture'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { codeOf } from '../lib/served'
import { looped } from '../lib/stills'

const test = suite('views, and kinds that are left undecoded', { timeout: 60_000 })

const source = { size: '320x180', fps: 25, duration: 2, bitrate: '2M', audio: {} } as const

async function live(options: RTMPCaptureOptions, use: (capture: RTMPCapture) => Promise<void>): Promise<void> {
  const file = await makeFile(tempFile('in.flv'), source)
  await looped(file, options, use)
}

const some = (frames$: Observable<VideoFrame>, count: number): Promise<VideoFrame[]> =>
  lastValueFrom(frames$.pipe(take(count), toArray()))

test('the same pictures, small and grey, at the same times', () =>
  live({ format: 'GRAY8', width: 80, height: 45 }, async capture => {
    const view = capture.view({ width: 80, height: 45, format: 'GRAY8', bufferSize: 10 })
    const [full, small] = [some(capture.frames$, 10), some(view.frames$, 10)]
    await capture.start()
    const [frames, seen] = [await full, await small]
    for (const frame of seen) {
      assert.equal([frame.width, frame.height, frame.format], [80, 45, 'GRAY8'])
      const same = frames.find(({ timestamp }) => timestamp === frame.timestamp)
      if (same) assert.is(psnr(same.data, frame.data), Infinity)
    }
    assert.ok(seen.filter(one => frames.some(({ timestamp }) => timestamp === one.timestamp)).length >= 5)
    assert.is(seen[0]!.discontinuity, true)
    for (const frame of [...frames, ...seen]) frame.close()
  }))

test('a rate of its own, counted by timestamps', () =>
  live({}, async capture => {
    const frames = some(capture.view({ fps: 5, bufferSize: 10 }).frames$, 6)
    await capture.start()
    const times = (await frames).map(frame => (frame.close(), frame.timestamp))
    const gaps = times.slice(1).map((time, i) => time - times[i]!)
    for (const gap of gaps) assert.ok(gap >= 120_000 && gap <= 280_000, gaps.join())
  }))

test('nothing is converted while nobody looks, and nothing is held', () =>
  live({}, async capture => {
    const view = capture.view({ width: 1280, height: 720 })
    await capture.start()
    await until(() => capture.stats().decoded > 5)
    const before = capture.stats().heldBytes
    for (const frame of await some(view.frames$, 3)) frame.close()
    const [dropped, decoded] = [view.dropped, capture.stats().decoded]
    await until(() => capture.stats().decoded > decoded + 5)
    assert.is(view.dropped, dropped, 'a view that converts with nobody there drops what it makes')
    await until(() => capture.stats().heldBytes <= before + 320 * 180 * 3)
  }))

test('it goes on over a reconnect, and tells of it', async () => {
  const file = await makeFile(tempFile('in.flv'), source)
  await using server = await startRtmpServer({ kind: 'serve-file', file, until: 1000 })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 20_000, reconnect: { initialDelay: 100 } })
  const seen: { timestamp: number; discontinuity: boolean }[] = []
  capture.view({ width: 80, bufferSize: 10 }).frames$.subscribe(frame => {
    const { timestamp, discontinuity } = frame
    seen.push({ timestamp, discontinuity })
    frame.close()
  })
  await capture.start()
  await until(() => seen.filter(({ discontinuity }) => discontinuity).length >= 3, { timeout: 30_000 })
  for (const [i, { timestamp }] of seen.entries()) assert.ok(i === 0 || timestamp > seen[i - 1]!.timestamp)
})

test('a stream of pictures alone is live with video: false, too', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, audio: null })
  await looped(file, { video: false }, async capture => {
    await capture.start()
    await until(() => capture.info?.video?.width === 320)
    assert.is(capture.info?.audio, null)
  })
})

test('it ends with its capture, for those who come late, too', () =>
  live({}, async capture => {
    const view = capture.view()
    const last = lastValueFrom(view.frames$, { defaultValue: null })
    await capture.start()
    await capture.stop()
    ;(await last)?.close()
    assert.is(await firstValueFrom(view.frames$, { defaultValue: null }), null)
  }))

test('options', async () => {
  const capture = new RTMPCapture('rtmp://localhost/live/camera')
  const code = (options: object): string => {
    try {
      capture.view(options)
      return 'none'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  for (const options of [{ width: 0 }, { format: 'YUV' }, { fps: 0 }, { size: 3 }, { bufferSize: 0 }])
    assert.is(code(options), 'ERR_OPTION', JSON.stringify(options))
})

test('video: false gives sound at once and decodes no picture; audio: false the other way round', async () => {
  await live({ video: false }, async capture => {
    const sound = firstValueFrom(capture.audio$)
    const begun = performance.now()
    await capture.start()
    assert.is((await sound).sampleRate, 44_100)
    assert.ok(performance.now() - begun < 10_000)
    await until(() => capture.info?.video)
    assert.equal([capture.info?.video?.width, capture.info?.video?.decoder], [320, 'none'])
    assert.is(await codeOf(firstValueFrom(capture.frames$)), 'ERR_NOT_DECODED')
    assert.is(await codeOf(capture.getFrame()), 'ERR_NOT_DECODED')
    assert.is(await codeOf(firstValueFrom(capture.framesWithAudio$)), 'ERR_NOT_DECODED')
    assert.is((await capture.getAudio(0.1)).samples.length, 8820)
    assert.is(capture.stats().decoded, 0)
    assert.ok(capture.stats().bytes > 0)
  })
  await live({ audio: false }, async capture => {
    await capture.start()
    const frame = await capture.getFrame()
    frame.close()
    await until(() => capture.info?.audio)
    assert.is(capture.info?.audio?.sampleRate, 44_100)
    assert.is(await codeOf(capture.getAudio()), 'ERR_NOT_DECODED')
    assert.is(await codeOf(firstValueFrom(capture.audio$)), 'ERR_NOT_DECODED')
    await sleep(50)
  })
})

test('stills hold their pixels, and too many are refused', () =>
  live({}, async capture => {
    await capture.start()
    const frame = await capture.getFrame()
    const first = frame.toPNG()
    frame.close()
    assert.equal([...(await first).slice(1, 4)], [0x50, 0x4e, 0x47])
    assert.is(await codeOf(frame.toJPEG()), 'ERR_FRAME_CLOSED')
    using other = await capture.getFrame()
    assert.is(await codeOf(other.toJPEG({ quality: 0 })), 'ERR_OPTION')
    const many = await Promise.all(Array.from({ length: 100 }, () => codeOf(other.toPNG())))
    assert.ok(many.includes('resolved') && many.includes('ERR_STILL_OVERFLOW'), [...new Set(many)].join())
    other.close()
    await until(() => native().framePool().leases <= 1)
  }))

test.run()
