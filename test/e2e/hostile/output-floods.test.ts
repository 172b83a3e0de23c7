import * as assert from 'uvu/assert'
import { RTMPOutput } from '../../../src/index'
import { startRtmpServer, type Flood } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { bounded } from '../lib/flooded'
import { TRANSPORTS } from '../lib/transports'

const test = suite('output: floods', { timeout: 40_000 })

const [width, height] = [160, 90]

const FLOODS: Flood['what'][] = ['pings', 'short-pings', 'bandwidths', 'buffer-lengths', 'statuses']
for (const transport of ['rxrtmp', 'rtmp2'] as const) {
  for (const what of FLOODS) {
    test(`${what} to a publisher, ${transport}`, async () => {
      await using server = await startRtmpServer({ kind: 'accept-publish', flood: what })
      const output = new RTMPOutput(server.url(), { width, height, fps: 25, reconnect: false, transport })
      await bounded(
        async () => {
          await output.start().catch(() => {})
          await until(() => output.state.phase === 'failed')
          assert.is(output.state.reason, 'ERR_BAD_STREAM')
        },
        () => output.stop(),
      )
    })
  }
}

for (const transport of TRANSPORTS) {
  test(`before the publication is accepted, ${transport}`, async () => {
    await using server = await startRtmpServer({ kind: 'flood-connect', what: 'short-pings' })
    const output = new RTMPOutput(server.url(), { width, height, fps: 25, reconnect: false, transport })
    await bounded(
      async () => {
        await output.start().catch(() => {})
        await until(() => output.state.phase === 'failed')
      },
      () => output.stop(),
    )
  })
}

test('a target that floods does not touch the other one', async () => {
  await using bad = await startRtmpServer({ kind: 'accept-publish', flood: 'short-pings' })
  await using good = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput([bad.url(), good.url()], {
    width,
    height,
    fps: 25,
    reconnect: { initialDelay: 100, maxDelay: 300 },
  })
  await bounded(
    async () => {
      await output.start()
      await until(() => bad.connections.length >= 3 && good.connections[0]!.tags.length > 50)
      assert.is(good.connections.length, 1)
      assert.ok(good.connections[0]!.open)
    },
    () => output.stop(),
  )
})

test.run()
