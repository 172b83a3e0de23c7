// suite: deep
// deadline: 600
import * as assert from 'uvu/assert'
import { makeFile } from '../../../../test/support/peers/ffmpeg.js'
import { startRtmpServer } from '../../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../../test/support/suite.js'
import { tempFile } from '../../../../test/support/temp.js'
import { until } from '../../../../test/support/until.js'
import { hasPostgres, startFleet } from '../support.js'
import { startWorker, untilChannel } from './workers.js'

const test = suite('fleet: a store from before its channels', { timeout: 300_000 })
const TTL_MS = 9000
const PATIENCE = { timeout: 120_000 }

if (hasPostgres) {
  test('an empty store ends no channel that is live, and has it again', async () => {
    await using fleet = await startFleet()
    const { postgres } = fleet
    await postgres.stop()
    const empty = postgres.backup()
    await postgres.restart()
    const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
    await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using out = await startRtmpServer({ kind: 'accept-publish' })
    const publishers = () => out.connections.filter(({ role }) => role === 'publisher')
    const channels = { studio: { inputs: [{ url: input.url() }], targets: { out: { url: out.url() } } } }
    await using a = startWorker({ name: 'a', url: fleet.workerUrl, ttl: `${TTL_MS}ms`, channels })
    await untilChannel([a], 'studio', ({ worker }) => worker === 'a')
    const flows = async () => {
      await until(() => publishers().length > 0, { ...PATIENCE, what: () => a.output() })
      const { tags } = publishers()[0]!
      const before = tags.length
      await until(() => tags.length > before + 30, { ...PATIENCE, what: () => a.output() })
    }
    await flows()
    await postgres.stop()
    postgres.restore(empty)
    await postgres.restart()
    const restored = async () => (await fleet.sql(`SELECT FROM rxgst.channels WHERE name = 'studio'`)).length === 1
    await until(restored, { ...PATIENCE, interval: 200, what: () => a.output() })
    // Its lease is claimed back as well.
    const lease = `SELECT FROM rxgst.leases WHERE channel = 'studio' AND holder = 'a' AND expires_at > rxgst.clock()`
    await until(async () => (await fleet.sql(lease)).length === 1, {
      ...PATIENCE,
      interval: 200,
      what: () => a.output(),
    })
    await flows()
    assert.is(publishers().length, 1)
    // A deletion is one.
    assert.is((await a.call('DELETE', '/channels/studio')).status < 300, true)
    await until(() => publishers().every(({ open }) => !open), { ...PATIENCE, what: () => a.output() })
  })
}

test.run()
