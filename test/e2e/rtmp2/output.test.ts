// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { startNarrowLink } from '../../support/peers/narrow-link'
import { startNginx } from '../../support/peers/nginx'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { BITRATE, onAir, SIZE } from '../lib/adaptive-air'
import { assertTargetReturns } from '../lib/comes-back'
import { assertConstantRate, assertGapless, tagsOf } from '../lib/sent'

// What the tests of outputs show of 'auto', in short, of the elements that a program can still name.
const test = suite("outputs over 'rtmp2'", { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const GREY = solid(width, height, [90, 90, 90])
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  transport: 'rtmp2',
  connectTimeout: 20_000,
  reconnect: false,
}

test('picture and sound leave without a hole, at a constant rate, and stop() says goodbye', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, fill: 'none' })
  await output.start()
  for (let i = 0; i < 50; i++) await output.writeFrame(GREY)
  await output.stop()
  const connection = await server.connection(0, ({ open }) => !open)
  assert.is(connection.goodbye, true)
  const { video, audio } = tagsOf(connection)
  assert.is(video.length, 50)
  assertConstantRate(video, fps)
  assertGapless(audio, 44_100)
})

for (const then of ['fin', 'rst'] as const) {
  test(`${then}: the target comes back`, () => assertTargetReturns(OPTIONS, GREY, then))
}

test('the bitrate follows a link that becomes narrow', async () => {
  await using nginx = await startNginx()
  await using link = await startNarrowLink(nginx.port, 4 * BITRATE)
  const url = `rtmp://127.0.0.1:${link.port}/live/narrow`
  await using air = await onAir(nginx, url, 'narrow', { transport: 'rtmp2' })
  const { output, seen } = air
  await until(() => seen.length > 2 * SIZE.fps && output.stats().bitrate === BITRATE, {
    timeout: 40_000,
    what: () => `${seen.length} pictures at ${output.stats().bitrate}`,
  })
  link.limit(BITRATE / 2)
  await until(() => output.stats().bitrate < 0.6 * BITRATE, {
    timeout: 20_000,
    what: () => `a lower bitrate: ${output.stats().bitrate}`,
  })
  assert.is(output.stats().reconnects, 0)
})

test.run()
