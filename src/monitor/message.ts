import { METRICS } from '../meter/metrics'
import type { Alert } from './alert'
import type { ResolvedFlapping } from './flap-guard'
import type { AlertCondition, ResolvedRule } from './rule'
import type { Observation } from './rule-input'

/** 'freeze 10.4 s (above 10 s)', 'bitrate 0.9 Mbit/s, 36 % of 2.5 Mbit/s (below 50 %)'. */
export function raisedMessage(rule: ResolvedRule, stream: string, look: Observation): string {
  return `${stream}: ${subjectOf(rule)} ${shown(rule, look)} (${limits(rule)})`
}

export function flappingMessage(rule: ResolvedRule, stream: string, { count, window }: ResolvedFlapping): string {
  return `${stream}: ${rule.name} comes and goes: ${count} changes within ${minutes(window)}`
}

const ENDS = {
  recovered: 'is over',
  ended: 'ends with the stream',
  detached: 'ends: the stream is no longer watched',
  unmeasured: 'ends: it can no longer be measured',
} as const

/**
 * 'black-warning is over: raised for 4.01 s; black at worst 14 s': first the duration of the alert, then the worst
 * value, which can be a duration too and can begin before the alert.
 */
export function clearedMessage(of: ResolvedRule, alert: Alert): string {
  const { rule, stream, flaps, clearedBy, raisedAt, clearedAt, peak } = alert
  const what = flaps === null ? rule : `flapping of ${flaps}`
  const end = ENDS[clearedBy ?? 'recovered']
  const stood = `raised for ${seconds((clearedAt ?? raisedAt) - raisedAt)}`
  const worst = `${subjectOf(of)} at worst ${valueText(of, peak)}`
  return `${stream}: ${what} ${end}${end.includes(':') ? ',' : ':'} ${stood}; ${worst}`
}

/** A value with its unit, for people. */
function valueText(rule: ResolvedRule, value: number): string {
  if (rule.as === 'share') return percent(value)
  if (rule.as === 'increase') return String(value)
  return withUnit(value, METRICS[rule.metric].unit)
}

function subjectOf({ metric, track, detail }: ResolvedRule): string {
  return [track, detail ?? metric].filter(part => part !== null).join(' ')
}

function shown(rule: ResolvedRule, { shown, compared, reference }: Observation): string {
  const value = valueText(rule, shown)
  if (rule.as === 'share') return `${value} in ${rule.window / 1000} s`
  if (rule.as === 'increase') return `${value} in ${seconds(rule.window)}`
  if (reference === null) return value
  const other = valueText(rule, reference)
  if (rule.as === 'offTarget')
    return `${value}, ${rounded(Math.abs(compared))} ${compared < 0 ? 'below' : 'above'} ${other}`
  return `${value}, ${percent(compared)} of ${other}`
}

function limits(rule: ResolvedRule): string {
  const { above, below } = rule.raise as AlertCondition
  const text = (value: number): string => {
    if (rule.as === 'ofTarget' || rule.as === 'ofUsual' || rule.as === 'share') return percent(value)
    if (rule.as === 'offTarget') return `${rounded(value)} off`
    return valueText(rule, value)
  }
  const parts = [above === undefined ? '' : `above ${text(above)}`, below === undefined ? '' : `below ${text(below)}`]
  return parts.filter(part => part !== '').join(' or ')
}

function withUnit(value: number, unit: string): string {
  if (unit === 'bit/s') return value >= 1e6 ? `${rounded(value / 1e6)} Mbit/s` : `${rounded(value / 1e3)} kbit/s`
  if (unit === 'count') return rounded(value)
  return `${rounded(value)} ${unit === '1/s' ? 'per second' : unit}`
}

/** '5 minutes', or seconds for less than a full minute. */
function minutes(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} minute${ms === 60_000 ? '' : 's'}` : `${rounded(ms / 1000)} s`
}

function seconds(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${rounded(ms / 1000)} s`
}

function percent(value: number): string {
  return `${rounded(value * 100)} %`
}

/** Rounds to three digits. */
function rounded(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}
