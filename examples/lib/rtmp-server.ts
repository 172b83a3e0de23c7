import type { AddressInfo, Server } from 'node:net'
import { RelayError } from './relay-error'

/** What is used of node-media-server 2, which has no types. */
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
 * An RTMP server in this process, reached from this machine alone. Its RTMP part is taken by itself: the package's
 * front door listens on every address, and ends the process at SIGINT. On `port`, or where that is taken on a free one.
 */
export async function startServer(port: number): Promise<EmbeddedServer> {
  const { Rtmp, setLogType } = load()
  setLogType(0)
  // The group of pictures since the last keyframe goes to a new player first, so that it need not wait for the next.
  const server = new Rtmp({ rtmp: { port, chunk_size: 60_000, gop_cache: true } })
  server.tcpServer.on('connection', socket => {
    // It would collect ten packets before it sends them, a seventh of a second of pictures and sound.
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
