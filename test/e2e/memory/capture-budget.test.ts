// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, type VideoFrame } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { capturing, serveWhole, toTheEnd } from '../lib/served'

const test = suite('capture: the memory of frames', { timeout: 60_000 })

const MIB = 1024 * 1024
const LIVE = { pace: 'real', loop: true } as const

let small: string

test.before(async () => {
  small = await makeFile(tempFile('small.flv'), { size: '640x360', fps: 25, gop: 5, duration: 2, audio: null })
})

test('a stream whose pictures are enormous takes nothing from another', async () => {
  const line = await makeFile(tempFile('line.flv'), { size: '16x592', fps: 25, gop: 5, duration: 2, audio: null })
  const { limit, held } = native().framePool()
  const picture = 1280 * 4096 * 3
  // Room for four of them, and then for nothing.
  native().setFramePoolLimit(held + 4 * picture + 1000)
  try {
    await using bad = await startRtmpServer(serveWhole(line, LIVE))
    await using good = await startRtmpServer(serveWhole(small, LIVE))
    await using hostile = new RTMPCapture(bad.url(), { width: 1280 })
    await using capture = new RTMPCapture(good.url())
    await hostile.start()
    await until(() => hostile.stats().waitingBytes >= 3 * picture, { what: () => JSON.stringify(hostile.stats()) })
    let count = 0
    capture.frames$.subscribe(frame => {
      count++
      frame.close()
    })
    await capture.start()
    await until(() => count >= 25, { what: () => JSON.stringify(capture.stats()) })
    // The first may have to wait until the other has given something back.
    const { held: lost } = capture.stats()
    assert.ok(lost <= 50, `${lost} lost`)
    const { decoded } = hostile.stats()
    await until(() => hostile.stats().decoded > decoded + 5, { what: () => JSON.stringify(hostile.stats()) })
    assert.is(hostile.stats().held, 0, 'its oldest make room for its newest')
    assert.is(capture.stats().held, lost, 'and it stays so')
    assert.ok(native().framePool().held <= native().framePool().limit)
  } finally {
    native().setFramePoolLimit(limit)
  }
})

test('frames that are kept: told once, without a logger too; the loop goes on with what is given back', async () => {
  const warnings: (Error & { code?: string })[] = []
  const hear = (warning: Error): void => void warnings.push(warning)
  process.on('warning', hear)
  try {
    const most = 4 * MIB
    const bytes = 640 * 360 * 3
    await capturing(
      small,
      { maxHeldBytes: most, dropPolicy: 'oldest' },
      async capture => {
        await capture.start()
        const kept: VideoFrame[] = []
        capture.frames$.subscribe({ next: frame => void kept.push(frame), error: () => {} })
        await until(() => warnings.length > 0, { what: () => JSON.stringify(capture.stats()) })
        assert.is(kept.length, Math.floor(most / bytes))
        await until(() => capture.stats().held > 10, { what: () => JSON.stringify(capture.stats()) })
        const { heldBytes, waitingBytes } = capture.stats()
        assert.equal([heldBytes, waitingBytes], [kept.length * bytes, 0])
        const { length } = kept
        for (const frame of kept.slice(0, 3)) frame.close()
        await until(() => kept.length === length + 3, { what: () => `${kept.length} frames` })
        assert.is(warnings.length, 1)
        assert.is(warnings[0]!.name, 'RxGstWarning')
        assert.is(warnings[0]!.code, 'RXGST_FRAMES_HELD')
        assert.match(warnings[0]!.message, /4 MiB.*close\(\).*maxHeldBytes/)
        await capture.stop()
        assert.is(capture.stats().heldBytes, length * bytes, 'frames of a capture that is over count on')
        for (const frame of kept) frame.close()
        assert.is(capture.stats().heldBytes, 0)
      },
      LIVE,
    )
  } finally {
    process.off('warning', hear)
  }
})

test("'block' waits for what is given back, and loses nothing", async () => {
  // Three pictures fit.
  await capturing(small, { maxHeldBytes: 2 * MIB + MIB / 2, dropPolicy: 'block' }, async capture => {
    await capture.start()
    const seen: number[] = []
    await toTheEnd(async () => {
      for await (const frame of capture.aiterFrames()) {
        seen.push(frame.sequence)
        await sleep(10)
        frame.close()
      }
    })
    assert.equal(
      seen,
      Array.from({ length: 50 }, (_, i) => i),
    )
    assert.is(capture.stats().dropped, 0)
  })
})

test("'block' waits for two seconds, not for ever", async () => {
  await capturing(
    small,
    { maxHeldBytes: MIB, dropPolicy: 'block' },
    async capture => {
      await capture.start()
      const kept = await capture.getFrame()
      // No second one fits.
      await until(() => capture.stats().held > 2, { what: () => JSON.stringify(capture.stats()) })
      kept.close()
      const next = await capture.getFrame()
      assert.ok(next.sequence > 2)
      next.close()
    },
    LIVE,
  )
})

test.run()
