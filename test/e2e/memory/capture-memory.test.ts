// suite: deep
import * as assert from 'uvu/assert'
import type { VideoFrame } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { usage } from '../../support/usage'
import { capturing, toTheEnd } from '../lib/served'

const test = suite('capture: memory', { timeout: 60_000 })

const MB = 1e6
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), {
    size: '320x180',
    fps: 25,
    pattern: 'testsrc',
    duration: 130,
    bitrate: '300k',
  })
})

test('frames that are closed: a long stream takes no more memory than a short one', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    let [count, rss] = [0, 0]
    for await (const frame of capture.aiterFrames()) {
      frame.close()
      if (++count === 300) rss = usage().rss
      if (count === 3000) break
    }
    const grown = (usage().rss - rss) / MB
    assert.ok(grown < 60, `${grown} MB more`)
  }))

test('frames that are never closed: the garbage collector returns them, memory is bounded', () =>
  capturing(file, { width: 960, height: 540 }, async capture => {
    await capture.start()
    let [count, most] = [0, 0]
    for await (const frame of capture.aiterFrames()) {
      assert.is(frame.data.length, 960 * 540 * 3)
      if (++count % 50 === 0) most = Math.max(most, usage().rss)
      // 2.3 GB of pictures.
      if (count === 1500) break
    }
    assert.ok(most < 1000 * MB, `${most / MB} MB`)
  }))

test('frames that are all kept: new ones are dropped and counted, memory is bounded, closing mends it', async () => {
  const big = await makeFile(tempFile('big.flv'), {
    size: '640x360',
    fps: 25,
    gop: 25,
    duration: 4,
    pattern: 'testsrc',
    audio: null,
  })
  const warnings: string[] = []
  const ignore = () => {}
  const logger = { debug: ignore, info: ignore, warn: (text: string) => void warnings.push(text), error: ignore }
  await capturing(
    big,
    // 8.3 MB a picture: 512 MiB hold 64 of them.
    { width: 1920, height: 1080, format: 'RGBA', dropPolicy: 'oldest', logger },
    async capture => {
      await capture.start()
      const before = usage().rss
      const kept: VideoFrame[] = []
      const subscription = capture.frames$.subscribe(frame => void kept.push(frame))
      await until(() => warnings.some(text => /clos/.test(text)), {
        what: () => `a warning; ${kept.length} frames`,
        timeout: 40_000,
      })
      await sleep(1000)
      const held = kept.length
      assert.ok(held >= 30 && held <= 66, `${held} frames`)
      await sleep(1000)
      assert.is(kept.length, held)
      assert.is(capture.state.phase, 'live')
      const grown = (usage().rss - before) / MB
      assert.ok(grown < 800, `${grown} MB more`)
      assert.is(warnings.filter(text => /clos/.test(text)).length, 1)
      subscription.unsubscribe()
      for (const frame of kept) frame.close()
      const next = await capture.getFrame()
      assert.ok(next.sequence > kept.at(-1)!.sequence)
      next.close()
      // Counted for who goes on, too.
      await toTheEnd(async () => {
        let count = 0
        for await (const frame of capture.aiterFrames()) {
          frame.close()
          if (++count === 20) break
        }
      })
    },
    { loop: true, pace: 'real' },
  )
})

test.run()
