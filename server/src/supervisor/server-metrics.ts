/**
 * The text of /metrics: of the server itself, and of all channels with the label `channel`.
 *
 * | Metric | Type | |
 * |---|---|---|
 * | `rxgst_server_info{version}` | gauge | 1 |
 * | `rxgst_server_channels{phase}` | gauge | channels in a phase |
 * | `rxgst_server_child_starts_total{channel}` | counter | processes that were started |
 * | `rxgst_server_child_exits_total{channel,result}` | counter | `stopped`, `exit`, `signal`, `killed` |
 * | `rxgst_server_alerts{severity}` | gauge | alerts that are raised |
 * | `rxgst_server_alert{channel,rule,subject,severity}` | gauge | 1 while raised, of the server's own rules |
 * | `rxgst_server_events_total{type}` | counter | events |
 * | `rxgst_server_events_lost_total` | counter | events that no file has, or that a channel told too fast |
 * | `rxgst_server_history_writes_lost_total` | counter | writes of the history that failed |
 * | `rxgst_server_previews{channel}` | gauge | open previews |
 * | `rxgst_server_config_valid` | gauge | 1: the file that was read last is valid |
 * | `rxgst_server_process_…`, `rxgst_server_nodejs_…` | | prom-client's own of the server's process |
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { ChildExit } from './child/child.js'
import type { AlertView } from '../core/status.js'
import { type Family, mergeExpositions } from './exposition.js'
import { OWN_RULES } from './store/alert-book.js'

export interface MetricsSource {
  channels(): Iterable<{
    readonly id: string
    readonly phase: string
    readonly starts: number
    readonly viewers: number
    readonly families: readonly Family[]
  }>
  /** Those that are raised. */
  alerts(): readonly AlertView[]
  eventsLost(): number
  historyLost(): number
  configValid(): boolean
}

const PHASES = ['stopped', 'starting', 'live', 'filling', 'reconnecting', 'failed', 'stopping', 'crashed'] as const

export class ServerMetrics {
  private readonly registry = new Registry()
  private readonly exits: Counter<'channel' | 'result'>
  private readonly events: Counter<'type'>

  constructor(
    version: string,
    private readonly source: MetricsSource,
  ) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry, prefix: 'rxgst_server_' })
    new Gauge({ name: 'rxgst_server_info', help: 'The version', labelNames: ['version'], registers }).set(
      { version },
      1,
    )
    this.exits = new Counter({
      name: 'rxgst_server_child_exits_total',
      help: 'Ends of the processes of channels',
      labelNames: ['channel', 'result'],
      registers,
    })
    this.events = new Counter({
      name: 'rxgst_server_events_total',
      help: 'Events',
      labelNames: ['type'],
      registers,
    })
    const all = () => [...source.channels()]
    new Gauge({
      name: 'rxgst_server_channels',
      help: 'Channels in a phase',
      labelNames: ['phase'],
      registers,
      collect() {
        for (const phase of PHASES) this.set({ phase }, all().filter(channel => channel.phase === phase).length)
      },
    })
    new Counter({
      name: 'rxgst_server_child_starts_total',
      help: 'Processes of channels that were started',
      labelNames: ['channel'],
      registers,
      collect() {
        this.reset()
        for (const { id, starts } of all()) this.inc({ channel: id }, starts)
      },
    })
    new Gauge({
      name: 'rxgst_server_previews',
      help: 'Open previews',
      labelNames: ['channel'],
      registers,
      collect() {
        this.reset()
        for (const { id, viewers } of all()) this.set({ channel: id }, viewers)
      },
    })
    new Gauge({
      name: 'rxgst_server_alerts',
      help: 'Alerts that are raised',
      labelNames: ['severity'],
      registers,
      collect() {
        const raised = source.alerts()
        for (const severity of ['warning', 'critical'] as const)
          this.set({ severity }, raised.filter(alert => alert.severity === severity).length)
      },
    })
    new Gauge({
      name: 'rxgst_server_alert',
      help: '1 while an alert of the server itself is raised',
      labelNames: ['channel', 'rule', 'subject', 'severity'],
      registers,
      collect() {
        this.reset()
        // The monitors' own are in `rxgst_alert`. As many as there are channels, inputs and targets, at most.
        for (const { channel, rule, metric, severity } of source.alerts())
          if (channel === '' || OWN_RULES.has(rule)) this.set({ channel, rule, subject: metric, severity }, 1)
      },
    })
    this.count('rxgst_server_events_lost_total', 'Events that were lost', source.eventsLost)
    this.count('rxgst_server_history_writes_lost_total', 'Writes of the history that failed', source.historyLost)
    new Gauge({
      name: 'rxgst_server_config_valid',
      help: '1: the file that was read last is valid',
      registers,
      collect() {
        this.set(source.configValid() ? 1 : 0)
      },
    })
  }

  exited(channel: string, { killed, signal }: ChildExit, expected: boolean): void {
    const result = expected ? 'stopped' : killed !== null ? 'killed' : signal !== null ? 'signal' : 'exit'
    this.exits.inc({ channel, result })
  }

  event(type: string): void {
    this.events.inc({ type })
  }

  async text(): Promise<string> {
    const own = await this.registry.metrics()
    const channels = mergeExpositions([...this.source.channels()].map(({ id, families }) => [id, families] as const))
    return channels === '' ? own : `${own.trimEnd()}\n${channels}\n`
  }

  private count(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  }
}
