/** What is measured of a channel: alerts, the second's sample, and the text for Prometheus. */
import { DEFAULT_RULES, Output, StreamMonitor } from 'rxgst'
import type { Alert, AlertRule, AttachOptions, Capture, Logger, MetricName, Relay } from 'rxgst'
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

type Targets = NonNullable<ChannelConfig['monitor']['targets']>

/** Those of a stream. A programme that is encoded here has rates of its own, not those of what comes in. */
export function targetsOf({ loudness, latency, bitrate, fps }: Targets, isEncoded: boolean): AttachOptions {
  const known = Object.entries({ loudness, latency, ...(!isEncoded && { bitrate, fps }) })
  return { targets: Object.fromEntries(known.filter(([, target]) => target !== undefined)) }
}

/** A monitor whose rules can be changed while it runs. */
export class Watch {
  readonly #onAlert: (alert: Alert) => void
  readonly #logger: Logger
  readonly #content: boolean
  readonly #streams = new Map<string, Watched>()
  #monitor: StreamMonitor
  #targets: Targets

  /** ERR_OPTION: a rule is wrong. */
  constructor(config: ChannelConfig, logger: Logger, onAlert: (alert: Alert) => void) {
    this.#onAlert = onAlert
    this.#logger = logger
    this.#content = config.monitor.content
    this.#targets = config.monitor.targets ?? {}
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

  /**
   * Rules, and what they compare with. Alerts of those before are cleared. ERR_OPTION: a rule is wrong, and those of
   * before hold.
   */
  setRules(config: ChannelConfig): void {
    const next = this.#make(config)
    this.#monitor[Symbol.dispose]()
    this.#monitor = next
    this.#targets = config.monitor.targets ?? {}
    for (const [name, stream] of this.#streams) this.#attach(name, stream)
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
    this.#attach(name, stream)
  }

  #attach(name: string, stream: Watched): void {
    this.#monitor.attachStream(stream, name, targetsOf(this.#targets, stream instanceof Output))
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
