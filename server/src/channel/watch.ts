/** What is measured of a channel: alerts, the second's sample, and the text for Prometheus. */
import { DEFAULT_RULES, StreamMonitor, type Alert, type AlertRule, type Logger, type MetricName } from 'rxgst'
import type { Capture, Output, Relay } from 'rxgst'
import type { ChannelConfig } from '../core/schema.js'

/** They need decoded pictures or sound. */
const CONTENT: readonly MetricName[] = ['black', 'freeze', 'silence', 'loudness', 'truePeak']
const PACKETS: readonly MetricName[] = [
  'bitrate',
  'fps',
  'latency',
  'lateness',
  'droppedFrames',
  'jitter',
  'keyframeInterval',
  'avDrift',
  'noData',
  'queueMs',
  'reconnects',
  'uptime',
]

export type Watched = Capture | Relay | Output

/** A monitor whose rules can be changed while it runs. */
export class Watch {
  readonly #onAlert: (alert: Alert) => void
  readonly #logger: Logger
  readonly #content: boolean
  readonly #streams = new Map<string, Watched>()
  #monitor: StreamMonitor

  /** ERR_OPTION: a rule is wrong. */
  constructor(config: ChannelConfig, logger: Logger, onAlert: (alert: Alert) => void) {
    this.#onAlert = onAlert
    this.#logger = logger
    this.#content = config.monitor.content
    this.#monitor = this.#make(config)
  }

  #make({ monitor: { rules } }: ChannelConfig): StreamMonitor {
    const metrics = this.#content ? [...PACKETS, ...CONTENT] : PACKETS
    const chosen =
      rules === 'default'
        ? DEFAULT_RULES.filter(({ metric }) => metrics.includes(metric))
        : (rules as unknown as readonly AlertRule[])
    const monitor = new StreamMonitor(metrics, { rules: chosen, logger: this.#logger })
    monitor.alerts$.subscribe(alert => this.#onAlert(alert))
    return monitor
  }

  /** Alerts of the rules before are cleared. ERR_OPTION: a rule is wrong, and those of before hold. */
  setRules(config: ChannelConfig): void {
    const next = this.#make(config)
    this.#monitor[Symbol.dispose]()
    this.#monitor = next
    for (const [name, stream] of this.#streams) next.attachStream(stream, name)
  }

  /** Watches this stream under the name, in place of the one before; null: none. */
  set(name: string, stream: Watched | null): void {
    const before = this.#streams.get(name) ?? null
    if (before === stream) return
    if (before) {
      this.#streams.delete(name)
      this.#monitor.detachStream(name)
    }
    if (!stream) return
    this.#streams.set(name, stream)
    this.#monitor.attachStream(stream, name)
  }

  value(name: string, metric: MetricName): number | null {
    return this.#streams.has(name) ? (this.#monitor.getSample(name)?.values[metric] ?? null) : null
  }

  /** Alerts that are raised now. */
  raised(): readonly Alert[] {
    return this.#monitor.getAlerts()
  }

  prometheus(): Promise<string> {
    return this.#monitor.prometheus()
  }

  close(): void {
    this.#monitor[Symbol.dispose]()
  }
}
