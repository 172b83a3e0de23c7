// The test server in a process of its own, so that its work is not that of the process which is measured.
import { startRtmpServer } from '../../dist/test/support/peers/rtmp-server.js'
import { ownProcessorSeconds, serve } from './processes.mjs'

let server = null

serve({
  async start(behaviour) {
    server = await startRtmpServer(behaviour)
    return server.port
  },
  behave: behaviour => server.behave(behaviour),
  seconds: () => ownProcessorSeconds(),
  /**
   * When each picture of connection `index` came, ms. Decoder configuration and the end of the sequence are no
   * pictures.
   */
  pictures: index =>
    server.connections
      .at(index)
      ?.tags.filter(({ type, data }) => type === 'video' && data[1] === 1)
      .map(({ arrival }) => arrival) ?? [],
  bytes: index => server.connections.at(index)?.bytesIn ?? 0,
  forget() {
    // Of a bench's megabytes nothing is read twice.
    for (const connection of server.connections) connection.tags.length = 0
  },
  end: () => server?.stop(),
})
