/**
 * A stand-in for the supervisor: channels that run by themselves, with figures, events, alerts, pictures and a
 * configuration that can be changed. The tests of the API and of the page use it.
 */
import { type Observable, Subject } from 'rxjs'
import { parseDocument, stringify } from 'yaml'
import { type Config, channelSchema } from '../../src/core/schema.js'
import type { FleetPort } from '../../src/core/fleet.js'
import { Problem } from '../../src/core/problem.js'
import type {
  ChangeOptions,
  ChannelView,
  ConfigText,
  HistoryPoint,
  IngestStream,
  Plan,
  PreviewFrame,
  ServerPort,
} from '../../src/core/server-port.js'
import type { AlertView, ChannelPhase, SampleMetric, ServerEvent } from '../../src/core/status.js'
import type { Side } from '../../src/core/wire.js'
import {
  FAKE_CONFIG,
  FILE,
  invalid,
  masked,
  mergePatch,
  mergeTarget,
  plan,
  problemsOf,
  read,
  tagOf,
  unknown,
} from './fake-config.js'
import { fakeFigures, fakeStatus } from './fake-status.js'

const RING = 1000

export interface FakePortOptions {
  /** Text of the configuration. */
  readonly config?: string
  /** JPEG of every channel. */
  readonly jpeg?: Uint8Array
  readonly preview?: (id: string, side: Side) => Observable<PreviewFrame>
  readonly unix?: () => number
}

export class FakePort implements ServerPort {
  readonly version = '0.1.0-fake'
  readonly events$ = new Subject<ServerEvent>()
  fleet: FleetPort | null = null
  readonly #ring: ServerEvent[] = []
  readonly #options: FakePortOptions
  readonly #unix: () => number
  readonly #phases = new Map<string, { phase: ChannelPhase; since: number }>()
  readonly #inputs = new Map<string, string>()
  readonly #stoppedTargets = new Set<string>()
  readonly #alerts = new Map<string, AlertView>()
  readonly #startedAt: number
  #nextEvent = 1
  #text: string
  #config: Config
  #ready: string | null = null
  /** Viewers at this moment. */
  viewers = 0

