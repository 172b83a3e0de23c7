// suite: deep
import * as assert from 'uvu/assert'
import { run } from '../../../src/index'
import { decodeFrames, makeFile, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2, startNms4 } from '../../support/peers/nms'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { start } from '../../support/child'
import { freePort, listens } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { serveWhole } from '../../e2e/lib/served'
import { over, running, shown, type Shown } from '../../e2e/lib/running'
import { playing } from './graphs'

const test = suite('rxrtmpsrc plays', { timeout: 60_000 })

const us = (seconds: number): number => Math.round(seconds * 1e6)

test('every picture of a stream with B-frames, bit by bit, and each at its time', async () => {
  const file = await makeFile(tempFile('whole.flv'), { size: '320x180', duration: 3, bframes: 2 })
  const expected = await decodeFrames(file, 'yuv420p')
  await using server = await startRtmpServer(serveWhole(file))
  await running(playing(server.url()), async p => {
    const seen: Shown[] = []
    let sound = 0
    p.frames$('video').subscribe({ next: frame => void seen.push(shown(frame)), error: () => {} })
    p.packets$('audio').subscribe({ next: () => sound++, error: () => {} })
    // The file may be over before.
    await p.start().catch(() => {})
    await over(p)
    assert.is(p.state.reason, 'ERR_CONNECTION_LOST')
    assert.is(seen.length, expected.length)
    assert.ok(sound > 120, `${sound} packets of sound`)
    seen.forEach((frame, i) => {
      assert.ok(Buffer.compare(frame.data, expected[i]!.data) === 0, `picture ${i}`)
      const since = (at: number): number => us(expected[at]!.pts - expected[0]!.pts)
      assert.ok(Math.abs(frame.timestamp - seen[0]!.timestamp - since(i)) <= 2000, `picture ${i}: ${frame.timestamp}`)
    })
  })
})

test('what nginx and both node-media-servers send', async () => {
  for (const launch of [startNginx, startNms2, startNms4]) {
    await using server = await launch()
    await using publisher = await publish(server.url('cam'), { size: '160x90', bframes: 2, gop: 15 })
    await running(playing(server.url('cam')), async p => {
      let pictures = 0
      let sound = 0
      p.frames$('video').subscribe({ next: frame => (pictures++, frame.close()), error: () => {} })
      p.packets$('audio').subscribe({ next: () => sound++, error: () => {} })
      await p.start()
      await until(() => pictures >= 30 && sound >= 30, { what: () => `${launch.name}: ${pictures}, ${sound}` })
      assert.is(publisher.running, true)
    })
  }
})

test('what ffmpeg serves itself', async () => {
  const port = await freePort()
  const url = `rtmp://127.0.0.1:${port}/live/cam`
  const file = await makeFile(tempFile('served.flv'), { size: '160x90', duration: 4 })
  const server = start('ffmpeg', ['-re', '-i', file, '-c', 'copy', '-f', 'flv', '-listen', '1', url])
  try {
    const p = run(playing(url))
    let pictures = 0
    p.frames$('video').subscribe({ next: frame => (pictures++, frame.close()), error: () => {} })
    // It takes one connection, so nobody may ask whether it is there.
    await until(async () => p.state.phase !== 'idle' || (await listens(port)), { what: 'ffmpeg' })
    await p.start()
    await until(() => pictures >= 30, { what: () => `${pictures} pictures` })
    await p.stop()
  } finally {
    await server.stop()
  }
})

test.run()
