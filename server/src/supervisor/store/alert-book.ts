/** The alerts of all channels and of the server itself: raised ones, and the last that were cleared. */
import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../core/problem.js'
import type { AlertView } from '../../core/status.js'
import { OUTAGE_RULES } from '../channel/outages.js'
import { readJson } from './json-file.js'

const MOST_RAISED = 1000
const MOST_CLEARED = 500
const MOST_TEXT_LENGTH = 1000
const WRITE_DELAY_MS = 1000

export interface AlertBookOptions {
  readonly state: string
  readonly now: () => number
  /** Raised, cleared or acknowledged. */
  onChange(alert: AlertView, change: 'raised' | 'cleared' | 'acknowledged'): void
}

export class AlertBook {
  /** Alerts that had no room. */
  dropped = 0
  private readonly raised = new Map<string, AlertView>()
  private cleared: AlertView[] = []
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()
  private readonly path: string

  constructor(private readonly options: AlertBookOptions) {
    this.path = join(options.state, 'alerts.json')
    const kept = readJson(this.path)
    for (const alert of Array.isArray(kept) ? (kept as AlertView[]) : []) {
      if (typeof alert?.id !== 'string') continue
      if (alert.clearedAt === null) this.raised.set(alert.id, alert)
      else this.cleared.push(alert)
    }
  }

  /** The raised ones first, then the others, the last ones first. */
  all(): readonly AlertView[] {
    const byTime = (a: AlertView, b: AlertView) => b.raisedAt - a.raisedAt
    return [...[...this.raised.values()].sort(byTime), ...this.cleared.slice().reverse()]
  }

  of(channel: string): readonly AlertView[] {
    return [...this.raised.values()].filter(alert => alert.channel === channel)
  }

  /** Takes what a channel's process tells: the library's Alert, raised or cleared. */
  take(channel: string, raw: Readonly<Record<string, unknown>>): void {
    const { id } = raw
    if (typeof id !== 'string' || id.length > MOST_TEXT_LENGTH) return
    const before = this.raised.get(id)
    const alert: AlertView = {
      id,
      channel,
      rule: text(raw['rule']),
      metric: text(raw['metric']),
      severity: raw['severity'] === 'critical' ? 'critical' : 'warning',
      message: text(raw['message']),
      raisedAt: number(raw['raisedAt']) ?? this.options.now(),
      clearedAt: number(raw['clearedAt']),
      clearedBy: typeof raw['clearedBy'] === 'string' ? text(raw['clearedBy']) : null,
      value: number(raw['value']) ?? 0,
      peak: number(raw['peak']) ?? 0,
      acknowledgedBy: before?.acknowledgedBy ?? null,
      acknowledgedAt: before?.acknowledgedAt ?? null,
    }
    if (alert.clearedAt !== null) this.clear(alert)
    else this.raise(alert)
  }

  /** An alert of the server itself; a second one of the same channel, rule and subject is the first. */
  raiseOwn(channel: string, rule: string, severity: AlertView['severity'], message: string, subject = rule): void {
    if (this.own(channel, rule, subject)) return
    const raisedAt = this.options.now()
    const none = { clearedAt: null, clearedBy: null, acknowledgedBy: null, acknowledgedAt: null }
    const facts = { id: randomUUID(), channel, rule, metric: subject, severity, raisedAt, value: 1, peak: 1 }
    this.raise({ ...facts, ...none, message: text(message) })
  }

  clearOwn(channel: string, rule: string, subject = rule): void {
    const alert = this.own(channel, rule, subject)
    if (alert) this.clear({ ...alert, clearedAt: this.options.now(), clearedBy: 'recovered' })
  }

  /** Its process is gone, and nobody measures it any more. Alerts of the server itself stay. */
  endChannel(channel: string): void {
    for (const alert of this.of(channel)) {
      if (OWN_RULES.has(alert.rule)) continue
      this.clear({ ...alert, clearedAt: this.options.now(), clearedBy: 'ended' })
    }
  }

  /** Its process has told of all that are raised: the others ended while nobody heard it. */
  endMissing(channel: string, ids: ReadonlySet<unknown>): void {
    for (const alert of this.of(channel)) {
      if (OWN_RULES.has(alert.rule) || ids.has(alert.id)) continue
      this.clear({ ...alert, clearedAt: this.options.now(), clearedBy: 'recovered' })
    }
  }

  /** Of the server as a whole, from the run before: what still holds is raised again. */
  endServer(except: readonly string[]): void {
    for (const alert of this.of('')) {
      if (!except.includes(alert.rule)) this.clear({ ...alert, clearedAt: this.options.now(), clearedBy: 'ended' })
    }
  }

  /** Of a channel that is not configured any more. */
  removeChannel(channel: string): void {
    for (const alert of this.of(channel)) this.clear({ ...alert, clearedAt: this.options.now(), clearedBy: 'detached' })
  }

  channels(): ReadonlySet<string> {
    return new Set([...this.raised.values()].map(({ channel }) => channel))
  }

  /** Throws Problem. */
  acknowledge(id: string, user: string): AlertView {
    const alert = this.raised.get(id)
    if (!alert) {
      throw new Problem(404, 'ERR_ALERT_UNKNOWN', 'no alert of this id is raised', {
        remedy: 'List the alerts; this one was cleared meanwhile.',
      })
    }
    if (alert.acknowledgedAt !== null) return alert
    const acknowledged = { ...alert, acknowledgedBy: user, acknowledgedAt: this.options.now() }
    this.raised.set(id, acknowledged)
    this.changed(acknowledged, 'acknowledged')
    return acknowledged
  }

  async close(): Promise<void> {
    clearTimeout(this.timer)
    await this.write()
  }

  private own(channel: string, rule: string, subject: string): AlertView | undefined {
    return this.of(channel).find(alert => alert.rule === rule && alert.metric === subject)
  }

  private raise(alert: AlertView): void {
    const known = this.raised.has(alert.id)
    if (!known && this.raised.size >= MOST_RAISED) {
      this.dropped += 1
      return
    }
    this.raised.set(alert.id, alert)
    if (!known) this.changed(alert, 'raised')
  }

  private clear(alert: AlertView): void {
    if (!this.raised.delete(alert.id)) return
    this.cleared = [...this.cleared, alert].slice(-MOST_CLEARED)
    this.changed(alert, 'cleared')
  }

  private changed(alert: AlertView, change: 'raised' | 'cleared' | 'acknowledged'): void {
    this.timer ??= setTimeout(() => void this.write(), WRITE_DELAY_MS).unref()
    this.options.onChange(alert, change)
  }

  /** Not in the event loop: a disk that hangs holds up nothing else. */
  private async write(): Promise<void> {
    await this.writing
    this.timer = undefined
    const text = JSON.stringify([...this.cleared, ...this.raised.values()])
    // Where that fails they stay in memory; the events say that the folder takes nothing.
    this.writing = writeFile(`${this.path}.new`, text, { mode: 0o600 })
      .then(() => rename(`${this.path}.new`, this.path))
      .catch(() => {})
    await this.writing
  }
}

/** Rules of the server itself: they do not end with a process. */
export const OWN_RULES: ReadonlySet<string> = new Set([
  ...['process-exits', 'config-invalid', 'state-folder', 'restart-pending', 'config-refused', 'process-stuck'],
  ...OUTAGE_RULES,
])

const text = (value: unknown) => String(value ?? '').slice(0, MOST_TEXT_LENGTH)
const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null)
