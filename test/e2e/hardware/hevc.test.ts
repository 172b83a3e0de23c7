// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput } from '../../../src/index'
import { fakeHardware } from '../../support/fake-hardware'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { until } from '../../support/until'
import { HEVC } from '../lib/hevc'
import { pattern } from '../lib/pattern'
import { aired, fps, height, logged, logger, suiteOfHardware, width } from './enhanced'

const become = fakeHardware('nvh265enc=ok vah265enc=ok')
const nvenc = { vcodec: 'hevc_nvenc', element: 'nvh265enc' } as const
const test = suiteOfHardware(HEVC, become, nvenc, { vcodec: 'hevc_vaapi', element: 'vah265enc' })

test('VA’s encoder hears that its source is live, and keeps no picture for its device', async () => {
  become('vah265enc=ok')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const options = { width, height, fps, vcodec: 'hevc_vaapi', fill: 'none', connectTimeout: 30_000, logger } as const
  await using output = new RTMPOutput(server.url(), options)
  await output.start()
  assert.is(output.info!.encoder, 'vah265enc')
  const PICTURES = 10
  for (let i = 0; i < PICTURES; i++) await output.writeFrame(pattern(width, height, i))
  const packets = (): number => output.stats().packets
  await until(() => packets() === PICTURES, { what: () => `${packets()} packets of ${PICTURES} pictures` })
})

test('adaptiveBitrate and a constant bitrate reach a device as well', async () => {
  become('nvh265enc=ok')
  const options = { vcodec: 'hevc_nvenc', adaptiveBitrate: true, rateControl: 'cbr' } as const
  const { first } = await aired(HEVC, options, (_, packets) => packets >= 30)
  assert.is(first.encoder, 'nvh265enc')
  assert.equal(
    logged.filter(line => /adaptiveBitrate has no effect/.test(line)),
    [],
  )
})

test.run()
