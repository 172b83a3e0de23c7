/** All channels: made, changed and removed as the configuration says. */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseRtmpUrl } from 'rxgst/checks'
import type { ChannelConfig, Config } from '../core/schema.js'
import type { ConfigProblem, Problem } from '../core/problem.js'
import { Channel, STOP_DEADLINE_MS } from './channel/channel.js'
import type { ChannelDeps, Wanted } from './channel/channel-deps.js'
import type { ConfigDoor } from './config-door.js'
import { masker, secretsOf } from './mask.js'
import { invalidConfig, unknownChannel } from './reconciler.js'
import type { Overrides } from './store/overrides.js'

const WATCH_INTERVAL_MS = 1000
/** A secret or a disk that was not there may be there again. */
const FAULT_RETRY_MS = 30_000
/** The kernel's limit of a Unix socket's path, less its end. */
const MOST_SOCKET_PATH_BYTES = 107

export interface ChannelsOptions extends Omit<ChannelDeps, 'socketPath' | 'exited' | 'sample'> {
  readonly runFolder: string
  readonly door: ConfigDoor
  readonly overrides: Overrides
  /** The address of a stream of the embedded RTMP server; null: it is not configured. */
  ingestUrl(config: Config, name: string): string | null
  exited(channel: string, ...args: Parameters<ChannelDeps['exited']>): void
  sample: ChannelDeps['sample']
  removed(channel: string): void
  /** As it is applied now. */
  whole(): Config
  /** Default: 30 s. */
  readonly faultRetryMs?: number | undefined
}

export class Channels {
  readonly all = new Map<string, Channel>()
  /** Takes the secrets of all channels out of a text. */
  mask: (text: string) => string = text => text

  private readonly timers: readonly NodeJS.Timeout[]
  private retrying: Promise<void> | null = null
  /** Nothing that was missing starts a channel any more. */
  private isEnding = false
  /**
   * Those that this machine runs, of the channels of its fleet: with its lease, or beside the worker that has it. null:
   * without a fleet, all.
   */
  private readonly here: Map<string, 'holder' | 'beside'> | null
  /** Those that are being removed: nothing begins them again. */
  private readonly leaving = new Set<string>()

  constructor(private readonly options: ChannelsOptions) {
    this.here = options.leased ? new Map() : null
    const watch = () => {
      for (const channel of this.all.values()) channel.watch(performance.now())
    }
    const retry = () => {
      this.retrying ??= this.retryFaults()
        .catch((error: unknown) => options.log.error({ err: error }, 'what channels lack was not looked for'))
        .finally(() => (this.retrying = null))
    }
    this.timers = [setInterval(watch, WATCH_INTERVAL_MS), setInterval(retry, options.faultRetryMs ?? FAULT_RETRY_MS)]
    for (const timer of this.timers) timer.unref()
  }

  /** Throws Problem. */
  get(id: string): Channel {
    const channel = this.all.get(id)
    if (!channel) throw unknownChannel(id)
    return channel
  }

  onAir(id: string): boolean {
    return this.all.get(id)?.onAir ?? false
  }

  /** Whether a secret of its inputs has another value. Only a restart of its process takes that. */
  inputSecretChanged(id: string, { config, given }: Wanted): boolean {
    const channel = this.all.get(id)
    if (!channel?.given.enabled || !given.enabled) return false
    const same = isDeepStrictEqual(channel.config.inputs, config.inputs)
    return same && !isDeepStrictEqual(channel.given.inputs, given.inputs)
  }

  async prepare(
    id: string,
    config: ChannelConfig,
    whole: Config,
  ): Promise<Wanted & { readonly problems: readonly ConfigProblem[] }> {
    const { door, runFolder } = this.options
    const resolved = await door.resolve(id, config, whole)
    const problems = [...resolved.problems]
    const problem = (path: string, message: string) =>
      problems.push({ file: door.file ?? '', line: null, column: null, path: `channels.${id}${path}`, message })
    const except: string[] = []
    const inputs = resolved.config.inputs.map((input, i) => {
      if (!('ingest' in input)) return input
      const url = this.options.ingestUrl(whole, input.ingest)
      if (url === null) problem(`.inputs[${i}].ingest`, 'server.ingest is not configured')
      if (url !== null) except.push(placeOf(url))
      return { name: input.name ?? input.ingest, url: url ?? '' }
    })
    if (Buffer.byteLength(join(runFolder, `${id}.sock`)) > MOST_SOCKET_PATH_BYTES) {
      problem('', `the path of its socket in ${runFolder} is longer than ${MOST_SOCKET_PATH_BYTES} bytes`)
    }
    const given = { ...resolved.config, inputs }
    const [first] = problems
    const fault = first ? { code: 'ERR_CONFIG_INVALID', message: `${first.path}: ${first.message}` } : null
    // The streams of the server's own RTMP server have names for people: without a key these lead nowhere.
    const secrets = [...resolved.secrets, ...secretsOf(resolved.config)]
    const network = { privateAddresses: whole.server.privateAddresses, except: [...new Set(except)] }
    // In a fleet a secret may be on the machine alone that runs the channel.
    return { config, given, network, secrets, fault, problems: this.here ? [] : problems }
  }

