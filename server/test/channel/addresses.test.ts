import { createServer, type AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { startRtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { ChannelPeer, configOf } from './support.js'

// Names that lead into the private network, which no check of a configuration can know.
const test = suite('channel: private addresses', { timeout: 180_000 })

test('names that lead to this machine are refused at the connection; the embedded server is not', async () => {
  let visits = 0
  const inner = createServer(socket => void (visits++, socket.destroy()))
  await new Promise<void>(resolve => inner.listen(0, '127.0.0.1', resolve))
  const { port } = inner.address() as AddressInfo
  await using ingest = await startRtmpServer({ kind: 'play-then-nothing' })
  await using channel = await ChannelPeer.start()
  const config = configOf({
    inputs: [
      { name: 'ingest', url: ingest.url() },
      { name: 'rtmp', url: `rtmp://localhost:${port}/live/x` },
      { name: 'rtsp', url: `rtsp://localhost:${port}/x` },
      { name: 'hls', url: `http://localhost:${port}/x.m3u8` },
      { name: 'srt', url: `srt://localhost:${port}` },
    ],
    mode: { encode: { width: 64, height: 48, fps: 10 } },
    fill: 'repeat',
    targets: { rtmp: { url: `rtmp://localhost:${port}/live/y` }, srt: { url: `srt://localhost:${port}` } },
    monitor: { content: false },
  })
  const network = { privateAddresses: false, except: [`127.0.0.1:${new URL(ingest.url()).port}`] }
  try {
    assert.is(await channel.ask({ type: 'configure', name: 'studio', config, network }), null)
    const { inputs, targets } = await channel.until(
      ({ inputs, targets }) =>
        inputs.slice(1).every(({ reason }) => reason !== null) && targets.every(({ reason }) => reason !== null),
      'what is refused',
    )
    for (const { name, reason } of [...inputs.slice(1), ...targets])
      assert.is(reason?.code, 'ERR_ADDRESS_REFUSED', name)
    await until(() => ingest.connections.length > 0, { what: 'the input of the embedded server' })
    assert.is(visits, 0)
  } finally {
    inner.close()
  }
})

test.run()
