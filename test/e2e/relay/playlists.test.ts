// suite: deep
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { record, Relay } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { lyingOrigin, makeHls } from '../../support/peers/hls'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'

// HLS as the input of a relay, which makes a capture of it for each connection.
const test = suite('relay: playlists', { timeout: 90_000 })

test('a playlist that stands still goes on where it was, and its end is the end', async () => {
  const folder = await makeHls(await makeFile(tempFile('in.mp4'), { size: '160x90', gop: 25, fps: 25, duration: 10 }))
  const whole = readFileSync(join(folder, 'live.m3u8'), 'utf8')
  const names = [...whole.matchAll(/^.+\.ts$/gm)].map(([name]) => name)
  const sixth = whole.indexOf('#EXTINF', whole.indexOf(names[4]!))
  let shown = whole.slice(0, sixth)
  await using origin = await lyingOrigin(folder, (path, response) => {
    if (path !== 'live.m3u8') return false
    response.end(shown)
    return true
  })
  const to = tempDir()
  await using relay = new Relay(origin.url(), record(to), {
    connectTimeout: 10_000,
    stallTimeout: 2000,
    reconnect: { initialDelay: 200, maxDelay: 400 },
  })
  const [input] = relay.inputs
  await relay.start()
  await until(() => input!.state.phase === 'reconnecting', { timeout: 30_000, what: 'the playlist to stand still' })
  shown = whole
  await until(() => input!.state.phase === 'failed', { timeout: 30_000, what: () => JSON.stringify(input!.state) })
  assert.is(input!.state.reason, 'ERR_STREAM_ENDED')
  assert.ok(input!.stats().reconnects >= 1)
  const asked = origin.asked.filter(path => path.endsWith('.ts')).map(path => path.slice(1))
  assert.equal(asked, names.slice(names.indexOf(asked[0]!)), 'each segment once')
  await relay.stop()
  assert.ok(readdirSync(to).length > 0)
})

test.run()