  /** The first configuration. Processes that another supervisor handed over are taken; leftovers of a dead one end. */
  async begin(wanted: ReadonlyMap<string, Wanted>): Promise<void> {
    this.maskAll(wanted)
    await Promise.all([...wanted].map(([id, own]) => this.add(id, own)))
    await Promise.all(this.options.pidFiles.names().map(name => this.endUnknown(name)))
  }

  async apply(
    before: Config,
    after: Config,
    wanted: ReadonlyMap<string, Wanted>,
    restarts: ReadonlySet<string>,
    allowRestart: boolean,
  ): Promise<void> {
    this.maskAll(wanted)
    const removed = [...this.all.keys()].filter(id => !wanted.has(id))
    await Promise.all(removed.map(id => this.remove(id)))
    // Whoever adds it anew wants it as it is then.
    for (const id of removed) this.options.overrides.configChanged(id, before.channels[id], undefined)
    const changes = [...wanted].map(([id, own]) => {
      this.options.overrides.configChanged(id, before.channels[id], after.channels[id])
      const channel = this.all.get(id)
      return channel ? this.update(channel, own, restarts.has(id), allowRestart) : this.add(id, own)
    })
    await Promise.all(changes)
  }

  stopAll(deadlineMs: number): Promise<unknown> {
    this.endTimers()
    return Promise.all([...this.all.values()].map(channel => channel.stop(deadlineMs).catch(() => {})))
  }

  /** Hands every process to the next supervisor; one that does not agree is told, and ends with its connection. */
  handOverAll(deadlineMs: number): Promise<unknown> {
    this.endTimers()
    return Promise.all(
      [...this.all.values()].map(channel =>
        channel.handOver(deadlineMs).catch((error: Error) => {
          this.options.log.error({ channel: channel.id, err: error }, 'a channel was not handed over')
          channel.kill()
        }),
      ),
    )
  }

  killAll(): void {
    this.endTimers()
    for (const channel of this.all.values()) channel.kill()
  }

  private endTimers(): void {
    this.isEnding = true
    for (const timer of this.timers) clearInterval(timer)
  }

  /** Channels that lack something: those that run take what is there by now, and those that do not are started. */
  private async retryFaults(): Promise<void> {
    for (const channel of this.all.values()) {
      if (!channel.hasFault || this.leaving.has(channel.id)) continue
      const wanted = await this.newest(channel)
      if (this.isEnding) return
      if (wanted.fault || this.all.get(channel.id) !== channel || this.leaving.has(channel.id)) continue
      await this.update(channel, wanted, false, false)
    }
  }

  private async add(id: string, wanted: Wanted): Promise<void> {
    const { options } = this
    const channel = new Channel(id, this.withOverrides(id, wanted), {
      ...options,
      socketPath: join(options.runFolder, `${id}.sock`),
      exited: (...args) => options.exited(id, ...args),
    })
    this.all.set(id, channel)
    const adopted = await channel.adopt()
    if (adopted && this.here) {
      // What is live stays live until the store has said whose it is.
      this.here.set(id, 'holder')
      if (wanted.fault) channel.refresh(this.withOverrides(id, wanted))
      else await this.update(channel, wanted, false, false)
    }
    if (!adopted) {
      await channel.clearLeftover()
      options.alerts.endChannel(id)
    }
    if (channel.given.enabled) channel.start()
    else await channel.stop().catch(() => {})
  }

  private async update(channel: Channel, wanted: Wanted, restart: boolean, allowRestart: boolean): Promise<void> {
    try {
      await channel.update(this.withOverrides(channel.id, wanted), restart, allowRestart)
    } catch (error) {
      const { code, message } = error as Problem
      this.options.event({
        type: 'config-failed',
        channel: channel.id,
        message: `${channel.id}: its process did not take the change: ${masker(wanted.secrets)(message)}`,
        data: { code },
      })
    }
  }

