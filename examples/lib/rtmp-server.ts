import type { AddressInfo, Server } from 'node:net'
import { RelayError } from './relay-error'

/** The used part of node-media-server 2, which has no types. */
interface RtmpServer {
  readonly tcpServer: Server
  stop(): void
}
type RtmpServerClass = new (config: { rtmp: { port: number; chunk_size: number; gop_cache: boolean } }) => RtmpServer

export interface EmbeddedServer {
  readonly port: number
  url(stream: string): string
  close(): void
}

/**
 * Starts an RTMP server in this process, for this machine only. It uses only the RTMP part of node-media-server,
 * because the whole package listens on every address and ends the process at SIGINT. It takes `port`, or a free port if
 * `port` is in use.
 */
export async function startServer(port: number): Promise<EmbeddedServer> {
  const { Rtmp, setLogType } = load()
  setLogType(0)
  // A new player first gets the GOP since the last keyframe, so it need not wait for the next one.
  const server = new Rtmp({ rtmp: { port, chunk_size: 60_000, gop_cache: true } })
  server.tcpServer.on('connection', socket => {
    // Without this, it would collect ten packets before it sends them: 1/7 s of media.
    socket.cork = () => {}
    socket.setNoDelay(true)
  })
  const taken = await listen(server.tcpServer, port).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return true
      throw error
    },
  )
  if (taken) await listen(server.tcpServer, 0)
  const address = server.tcpServer.address() as AddressInfo
  return {
    port: address.port,
    url: stream => `rtmp://127.0.0.1:${address.port}/live/${stream}`,
    close: () => server.stop(),
  }
}

function load(): { Rtmp: RtmpServerClass; setLogType: (level: number) => void } {
  try {
    return {
      Rtmp: require('node-media-server/src/node_rtmp_server') as RtmpServerClass,
      ...(require('node-media-server/src/node_core_logger') as { setLogType: (level: number) => void }),
    }
  } catch (cause) {
    throw new RelayError(
      'node-media-server is not installed: run "npm install", or name a server with --in and --out',
      { cause },
    )
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
