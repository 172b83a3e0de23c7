import type { RTMPCaptureOptions, RTMPOutputOptions } from '../../src/index'
import { publishFile, type Publisher } from '../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../support/peers/nginx'
import { startRtmpServer, type Connection, type RtmpServer } from '../support/peers/rtmp-server'
import { startTcpProxy, type TcpProxy } from '../support/peers/tcp-proxy'
import { until } from '../support/until'
import { FPS, HEIGHT, WIDTH } from './flash-beep'
import type { Media } from './media'
import { startRelay, type Relay } from './relay'
import { watch, type Viewer } from './viewer'

export type Stream = 'capture' | 'target 0' | 'target 1'

/**
 *   ffmpeg ─▶ nginx (source) ─┐                              ┌─▶ proxy (out) ─▶ nginx (sink) ─▶ viewer: ffmpeg
 *                             ├─▶ proxy (in) ─▶ relay ─ ─ ─ ─┤
 *   lying server (liar) ──────┘    capture → JS → output     └─▶ lying server (other), which notes what comes and when
 */
export interface World extends AsyncDisposable {
  readonly media: Media
  readonly source: Nginx
  readonly liar: RtmpServer
  readonly in: TcpProxy
  readonly relay: Relay
  readonly out: TcpProxy
  readonly sink: Nginx
  readonly other: RtmpServer
  readonly publisher: Publisher
  readonly viewer: Viewer
  /**
   * Starts the publisher where there is none; resolves with the moment (performance.now()) at which its server had it.
   */
  publish(file?: string): Promise<number>
  /** The connection of target 1 that is open now. */
  readonly otherNow: Connection | undefined
  /** A viewer who comes only now. */
  newViewer(): Promise<Viewer>
  /** Mends all that may be broken and waits until all is live and flows. */
  heal(): Promise<void>
  phases(): string
}

export interface WorldOptions {
  captureOptions?: RTMPCaptureOptions
  outputOptions?: Partial<RTMPOutputOptions>
  env?: Record<string, string>
  /** Target 0 without its proxy. */
  direct?: boolean
}

/** Short enough that a case is over soon, long enough that a backoff is one. */
const RECONNECT = { initialDelay: 300, maxDelay: 1500 }
const STALL = 2000
/** ms; a relay on a busy machine takes some hundred. */
const CUT_SEEN = 5000

export async function startWorld(
  media: Media,
  { captureOptions, outputOptions, env, direct = false }: WorldOptions = {},
): Promise<World> {
  const opened: AsyncDisposable[] = []
  const close = async () => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]()
  }
  const open = async <T extends AsyncDisposable>(promise: Promise<T>): Promise<T> => {
    const one = await promise
    opened.push(one)
    return one
  }
  try {
    const source = await open(startNginx())
    const sink = await open(startNginx())
    const liar = await open(startRtmpServer({ kind: 'serve-file', file: media.flash, loop: true }))
    const other = await open(startRtmpServer({ kind: 'accept-publish' }))
    const input = await open(startTcpProxy(source.port))
    const out = await open(startTcpProxy(sink.port))

    let publisher: Publisher | undefined
    const publish = async (file = media.flash) => {
      if (publisher?.running) return performance.now()
      const [able, started] = await Promise.all([
        source.published('in').then(() => performance.now()),
        publishFile(source.url('in'), file, { loop: true }),
      ])
      publisher = started
      return able
    }
    await publish()
    const relay = await open(
      startRelay(
        {
          input: input.url('in'),
          targets: [direct ? sink.url('out') : out.url('out'), other.url('out')],
          captureOptions: {
            width: WIDTH,
            height: HEIGHT,
            reconnect: RECONNECT,
            stallTimeout: STALL,
            connectTimeout: 5000,
            ...captureOptions,
          },
          outputOptions: {
            width: WIDTH,
            height: HEIGHT,
            fps: FPS,
            bitrate: '600k',
            keyframeInterval: 1,
            reconnect: RECONNECT,
            stallTimeout: STALL,
            connectTimeout: 5000,
            ...outputOptions,
          },
        },
        { env },
      ),
    )
    const connections = () => relay.history('target 0').filter(({ phase }) => phase === 'live').length
    let watched = connections()
    let viewer = await watch(sink.url('out'))

    const otherNow = () => other.connections.filter(({ open, role }) => open && role === 'publisher').at(-1)
    const STREAMS: Stream[] = ['capture', 'target 0', 'target 1']
    const phases = () => STREAMS.map(of => `${of} ${relay.state(of)?.phase} (${relay.state(of)?.reason})`).join(', ')

    /** Seen by the relay, too, so that what comes of it is not taken for the doing of the fault that follows. */
    const cut = async (server: RtmpServer, of: Stream) => {
      const since = relay.history(of).length
      const wasLive = relay.state(of)?.phase === 'live'
      server.cut('rst')
      // What was cut may have been an attempt that was over for the relay.
      if (wasLive) await until(() => relay.history(of).length > since, { timeout: CUT_SEEN }).catch(() => {})
    }
    const heal = async () => {
      publisher?.kill('SIGCONT')
      for (const nginx of [source, sink]) nginx.kill('SIGCONT')
      for (const nginx of [source, sink]) if (!nginx.running) await nginx.restart()
      for (const proxy of [input, out]) {
        proxy.throttle(Infinity)
        proxy.delay(0)
        proxy.thaw()
        await proxy.accept()
      }
      other.behave({ kind: 'accept-publish' })
      if (otherNow()?.behaviour.kind !== 'accept-publish' || otherNow()?.ended) await cut(other, 'target 1')
      liar.behave({ kind: 'serve-file', file: media.flash, loop: true })
      await publish()
      // What still plays from the lying server comes back to the real one.
      input.redirect(source.port)
      if (liar.connections.some(({ open }) => open)) await cut(liar, 'capture')
      await until(() => STREAMS.every(of => relay.state(of)?.phase === 'live'), {
        what: () => `all to be live; ${phases()}\n${relay.log.slice(-15).join('\n')}`,
        timeout: 30_000,
      })
      const { pictures } = await relay.seen()
      await until(async () => (await relay.seen()).pictures > pictures + 15, {
        what: () => `pictures from the capture; ${phases()}\n${relay.log.slice(-15).join('\n')}`,
      })
      // A publisher that came back begins at zero: ffmpeg copies what lies behind with the last time it had.
      if (!viewer.running || connections() > watched) {
        await viewer.stop()
        watched = connections()
        viewer = await watch(sink.url('out'))
      }
      await viewer.pictures(15)
      viewer.forget(performance.now())
      for (const { tags } of other.connections) tags.splice(0, Math.max(0, tags.length - 200))
    }

    return {
      media,
      source,
      liar,
      in: input,
      relay,
      out,
      sink,
      other,
      get publisher() {
        return publisher!
      },
      get viewer() {
        return viewer
      },
      publish,
      get otherNow() {
        return otherNow()
      },
      newViewer: () => watch(sink.url('out')),
      heal,
      phases,
      [Symbol.asyncDispose]: async () => {
        await Promise.all([viewer.stop(), publisher?.stop()])
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
