import { badOption, badValue, checkNumber, checkOneOf, checkRecord, show } from '../core/check'
import { RxGstError } from '../core/errors'
import { checkMetric, METRICS, type MetricName, type Track } from '../meter/metrics'

/** A condition: true above `above` or below `below`; both limits are exclusive. */
export interface AlertCondition {
  /** True above this value. */
  above?: number
  /** True below this value. */
  below?: number
  /** Time for which it must be true without a break, ms. */
  for: number
}

/**
 * The number that a rule compares: the value; its growth over `window` (of a counter); that growth as a share of the
 * frames in the window (droppedFrames); the value ÷ the stream's target; the value ÷ the target or, without one, ÷ the
 * median of 60 s; or the value − the target.
 */
export type Comparison = 'value' | 'increase' | 'share' | 'ofTarget' | 'ofUsual' | 'offTarget'

/** A rule: the conditions under which an alert is raised and cleared. */
export interface AlertRule {
  /** Unique among the rules. */
  name: string
  /** The compared metric. */
  metric: MetricName
  /** Raises the alert when true for `for` ms. With both limits: outside of them. */
  raise: AlertCondition
  /** Clears the alert when true for `for` ms. With both limits: between them. */
  clear: AlertCondition
  /** The severity; the monitor only passes it on. */
  severity: 'warning' | 'critical'
  /** One track of a metric that is measured per track: bitrate, jitter, noData. */
  track?: Track
  /**
   * A detail of the metric instead of its value: 'latencyP95', 'keyframeAge'; 'silence.*' = the maximum of all
   * channels.
   */
  detail?: string
  /** Default 'value'. */
  as?: Comparison
  /** Window of 'increase' and 'share', ms. Default 10000. */
  window?: number
}

export type ResolvedRule = Readonly<Required<Omit<AlertRule, 'track' | 'detail'>>> & {
  readonly track: Track | null
  readonly detail: string | null
}

/** Name of the engine's own alert; no rule may have it. */
export const FLAPPING = 'flapping'

const COMPARISONS: readonly Comparison[] = ['value', 'increase', 'share', 'ofTarget', 'ofUsual', 'offTarget']
const DAY = 86_400_000
const NAMES = ['name', 'metric', 'raise', 'clear', 'severity', 'track', 'detail', 'as', 'window'] as const

/** Checks and completes the rules; returns copies. Throws ERR_OPTION, ERR_UNKNOWN_METRIC, ERR_NAME_TAKEN. */
export function resolveRules(value: unknown): readonly ResolvedRule[] {
  if (!Array.isArray(value)) throw badOption('an array of rules', 'rules', value)
  const rules = value.map((rule, index) => resolveRule(rule, `rules[${index}]`))
  const names = new Set<string>()
  for (const { name } of rules) {
    if (names.has(name)) throw new RxGstError('ERR_NAME_TAKEN', `two rules are named ${show(name)}`)
    names.add(name)
  }
  return rules
}

function resolveRule(value: unknown, where: string): ResolvedRule {
  const given = checkRecord(where, value, NAMES)
  const name = checkLabel(`${where}.name`, given.name)
  if (name === FLAPPING) throw badValue('another name', `${where}.name`, name, '; it is the name of the flap guard')
  const metric = checkMetric(given.metric)
  const as = checkOneOf(`${where}.as`, given.as ?? 'value', COMPARISONS)
  const track = given.track === undefined ? null : checkOneOf(`${where}.track`, given.track, ['video', 'audio'])
  if (track !== null && !METRICS[metric].perTrack)
    throw badValue(`nothing, since ${metric} is not measured per track,`, `${where}.track`, track)
  if (as === 'increase' && !METRICS[metric].counter)
    throw badValue(
      'a counter (droppedFrames, reconnects)',
      `${where}.metric`,
      metric,
      `; as 'increase' it would mean nothing`,
    )
  if (as === 'share' && metric !== 'droppedFrames')
    throw badValue("'droppedFrames'", `${where}.metric`, metric, '; a share is one of pictures')
  const raise = resolveCondition(given.raise, `${where}.raise`)
  const clear = resolveCondition(given.clear, `${where}.clear`)
  if (overlap(raise, clear))
    throw badValue(
      'thresholds that do not hold where those of raise do',
      `${where}.clear`,
      given.clear,
      '; such an alert would come and go for ever',
    )
  return Object.freeze({
    name,
    metric,
    raise,
    clear,
    severity: checkOneOf(`${where}.severity`, given.severity, ['warning', 'critical']),
    track,
    detail: given.detail === undefined ? null : checkLabel(`${where}.detail`, given.detail),
    as,
    window: checkNumber(`${where}.window`, given.window ?? 10_000, 100, DAY),
  })
}

function resolveCondition(value: unknown, where: string): AlertCondition {
  const given = checkRecord(where, value, ['above', 'below', 'for'])
  const bound = (name: 'above' | 'below') =>
    given[name] === undefined
      ? {}
      : { [name]: checkNumber(`${where}.${name}`, given[name], -Number.MAX_VALUE, Number.MAX_VALUE) }
  const condition: AlertCondition = {
    ...bound('above'),
    ...bound('below'),
    for: checkNumber(`${where}.for`, given.for, 0, DAY),
  }
  if (condition.above === undefined && condition.below === undefined)
    throw badOption('above, below or both', where, value)
  return Object.freeze(condition)
}

/** Checks a text for labels and log lines: short, printable, and not a URL, which would show its key. */
export function checkLabel(where: string, value: unknown): string {
  if (typeof value === 'string' && /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value) && !value.includes('://')) return value
  throw (typeof value === 'string' ? badValue : badOption)(
    'a text of 1 to 100 printable characters that is no URL',
    where,
    value,
  )
}

export function raises({ above, below }: AlertCondition, value: number): boolean {
  return (above !== undefined && value > above) || (below !== undefined && value < below)
}

export function clears({ above, below }: AlertCondition, value: number): boolean {
  return (above === undefined || value > above) && (below === undefined || value < below)
}

/** Whether a value can raise and clear at the same time. */
function overlap(raise: AlertCondition, { above: low = -Infinity, below: high = Infinity }: AlertCondition): boolean {
  if (low >= high) return true // no value would ever clear it
  return (raise.above !== undefined && high > raise.above) || (raise.below !== undefined && low < raise.below)
}

/** Distance of a value beyond its limit; the peak is the value with the largest one. */
export function badness({ above, below }: AlertCondition, value: number): number {
  if (above !== undefined && below !== undefined) return Math.abs(value - (above + below) / 2)
  return above !== undefined ? value : -value
}
