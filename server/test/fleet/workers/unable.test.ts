// suite: deep
// deadline: 600
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../../../test/support/child.js'
import { makeFile } from '../../../../test/support/peers/ffmpeg.js'
import { startRtmpServer } from '../../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../../test/support/temp.js'
import { until } from '../../../../test/support/until.js'
import { hasPostgres, startFleet } from '../support.js'
import { startWorker, untilChannel } from './workers.js'

const test = suite('fleet: a worker that cannot run its channel', { timeout: 300_000 })
const PATIENCE = { timeout: 120_000 }

if (hasPostgres) {
  test('a channel whose slate cannot be read on one machine runs on another one', async () => {
    await using fleet = await startFleet()
    const file = await makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
    await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using out = await startRtmpServer({ kind: 'accept-publish' })
    const channel = { inputs: [{ url: input.url() }], fill: 'slate', slate: 'slate.png' }
    const channels = { studio: { ...channel, targets: { out: { url: out.url() } } } }
    const options = { url: fleet.workerUrl, ttl: '6s' }
    const [broken, whole] = [tempDir(), tempDir()]
    // It is there, and no file.
    mkdirSync(join(broken, 'slate.png'))
    const frame = ['-f', 'lavfi', '-i', 'color=lime:size=320x180', '-frames:v', '1']
    await exec('ffmpeg', ['-v', 'error', ...frame, join(whole, 'slate.png')])
    await using a = startWorker({ name: 'a', ...options, channels, folder: broken })
    // With nobody else it stays, and says why.
    await untilChannel([a], 'studio', ({ worker, waitsFor }) => worker === 'a' && /cannot run/.test(waitsFor ?? ''))
    assert.is((await a.call('POST', '/fleet/channels/studio:move', { worker: 'a' })).status < 300, true)
    await using b = startWorker({ name: 'b', ...options, folder: whole })
    await untilChannel([a, b], 'studio', ({ worker }) => worker === 'b')
    await until(() => out.connections.some(({ role, tags }) => role === 'publisher' && tags.length > 30), {
      ...PATIENCE,
      what: () => b.output(),
    })
    assert.match(a.output(), /studio: a cannot run it, and leaves it to others/)
    // The wish to have it there is gone: it stays where it runs.
    const [placement] = await fleet.sql(`SELECT preferred_worker FROM rxgst.placements WHERE channel = 'studio'`)
    assert.equal(placement, { preferred_worker: null })
  })
}

test.run()
