/** States and figures in words. Each state has a tone, which gives its colour, and a shape. */

/** Phases of channels, and the library's phases of inputs and targets. */
const STATES = {
  live: ['Live', 'good'],
  starting: ['Starting', 'busy'],
  connecting: ['Connecting', 'busy'],
  stopping: ['Stopping', 'busy'],
  filling: ['Filling', 'warn'],
  stalled: ['Stalled', 'warn'],
  reconnecting: ['Reconnecting', 'warn'],
  failed: ['Failed', 'bad'],
  crashed: ['Crashed', 'bad'],
  idle: ['Idle', 'off'],
  stopped: ['Stopped', 'off'],
  disabled: ['Off', 'off'],
}

export function stateOf(phase) {
  const [word, tone] = STATES[phase] ?? [phase, 'busy']
  return { word, tone }
}

export const ALERT_WORDS = { warning: 'Warning', critical: 'Critical' }

/** What is wrong with a channel, for one line; null: nothing. */
export function worstAlert(alerts) {
  const open = alerts.filter(alert => alert.clearedAt === null)
  return open.sort((a, b) => rank(b) - rank(a) || a.raisedAt - b.raisedAt)[0] ?? null
}

const rank = alert => (alert.severity === 'critical' ? 2 : 0) + (alert.acknowledgedBy === null ? 1 : 0)

const NONE = '–'
const isNumber = value => typeof value === 'number' && Number.isFinite(value)

/** bit/s, in the unit that encoders are set in. */
export function bitrate(value) {
  if (!isNumber(value)) return NONE
  return value >= 999_500 ? `${(value / 1e6).toFixed(2)} Mb/s` : `${Math.round(value / 1e3)} kb/s`
}

/** In Mb/s, without the unit. */
export const megabits = value => (isNumber(value) ? (value / 1e6).toFixed(2) : NONE)

export const decimals = (value, digits, unit = '') => (isNumber(value) ? `${value.toFixed(digits)}${unit}` : NONE)

/** '12 s', '3 min 05 s', '4 h 12 min', '3 d 4 h'. */
export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}

export const two = number => String(number).padStart(2, '0')

/** Hour, minute and second of the browser's zone. */
export function clockTime(at) {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** With the day where that is not today. */
export function dayTime(at, now) {
  const date = new Date(at)
  const today = new Date(now).toDateString() === date.toDateString()
  return today
    ? clockTime(at)
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(at)}`
}

/** 'next try in 4 s'; null: none is planned. */
export function nextTry(at, now) {
  if (at === null || at === undefined) return null
  const s = Math.ceil((at - now) / 1000)
  return s > 0 ? `next try in ${duration(s * 1000)}` : 'trying now'
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/** 'a, b and c'. */
export function list(names) {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
