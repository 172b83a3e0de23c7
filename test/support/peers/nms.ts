import { start, type Exit } from '../child'
import { accepts, freePort } from './ports'
import { tempDir } from '../temp'
import { until } from '../until'

export interface NodeMediaServer extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  url(stream: string, app?: string): string
  /**
   * Version 2 only: whether pictures of a stream have come. It collects ten messages for a player, and corks its socket
   * for the next ten before it has uncorked it, where they came in one read: a player that is there before a relay
   * sends what it has kept was seen to get nothing for as long as the stream was there.
   */
  hasMedia(stream: string, app?: string): boolean
  kill(signal?: NodeJS.Signals): boolean
  stop(): Promise<Exit>
  output(): string
}

export interface NmsOptions {
  port?: number
  /** Version 2 only: new players get the last group of pictures first. Default false. */
  gopCache?: boolean
}

/** node-media-server 2.7.4: plays to rtmp2src as it should. */
export function startNms2({ port, gopCache = false }: NmsOptions = {}): Promise<NodeMediaServer> {
  const config = { logType: 2, rtmp: { chunk_size: 60_000, gop_cache: gopCache, ping: 30, ping_timeout: 60 } }
  return launch('node-media-server', config, port)
}

/** node-media-server 4.4.3: sends media on message stream 0, which rtmp2src ignores silently. */
export function startNms4({ port }: NmsOptions = {}): Promise<NodeMediaServer> {
  // Without an http port it opens none; it writes ./data into its working directory.
  const config = { bind: '127.0.0.1', rtmp: {}, auth: {}, store: {}, record: {}, webadmin: { enable: false } }
  return launch('node-media-server-4', config, port)
}

/** Each in a process of its own: both keep their settings and sessions in module variables. */
async function launch(name: string, config: { rtmp: object }, wanted?: number): Promise<NodeMediaServer> {
  const port = wanted ?? (await freePort())
  const full = { ...config, rtmp: { ...config.rtmp, port } }
  const code = `new (require(${JSON.stringify(require.resolve(name))}))(${JSON.stringify(full)}).run()`
  const child = start(process.execPath, ['-e', code], { cwd: tempDir() })
  await until(async () => !child.running || (await accepts(port)), { what: name })
  if (!child.running) throw new Error(`${name} did not start\n${child.output()}`)
  return {
    port,
    pid: child.pid,
    url: (stream, app = 'live') => `rtmp://127.0.0.1:${port}/${app}/${stream}`,
    hasMedia: (stream, app = 'live') => child.output().includes(`streamPath=/${app}/${stream} frame_type=`),
    kill: (signal = 'SIGKILL') => child.kill(signal),
    stop: () => child.stop(),
    output: () => child.output(),
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}
