// suite: deep
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Relay, type RxGstError } from '../../../src/index'
import { publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { mayTrust, runTrusting, startTls } from '../../support/peers/tls-server'
import { suite } from '../../support/suite'

const test = suite('relay: rtmps', { timeout: 60_000 })

const trusted = mayTrust ? test : test.skip

trusted('from TLS to TLS', async () => {
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { size: '320x180', gop: 15 })
  await nginx.published('in')
  await using tls = await startTls(nginx.port)
  const url = (stream: string): string => `rtmps://localhost:${tls.port}/live/${stream}`
  const said = await runTrusting(join(__dirname, 'tls-program.js'), [url('in'), url('out')], { timeout: 40_000 })
  assert.is(said, 'live, 0 dropped, h264\n')
  assert.ok(source.running)
})

test('a certificate that nobody vouches for is refused', async () => {
  await using nginx = await startNginx()
  await using tls = await startTls(nginx.port)
  await using relay = new Relay(`rtmps://localhost:${tls.port}/live/in`, nginx.url('out'))
  const error: RxGstError | null = await relay.start().then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.is(error?.code, 'ERR_TLS')
})

test.run()