  constructor(options: FakePortOptions = {}) {
    this.#options = options
    this.#unix = options.unix ?? Date.now
    this.#startedAt = this.#unix()
    this.#text = options.config ?? FAKE_CONFIG
    const { config, problems } = read(this.#text)
    if (!config) throw new Error(JSON.stringify(problems))
    this.#config = config
    for (const [id, channel] of Object.entries(config.channels))
      this.#setPhase(id, channel.enabled ? 'live' : 'stopped')
  }

  get config(): Config {
    return this.#config
  }

  channels(): readonly ChannelView[] {
    return Object.keys(this.#config.channels).map(id => this.channel(id))
  }

  channel(id: string): ChannelView {
    const config = this.#config.channels[id]
    if (!config || !Object.hasOwn(this.#config.channels, id)) throw unknown('channel', id)
    const { phase, since } = this.#phases.get(id)!
    const onAir = this.#inputs.get(id) ?? config.inputs[0]!.name ?? 'input1'
    const stopped = (target: string) => this.#stoppedTargets.has(`${id}/${target}`)
    const isLive = phase === 'live' || phase === 'filling'
    return {
      id,
      config: masked(config),
      etag: tagOf(config),
      status: fakeStatus(config, { phase, since, onAir, stopped }),
      figures: isLive ? fakeFigures(id, this.#unix(), this.#startedAt) : {},
      thumbnailAt: isLive && this.#options.jpeg ? this.#unix() : null,
      alerts: this.alerts().filter(alert => alert.channel === id),
      process: {
        pid: isLive ? 4000 + Object.keys(this.#config.channels).indexOf(id) : null,
        starts: 1,
        lastExit: null,
      },
    }
  }

  putChannel(id: string, config: unknown, options: ChangeOptions): Promise<Plan> {
    return this.#change(options, id, { ...this.#raw(), [id]: config })
  }

  patchChannel(id: string, patch: unknown, options: ChangeOptions): Promise<Plan> {
    const before = this.#raw()[id]
    if (before === undefined) return Promise.reject(unknown('channel', id))
    return this.#change(options, id, { ...this.#raw(), [id]: mergePatch(before, patch) })
  }

  deleteChannel(id: string, options: ChangeOptions): Promise<Plan> {
    const { [id]: gone, ...rest } = this.#raw()
    return gone === undefined ? Promise.reject(unknown('channel', id)) : this.#change(options, id, rest)
  }

  putTarget(id: string, target: string, config: unknown, options: ChangeOptions): Promise<Plan> {
    return this.patchChannel(id, { targets: { [target]: null } }, { ...options, dryRun: true }).then(() =>
      this.#change(options, id, mergeTarget(this.#raw(), id, target, config)),
    )
  }

  async deleteTarget(id: string, target: string, options: ChangeOptions): Promise<Plan> {
    if (!this.channel(id).config.targets[target]) throw unknown('target', target)
    return this.patchChannel(id, { targets: { [target]: null } }, options)
  }

  async start(id: string, user: string): Promise<void> {
    this.#move(id, 'live', user)
  }

  async stop(id: string, user: string): Promise<void> {
    this.#move(id, 'stopped', user)
  }

  async restart(id: string, user: string): Promise<void> {
    this.#move(id, 'starting', user)
    this.#move(id, 'live', user)
  }

  async switchInput(id: string, input: string, user: string): Promise<void> {
    const { config } = this.channel(id)
    if (!config.inputs.some((known, at) => (known.name ?? `input${at + 1}`) === input)) throw unknown('input', input)
    this.#inputs.set(id, input)
    this.note({ type: 'switch', channel: id, user, message: `${id} shows ${input}`, data: { input } })
  }

  async startTarget(id: string, target: string, user: string): Promise<void> {
    this.#target(id, target, user, false)
  }

  async stopTarget(id: string, target: string, user: string): Promise<void> {
    this.#target(id, target, user, true)
  }

  thumbnail(id: string): { readonly jpeg: Uint8Array; readonly at: number } | null {
    const { thumbnailAt } = this.channel(id)
    return thumbnailAt === null ? null : { jpeg: this.#options.jpeg!, at: thumbnailAt }
  }

  preview(id: string, side: Side): Observable<PreviewFrame> {
    this.channel(id)
    if (!this.#options.preview) throw new Problem(404, 'ERR_NO_PICTURE', 'no preview here', { remedy: 'Give one.' })
    return this.#options.preview(id, side)
  }

  history(id: string, metric: SampleMetric, sinceMs: number): readonly HistoryPoint[] {
    this.channel(id)
    const now = this.#unix()
    const from = Math.max(sinceMs, now - 3_600_000)
    return Array.from({ length: Math.max(0, Math.floor((now - from) / 1000)) }, (_, second) => {
      const at = from + second * 1000
      return { at, value: fakeFigures(id, at, this.#startedAt - 3_600_000)[metric] ?? null }
    })
  }

  alerts(): readonly AlertView[] {
    return [...this.#alerts.values()]
  }

  /** Raises an alert. */
  raise(channel: string, rule: string, severity: AlertView['severity'], message: string): AlertView {
    const alert: AlertView = {
      id: `${channel}-${rule}-${this.#nextEvent}`,
      channel,
      rule,
      metric: rule,
      severity,
      message,
      raisedAt: this.#unix(),
      clearedAt: null,
      clearedBy: null,
      value: 1,
      peak: 1,
      acknowledgedBy: null,
      acknowledgedAt: null,
    }
    this.#alerts.set(alert.id, alert)
    this.note({ type: 'alert', channel, user: null, message, data: { id: alert.id, severity } })
    return alert
  }

  acknowledge(alertId: string, user: string): AlertView {
    const alert = this.#alerts.get(alertId)
    if (!alert) throw unknown('alert', alertId)
    const next = { ...alert, acknowledgedBy: user, acknowledgedAt: this.#unix() }
    this.#alerts.set(alertId, next)
    return next
  }

  testAlert(): Promise<{ sent: number; failed: readonly string[] }> {
    return Promise.resolve({ sent: 1, failed: [] })
  }

  eventsAfter(afterId: number): { readonly events: readonly ServerEvent[]; readonly lost: boolean } {
    const first = this.#ring[0]?.id ?? this.#nextEvent
    return { events: this.#ring.filter(event => event.id > afterId), lost: afterId > 0 && afterId < first - 1 }
  }

  note(event: Pick<ServerEvent, 'type' | 'channel' | 'user' | 'message' | 'data'>): void {
    const whole = { id: this.#nextEvent++, at: this.#unix(), ...event }
    this.#ring.push(whole)
    if (this.#ring.length > RING) this.#ring.shift()
    this.events$.next(whole)
  }

  configText(): ConfigText {
    return {
      text: this.#text,
      file: FILE,
      etag: tagOf(this.#text),
      readOnly: this.#config.server.readOnly,
      problems: [],
    }
  }

  async checkConfig(text: string): Promise<Plan> {
    const { config, problems } = read(text)
    return config ? plan(this.#config, config) : { steps: [], problems, restarts: [] }
  }

  async putConfig(text: string, options: ChangeOptions): Promise<Plan> {
    const { config, problems } = read(text)
    if (!config) throw invalid(problems)
    return this.#apply(config, text, options, tagOf(this.#text))
  }

  reloadConfig(options: ChangeOptions): Promise<Plan> {
    return this.putConfig(this.#text, options)
  }

  ingestStreams(): readonly IngestStream[] {
    const inputs = Object.values(this.#config.channels).flatMap(({ inputs }) => inputs)
    const names = inputs.flatMap(input => ('ingest' in input ? [input.ingest] : []))
    return names.map(name => ({ name, url: 'rtmp://0.0.0.0:1935/live', key: `${name}-planted-key` }))
  }

  metrics(): Promise<string> {
    const lines = this.channels().map(
      ({ id, status }) => `rxgst_channel_up{channel="${id}"} ${+(status.phase === 'live')}`,
    )
    return Promise.resolve(`# TYPE rxgst_channel_up gauge\n${lines.join('\n')}\n`)
  }

  notReady(): string | null {
    return this.#ready
  }

  /** What /readyz says; null: ready. */
  setReady(reason: string | null): void {
    this.#ready = reason
  }

  #raw(): Record<string, unknown> {
    return (parseDocument(this.#text).toJS() as { channels?: Record<string, unknown> }).channels ?? {}
  }

  async #change(options: ChangeOptions, id: string, channels: Record<string, unknown>): Promise<Plan> {
    const channel = this.#config.channels[id]
    const parsed = channels[id] === undefined ? null : channelSchema.safeParse(channels[id])
    if (parsed && !parsed.success) throw invalid(problemsOf(parsed.error.issues, `channels.${id}`))
    const text = stringify({ ...(parseDocument(this.#text).toJS() as object), channels })
    return this.#apply(read(text).config!, text, options, channel ? tagOf(channel) : '')
  }

  #apply(config: Config, text: string, options: ChangeOptions, etag: string): Plan {
    if (this.#config.server.readOnly) {
      throw new Problem(403, 'ERR_READ_ONLY', 'the server is read-only', { remedy: 'Change the file.' })
    }
    if (options.ifMatch !== undefined && options.ifMatch !== etag) {
      throw new Problem(412, 'ERR_CHANGED_MEANWHILE', 'the configuration is another one by now', {
        remedy: 'Get it again.',
      })
    }
    const made = plan(this.#config, config)
    if (options.dryRun) return made
    if (made.restarts.length > 0 && !options.allowRestart) {
      throw new Problem(409, 'ERR_RESTART_NEEDED', `this restarts ${made.restarts.join(', ')}, which is on air`, {
        remedy: 'Send it with allowRestart=true.',
      })
    }
    this.#config = config
    this.#text = text
    for (const [id, { enabled }] of Object.entries(config.channels)) {
      if (!this.#phases.has(id)) this.#setPhase(id, enabled ? 'live' : 'stopped')
    }
    for (const id of this.#phases.keys()) if (!Object.hasOwn(config.channels, id)) this.#phases.delete(id)
    const data = { steps: made.steps.length }
    this.note({
      type: 'config-applied',
      channel: null,
      user: options.user,
      message: 'a configuration was applied',
      data,
    })
    return made
  }

  #move(id: string, phase: ChannelPhase, user: string): void {
    this.channel(id)
    this.#setPhase(id, phase)
    this.note({ type: 'channel-phase', channel: id, user, message: `${id} is ${phase}`, data: { phase } })
  }

  #setPhase(id: string, phase: ChannelPhase): void {
    this.#phases.set(id, { phase, since: this.#unix() })
  }

  #target(id: string, target: string, user: string, stop: boolean): void {
    if (!this.channel(id).config.targets[target]) throw unknown('target', target)
    if (stop) this.#stoppedTargets.add(`${id}/${target}`)
    else this.#stoppedTargets.delete(`${id}/${target}`)
    const message = `${target} of ${id} ${stop ? 'stopped' : 'started'}`
    this.note({ type: 'target-phase', channel: id, user, message, data: { target } })
  }
}
