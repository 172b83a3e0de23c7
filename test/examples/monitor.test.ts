// suite: deep
// examples/monitor.ts as its reader runs it: alerts on the terminal and posted, metrics served.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { verifyWebhook } from '../../src/index'
import { start } from '../support/child'
import { makeFile } from '../support/peers/ffmpeg'
import { Receiver } from '../monitor/receiver'
import { freePort } from '../support/peers/ports'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { until } from '../support/until'

const test = suite('examples/monitor', { timeout: 90_000 })

const SECRET = 'a secret of some length'

test('watches a stream, tells that it stops and goes on, and serves its metrics', async () => {
  const file = await makeFile(join(tempDir(), 'stream.flv'), { duration: 5, size: '320x180', fps: 25, gop: 25 })
  let flows = true
  await using server = await startRtmpServer({
    kind: 'serve-file',
    file,
    loop: true,
    edit: tag => (flows ? [tag] : []),
  })
  await using receiver = await new Receiver().start()
  const port = await freePort()
  const env = { METRICS_PORT: String(port), WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, PACKETS_ONLY: '1' }
  await using child = start(
    process.execPath,
    [join(__dirname, '../../examples/monitor.js'), `camera=${server.url('secret-key')}`],
    { env },
  )
  const reached = (condition: () => unknown) =>
    until(async () => !child.running || (await condition()), { timeout: 40_000, what: () => child.output() })
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()

  await reached(() => child.output().includes('camera is live'))
  await reached(async () => /^rxgst_frames_per_second\{stream="camera",direction="in"\} 2[3-7]/m.test(await metrics()))
  assert.is((await fetch(`http://127.0.0.1:${port}/`)).status, 404)

  // The connection is made anew after 3 s, and again, so that no data comes for longer than that.
  flows = false
  await reached(() => child.output().includes('warning camera: noData'))
  assert.match(await metrics(), /^rxgst_alert\{.*rule="no-data-warning",severity="warning"\} 1$/m)
  flows = true
  await reached(() => child.output().includes('clear camera: no-data-warning is over'))
  const ofNoData = () => receiver.received.filter(({ body }) => body.alert.rule === 'no-data-warning')
  await reached(() => ofNoData().at(-1)?.body.event === 'cleared')

  child.kill('SIGINT')
  const { code, signal } = await child.exited
  assert.is(code ?? signal, 0, child.output())
  assert.is(child.errors(), '')
  // A busy machine may let the stream stop once more.
  const events = ofNoData().map(({ body }) => body.event)
  assert.equal(
    events,
    events.map((_, i) => (i % 2 ? 'cleared' : 'raised')),
  )
  for (const { headers, text } of receiver.received)
    assert.ok(verifyWebhook(SECRET, headers['rxgst-signature'] as string, text))
  for (const text of [child.output(), ...receiver.received.map(({ text }) => text)])
    assert.not.match(text, 'secret-key')
})

test.run()
