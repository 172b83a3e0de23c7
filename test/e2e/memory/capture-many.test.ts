import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep } from '../../support/until'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('capture: many at once', { timeout: 90_000 })

let nginx: Nginx
let publisher: Publisher
let silent: RtmpServer

test.before(async () => {
  nginx = await startNginx()
  silent = await startRtmpServer({ kind: 'accept-silent' })
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 10, gop: 10, duration: 10 })
  publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
})
test.after(async () => {
  await publisher.stop()
  await silent.stop()
  await nginx.stop()
})

/** Twenty that are to live, ten of each kind that is not. */
async function fifty() {
  const dead = await freePort()
  const urls = {
    ERR_CONNECTION_REFUSED: `rtmp://127.0.0.1:${dead}/live/x`,
    ERR_HOST_NOT_FOUND: 'rtmp://nowhere.invalid/live/x',
    ERR_CONNECT_TIMEOUT: silent.url(),
  }
  const make = (url: string, expected: string) => ({
    expected,
    capture: new RTMPCapture(url, {
      reconnect: false,
      connectTimeout: expected === 'ERR_CONNECT_TIMEOUT' ? 1500 : 60_000,
    }),
  })
  const lively = Array.from({ length: 20 }, () => make(nginx.url('live'), 'resolved'))
  return [
    ...lively,
    ...Object.entries(urls).flatMap(([code, url]) => Array.from({ length: 10 }, () => make(url, code))),
  ]
}

test('50 captures: the living live, the dead tell why, all stop', async () => {
  const all = await fifty()
  const codes = await Promise.all(all.map(({ capture }) => codeOf(capture.start())))
  assert.equal(
    codes,
    all.map(({ expected }) => expected),
  )
  const frames = await Promise.all(all.slice(0, 20).map(({ capture }) => capture.getFrame()))
  for (const frame of frames) {
    assert.is(frame.data.length, 320 * 180 * 3)
    frame.close()
  }
  const took = await timed(() => Promise.all(all.map(({ capture }) => capture.stop())))
  assert.ok(took < 8000, `${took} ms`)
  assert.ok(all.every(({ capture }) => capture.state.phase === 'stopped'))
})

for (const ms of [0, 100, 500]) {
  test(`50 captures, stopped ${ms} ms after their start`, async () => {
    const all = await fifty()
    const codes = Promise.all(all.map(({ capture }) => codeOf(capture.start())))
    await sleep(ms)
    const took = await timed(() => Promise.all(all.map(({ capture }) => capture.stop())))
    assert.ok(took < 8000, `${took} ms`)
    assert.ok(all.every(({ capture }) => capture.state.phase === 'stopped'))
    ;(await codes).forEach((code, i) => {
      const { expected } = all[i]!
      assert.ok([expected, 'ERR_ABORTED'].includes(code), `${i}: ${code} in place of ${expected}`)
    })
  })
}

test('another one lives after all of that', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  ;(await capture.getFrame()).close()
})

test.run()
