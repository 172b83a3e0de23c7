/**
 * What is off air for too long: all inputs of a channel, one of several, a target. The rules of a monitor judge what
 * comes over a connection; this judges that there is none, whatever rules a channel has. Pure.
 */
import type { AlertBook } from '../store/alert-book.js'
import type { AlertView, ChannelStatus, Reason } from '../../core/status.js'
import type { Wanted } from './channel-deps.js'

/** A connection that is made anew takes some seconds. */
export const NO_INPUT_MS = 10_000
export const LOST_MS = 30_000
/** So long it must be back. */
export const BACK_MS = 2000
/** What comes and goes is one outage: from so many in so long on, it must be back for longer. */
const FLAPS = 3
const FLAPS_WITHIN_MS = 300_000
export const STEADY_MS = 60_000

export const OUTAGE_RULES: ReadonlySet<string> = new Set(['no-input', 'input-lost', 'target-lost'])

export interface Outage {
  readonly rule: string
  /** What it is about; an alert has it as its metric. */
  readonly subject: string
  readonly severity: AlertView['severity']
  readonly message: string
}

interface Part {
  raised: boolean
  /** When it went, and when it came back. */
  badSince: number | null
  goodSince: number | null
  /** When it was raised, of late; the last time included. */
  raises: readonly number[]
}

const well = (): Part => ({ raised: false, badSince: null, goodSince: null, raises: [] })

interface Look extends Outage {
  readonly good: boolean
  readonly afterMs: number
}

/** Of a channel, beside its status. */
export type Expected = Pick<Wanted, 'given' | 'isStandby'>

export class Outages {
  private readonly parts = new Map<string, Part>()
  /** Targets that have been live since the channel was started. */
  private wereLive: ReadonlySet<string> = new Set()

  /** `raised`: by the supervisor before. */
  constructor(raised: readonly Pick<AlertView, 'rule' | 'metric'>[]) {
    for (const { rule, metric } of raised) {
      if (OUTAGE_RULES.has(rule)) this.parts.set(keyOf(rule, metric), { ...well(), raised: true })
    }
  }

  /** Some times a second or less often. @param nowMs of a monotonic clock */
  look(id: string, status: ChannelStatus, nowMs: number, expected: Expected): readonly Outage[] {
    this.wereLive = wereLive(status, this.wereLive)
    const looks = looksOf(id, status, expected, name => this.isMissed(name, expected))
    const keys = new Set(looks.map(({ rule, subject }) => keyOf(rule, subject)))
    for (const key of this.parts.keys()) if (!keys.has(key)) this.parts.delete(key)
    return looks.filter(look => this.isRaised(look, nowMs))
  }

  /** Whether a target that is away counts without an input: the fill should go out, or it is raised already. */
  private isMissed(target: string, { given }: Expected): boolean {
    if (given.fill !== 'none' && this.wereLive.has(target)) return true
    return this.parts.get(keyOf('target-lost', `target ${target}`))?.raised ?? false
  }

  private isRaised({ rule, subject, good, afterMs }: Look, nowMs: number): boolean {
    const key = keyOf(rule, subject)
    const part = this.parts.get(key) ?? well()
    this.parts.set(key, part)
    part.badSince = good ? null : (part.badSince ?? nowMs)
    part.goodSince = good ? (part.goodSince ?? nowMs) : null
    if (!part.raised && part.badSince !== null && nowMs - part.badSince >= afterMs) {
      part.raised = true
      part.raises = [...part.raises.filter(at => nowMs - at < FLAPS_WITHIN_MS), nowMs]
    }
    const backMs = part.raises.length < FLAPS ? BACK_MS : STEADY_MS
    if (part.goodSince !== null && nowMs - part.goodSince >= backMs) part.raised = false
    return part.raised
  }
}

const isOver = ({ phase }: ChannelStatus): boolean => phase === 'stopped' || phase === 'stopping'
const isLive = (part: { readonly phase: string }): boolean => part.phase === 'live'

function wereLive(status: ChannelStatus, before: ReadonlySet<string>): ReadonlySet<string> {
  if (isOver(status)) return new Set()
  const names = status.targets.filter(target => target.enabled && (isLive(target) || before.has(target.name)))
  return new Set(names.map(({ name }) => name))
}

/** Nothing is asked of a channel that is stopped. */
function looksOf(
  id: string,
  status: ChannelStatus,
  { isStandby = false }: Expected,
  isMissed: (target: string) => boolean,
): Look[] {
  if (isOver(status)) return []
  const { phase, reason, inputs, targets } = status
  const hasInput = inputs.some(isLive)
  const why = inputs.find(input => input.reason !== null)?.reason ?? reason
  const looks: Look[] = [
    {
      rule: 'no-input',
      subject: 'inputs',
      severity: 'critical',
      message: `${id}: nothing comes in, no input is live${because(why)}`,
      good: hasInput,
      afterMs: NO_INPUT_MS,
    },
  ]
  // One that is missing beside others is no outage yet; without any, there is one alert and not one for each part.
  if (inputs.length > 1 && hasInput) {
    for (const input of inputs) {
      const message = `${id}: input ${input.name} is not live${because(input.reason)}`
      const [rule, subject, severity] = ['input-lost', `input ${input.name}`, 'warning'] as const
      looks.push({ rule, subject, severity, message, good: isLive(input), afterMs: LOST_MS })
    }
  }
  const sends = hasInput || phase === 'filling'
  for (const target of targets.filter(({ enabled, name }) => enabled && (sends || isMissed(name)))) {
    const message = `${id}: target ${target.name} is not live${because(target.reason)}`
    const [rule, subject, severity] = ['target-lost', `target ${target.name}`, 'critical'] as const
    // One beside the holder of the lease waits for its turn; that of the holder itself is dark.
    const good = isLive(target) || (isStandby && target.reason?.code === 'ERR_MAY_NOT_CONNECT')
    looks.push({ rule, subject, severity, message, good, afterMs: LOST_MS })
  }
  return looks
}

const keyOf = (rule: string, subject: string): string => `${rule} ${subject}`
const because = (reason: Reason | null): string => (reason ? `: ${reason.message}` : '')

/** Raises the alerts of a channel's outages, and clears those of which there is none. */
export function tellOutages(
  alerts: AlertBook,
  channel: string,
  outages: ReturnType<Outages['look']>,
  mask: (text: string) => string,
): void {
  for (const { rule, subject, severity, message } of outages)
    alerts.raiseOwn(channel, rule, severity, mask(message), subject)
  const subjects = new Set(outages.map(({ rule, subject }) => `${rule} ${subject}`))
  for (const { rule, metric } of alerts.of(channel)) {
    if (OUTAGE_RULES.has(rule) && !subjects.has(`${rule} ${metric}`)) alerts.clearOwn(channel, rule, metric)
  }
}
