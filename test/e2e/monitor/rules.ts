import { DEFAULT_RULES, type Alert, type AlertRule, type MetricName, type StreamMonitor } from '../../../src/index'
import { until } from '../../support/until'

/** Metrics whose value is a time, so that their thresholds are times too. */
const TIMES: readonly MetricName[] = ['noData', 'black', 'freeze', 'silence', 'keyframeInterval', 'lateness', 'uptime']

/**
 * The default rules of these metrics in a hurry: every time of theirs is `factor` times shorter. What is right of the
 * default times is tested without streams; here the ways from a stream to an alert are.
 */
export function hurried(factor: number, metrics: readonly MetricName[]): AlertRule[] {
  const shorter = (rule: AlertRule, { above, below, for: time }: AlertRule['raise']): AlertRule['raise'] => {
    const scale = (value: number | undefined) =>
      value === undefined || !TIMES.includes(rule.metric) ? value : value / factor
    return { above: scale(above), below: scale(below), for: time / factor }
  }
  return DEFAULT_RULES.filter(({ metric }) => metrics.includes(metric)).map(rule => {
    const window = rule.window === undefined ? {} : { window: rule.window / factor }
    return { ...rule, ...window, raise: shorter(rule, rule.raise), clear: shorter(rule, rule.clear) }
  })
}

/** What a monitor has said, by stream. */
export class Heard {
  readonly alerts: Alert[] = []

  constructor(monitor: StreamMonitor) {
    monitor.alerts$.subscribe(alert => this.alerts.push(alert))
  }

  /** 'rule +' and 'rule -' of a stream, in order. */
  of(stream: string): string[] {
    return this.alerts
      .filter(alert => alert.stream === stream)
      .map(({ rule, clearedAt }) => `${rule} ${clearedAt === null ? '+' : '-'}`)
  }

  /** Waits until these rules were raised ('+') or cleared ('-') for a stream. */
  async until(stream: string, sign: '+' | '-', rules: readonly string[], timeout = 30_000): Promise<void> {
    const missing = () => rules.filter(rule => !this.of(stream).includes(`${rule} ${sign}`))
    await until(() => missing().length === 0, {
      timeout,
      what: () =>
        `${missing()
          .map(rule => `${rule} ${sign}`)
          .join(', ')} of ${stream}; heard ${this.of(stream).join(', ')}`,
    })
  }
}