  private async remove(id: string): Promise<void> {
    const channel = this.get(id)
    this.leaving.add(id)
    this.here?.delete(id)
    // One that cannot be killed has told of it.
    await channel.stop().catch(() => {})
    this.leaving.delete(id)
    // Its receivers hear that its alerts are over: they stand in its configuration.
    this.options.removed(id)
    this.all.delete(id)
  }

  /** Secrets and files are looked at anew. Rejects with Problem where something is not there. */
  async refresh(channel: Channel, whole: Config): Promise<void> {
    const { problems, ...wanted } = await this.prepare(channel.id, channel.config, whole)
    if (problems.length > 0) throw invalidConfig(problems)
    this.maskAll(new Map([[channel.id, wanted]]))
    channel.refresh(this.withOverrides(channel.id, wanted))
  }

  private maskAll(wanted: ReadonlyMap<string, Pick<Wanted, 'secrets'>>): void {
    const running = [...this.all.values()].flatMap(({ secrets }) => [...secrets.all])
    this.mask = masker([...running, ...[...wanted.values()].flatMap(({ secrets }) => secrets)])
  }

  private withOverrides(id: string, wanted: Wanted): Wanted {
    const given = this.options.overrides.apply(id, wanted.given)
    const role = this.here ? (this.here.get(id) ?? 'elsewhere') : 'holder'
    if (role === 'holder') return { ...wanted, given }
    if (role === 'beside') return { ...wanted, given: withoutRecordings(given), isStandby: true }
    return { ...wanted, given: { ...given, enabled: false } }
  }

  /** Without a fleet each is. */
  isHere(id: string): boolean {
    return this.here === null || this.here.has(id)
  }

  /** Channels of the fleet that this machine runs. */
  get ran(): readonly string[] {
    return [...(this.here?.keys() ?? [])]
  }

  /**
   * Runs a channel of the fleet here; one that is no holder's has its gates closed, and records nothing. A second call
   * does nothing. Rejects with Problem: there is no such channel.
   */
  async runHere(id: string, isHolder: boolean): Promise<void> {
    const { here } = this
    const role = isHolder ? 'holder' : 'beside'
    const channel = this.get(id)
    if (!here || here.get(id) === role || this.leaving.has(id)) return
    here.set(id, role)
    try {
      const wanted = await this.newest(channel)
      // It may have been ended meanwhile, or removed.
      if (here.get(id) !== role || this.all.get(id) !== channel) return
      this.maskAll(new Map([[id, wanted]]))
      await this.update(channel, wanted, false, false)
    } catch (error) {
      if (here.get(id) === role) here.delete(id)
      throw error
    }
  }

  /** Its configuration with what is behind its references now. */
  private async newest(channel: Channel): Promise<Wanted> {
    for (;;) {
      const { config } = channel
      const { problems: _, ...wanted } = await this.prepare(channel.id, config, this.options.whole())
      // A change that came meanwhile is newer.
      if (channel.config === config) return wanted
    }
  }

  /** Another machine runs it, or none. Resolves when its process is gone. */
  async endHere(id: string, deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    this.here?.delete(id)
    const channel = this.all.get(id)
    channel?.setEnabled(false)
    await channel?.stop(deadlineMs)
  }

  /** A process that was handed over, whose channel is not configured any more. */
  private async endUnknown(name: string): Promise<void> {
    if (this.all.has(name) || name.startsWith('.')) return
    const nothing: ChannelConfig = {
      enabled: false,
      inputs: [],
      holdBack: 0,
      mode: 'copy',
      fill: 'none',
      targets: {},
      monitor: { content: false, rules: [] },
      webhooks: [],
      standby: 'cold',
      onLeaseLoss: 'continue',
    }
    const network = { privateAddresses: false, except: [] }
    await this.add(name, { config: nothing, given: nothing, network, secrets: [], fault: null })
    await this.all
      .get(name)
      ?.stop(STOP_DEADLINE_MS)
      .catch(() => {})
    this.here?.delete(name)
    this.options.removed(name)
    this.all.delete(name)
  }
}

function withoutRecordings(config: ChannelConfig): ChannelConfig {
  const targets = Object.entries(config.targets).map(([name, target]) => [
    name,
    'record' in target ? { ...target, enabled: false } : target,
  ])
  return { ...config, targets: Object.fromEntries(targets) }
}

/** `host:port` of an address, as the process of the channel reads it. */
function placeOf(url: string): string {
  const { host, port } = parseRtmpUrl(url)
  return `${host}:${port}`
}
