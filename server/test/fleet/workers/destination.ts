import { type Connection, type RtmpServer, startRtmpServer } from '../../../../test/support/peers/rtmp-server.js'
import { startTcpProxy, type TcpProxy } from '../../../../test/support/peers/tcp-proxy.js'

/** What a server does with a second publisher of a key. */
export type Policy = 'fences' | 'takes-over' | 'takes-both'

export interface Publication {
  readonly worker: string
  readonly key: string
  /** performance.now(). */
  readonly from: number
  readonly connection: Connection
  /** When its media came last, as of the last look. */
  mediaAt: number
}

export interface Destination extends AsyncDisposable {
  readonly policy: Policy
  /** All so far. */
  readonly publications: readonly Publication[]
  /** The address for a worker, through a network of its own. */
  url(worker: string, key: string): string
  network(worker: string): TcpProxy
  /** When media of this key came last, performance.now(); 0: never. To be asked often. */
  lastMedia(key: string): number
}

/** One server with a door for each worker, so that it knows who publishes. */
export async function startDestination(policy: Policy, workers: readonly string[]): Promise<Destination> {
  const publications: Publication[] = []
  const doors = new Map<string, { readonly server: RtmpServer; readonly network: TcpProxy }>()
  const others = (key: string, it: Connection) =>
    publications.filter(one => one.key === key && one.connection.open && one.connection !== it)
  for (const worker of workers) {
    const server = await startRtmpServer({
      kind: 'accept-publish',
      manner: {
        publish: it => {
          const key = it.stream
          const before = others(key, it)
          if (policy === 'fences' && before.length > 0) {
            it.onStatus('error', 'NetStream.Publish.BadName')
            return
          }
          if (policy === 'takes-over') for (const { connection } of before) connection.end('fin')
          publications.push({ worker, key, from: performance.now(), connection: it, mediaAt: 0 })
          return 'as usual'
        },
      },
    })
    doors.set(worker, { server, network: await startTcpProxy(server.port) })
  }
  return {
    policy,
    publications,
    url: (worker, key) => doors.get(worker)!.network.url(key),
    network: worker => doors.get(worker)!.network,
    lastMedia: key => {
      const own = publications.filter(one => one.key === key)
      for (const one of own) {
        const { tags } = one.connection
        if (tags.length > 0) one.mediaAt = tags.at(-1)!.arrival
        tags.length = 0
      }
      return Math.max(0, ...own.map(({ mediaAt }) => mediaAt))
    },
    [Symbol.asyncDispose]: async () => {
      for (const { server, network } of doors.values()) await Promise.all([network.stop(), server.stop()])
    },
  }
}
