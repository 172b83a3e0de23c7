/** The embedded RTMP server, as the supervisor keeps it: a process of its own, that is started again when it dies. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listenersOf } from '../config/listen.js'
import type { Problem } from '../core/problem.js'
import type { Config } from '../core/schema.js'
import type { IngestStream } from '../core/server-port.js'
import { GOOD_AFTER_MS } from '../supervisor/child/backoff.js'
import { exitText } from '../supervisor/channel/exit-text.js'
import type { Child } from '../supervisor/child/child.js'
import { Keeper, type KeeperOptions } from '../supervisor/child/keeper.js'
import { masker } from '../supervisor/mask.js'
import type { AlertBook } from '../supervisor/store/alert-book.js'
import type { NewEvent } from '../supervisor/store/event-log.js'
import { StreamKeys } from './stream-keys.js'
import { OTHER_ADDRESS, type FromIngest, type ToIngest } from './wire.js'

const MEMORY_LIMIT_BYTES = 1e9
const CONFIGURE_DEADLINE_MS = 10_000
/** No channel has a name that begins so. */
const NAME = '.ingest'
/** Alerts of the server as a whole are of the channel ''. */
const ALERT = ['', 'process-exits', 'ingest'] as const

type Settings = Omit<Extract<ToIngest, { type: 'configure' }>, 'type' | 'id'>

export interface IngestOptions extends Pick<KeeperOptions<FromIngest, ToIngest>, 'pidFiles' | 'lane' | 'log'> {
  readonly state: string
  readonly runFolder: string
  readonly alerts: Pick<AlertBook, 'raiseOwn' | 'clearOwn'>
  event(event: NewEvent): void
}

export class Ingest {
  private readonly keys: StreamKeys
  private readonly keeper: Keeper<FromIngest, ToIngest>
  private readonly alerts: IngestOptions['alerts']
  private good: NodeJS.Timeout | undefined
  private settings: Settings | null = null
  private mask: (text: string) => string = text => text

  constructor(options: IngestOptions) {
    const { state, runFolder, pidFiles, lane, log, event, alerts } = options
    this.alerts = alerts
    this.keys = new StreamKeys(state)
    this.keeper = new Keeper<FromIngest, ToIngest>({
      name: NAME,
      socketPath: join(runFolder, `${NAME}.sock`),
      entry: fileURLToPath(new URL('./main.js', import.meta.url)),
      pidFiles,
      lane,
      log,
      mask: text => this.mask(text),
      memoryLimitBytes: () => MEMORY_LIMIT_BYTES,
      onStart: () => {},
      // One that cannot be ended is in the log.
      onReady: child => void this.configure(child).catch((error: Error) => log.error({ err: error }, 'ingest')),
      onFrame: message => {
        if (message.type !== 'event') return
        const { type, stream, address, untold = 0 } = message.event
        const more = untold > 0 ? `, and ${untold} more before it` : ''
        const text = `ingest: ${TEXTS[type](stream)} from ${address}${more}`
        event({ type, message: text, data: { stream, address, untold } })
      },
      onExit: (exit, retryInMs) => {
        clearTimeout(this.good)
        if (retryInMs === null) return
        const { stderr } = exit
        const text = `the RTMP server's process ended: ${exitText(exit)}`
        event({ type: 'ingest-exit', message: text, data: { stderr } })
        const [channel, rule, subject] = ALERT
        alerts.raiseOwn(channel, rule, 'critical', text, subject)
      },
    })
  }

  /** Takes over the process that another supervisor left. */
  adopt(): Promise<boolean> {
    return this.keeper.adopt()
  }

  /** Starts, changes or stops it as the configuration says. */
  async apply(config: Config): Promise<void> {
    const settings = this.settingsOf(config)
    const before = this.settings
    this.settings = settings
    if (!settings) {
      this.alerts.clearOwn(...ALERT)
      await this.keeper.stop(CONFIGURE_DEADLINE_MS)
      return
    }
    const keys = Object.values(settings.streams).filter(key => key !== null)
    this.mask = masker(keys)
    const { child } = this.keeper
    if (!child) {
      await this.keeper.clearLeftover()
      this.keeper.start()
    } else if (before && (before.host !== settings.host || before.port !== settings.port)) {
      await this.restart()
    } else await this.configure(child)
  }

  private async restart(): Promise<void> {
    await this.keeper.stop(CONFIGURE_DEADLINE_MS)
    this.keeper.start()
  }

  /** The key of each stream; null: it needs none. For people who may know them. */
  streamKeys(): Readonly<Record<string, string | null>> {
    return this.settings?.streams ?? {}
  }

  /** Where encoders send to, with keys. */
  streams(): IngestStream[] {
    if (!this.settings) return []
    const { host, port, streams } = this.settings
    const url = `rtmp://${host.includes(':') ? `[${host}]` : host}:${port}/live`
    return Object.entries(streams).map(([name, key]) => ({ name, url, key: key === null ? name : `${name}-${key}` }))
  }

  async stop(): Promise<void> {
    await this.keeper.stop(CONFIGURE_DEADLINE_MS)
  }

  handOver(deadlineMs: number): Promise<void> {
    clearTimeout(this.good)
    return this.keeper.handOver(deadlineMs)
  }

  kill(): void {
    this.keeper.kill('the server ends now')
  }

  private settingsOf({ server, channels }: Config): Settings | null {
    if (!server.ingest) return null
    const { host, port } = hostAndPort(server.ingest.listen)
    const inputs = Object.values(channels).flatMap(channel => channel.inputs)
    const names = inputs.flatMap(input => ('ingest' in input ? [input.ingest] : []))
    const streams = server.ingest.streamKeys
      ? this.keys.of(names)
      : Object.fromEntries(names.map(name => [name, null] as const))
    return { host, port, streams }
  }

  private async configure(child: Child<FromIngest, ToIngest>): Promise<void> {
    if (!this.settings) return
    try {
      await child.request({ type: 'configure', ...this.settings }, CONFIGURE_DEADLINE_MS)
      this.keeper.ready()
      clearTimeout(this.good)
      this.good = setTimeout(() => this.alerts.clearOwn(...ALERT), GOOD_AFTER_MS)
      this.good.unref()
    } catch (error) {
      if ((error as Problem).code === OTHER_ADDRESS) return await this.restart()
      // Such as an address that is taken: its exit tells of it, and it is tried again.
      child.kill(`it does not listen: ${(error as Error).message}`)
    }
  }
}

/** Where channels of this machine get a stream; null: there is no ingest. */
export function ingestUrl({ server }: Config, name: string): string | null {
  if (!server.ingest) return null
  const { host, port } = hostAndPort(server.ingest.listen)
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `rtmp://${near.includes(':') ? `[${near}]` : near}:${port}/live/${name}`
}

function hostAndPort(listen: string): { host: string; port: number } {
  const [listener] = listenersOf(listen, { unix: false }).listeners
  if (listener?.kind === 'tcp') return listener
  throw new Error(`${listen} is no host:port, and was not checked`)
}

const TEXTS = {
  'ingest-started': (stream: string | null) => `${stream} is sent`,
  'ingest-ended': (stream: string | null) => `${stream} ended`,
  'ingest-refused': () => 'a stream with a wrong name or key was refused',
  'ingest-malformed': () => 'a connection that sent no valid RTMP was closed',
}
