import { METRICS, type Track } from '../meter/metrics'
import { isRaised, type RuleState } from './hysteresis'
import type { MonitorReading } from './reading'
import { raises, type ResolvedRule } from './rule'

/** A rule and its state. */
export interface Standing {
  readonly rule: ResolvedRule
  readonly state: RuleState
}

/** Seconds without data that count as gone if no rule watches noData: as in the default rule. */
const GONE = 3

/** Sorts causes before effects, so that the same tick judges both. */
export function byCause(a: ResolvedRule, b: ResolvedRule): number {
  return rank(a) - rank(b)
}

function rank({ metric, track, detail }: ResolvedRule): number {
  if (metric === 'noData') return track === null ? 0 : 1
  return metric === 'silence' && detail === null ? 2 : 3
}

/**
 * Whether a rule watches only the effect of a cause that has its own alert: a stream or a track without data, or
 * silence. Such a rule is neither raised nor cleared.
 */
export function followsFromOther(rule: ResolvedRule, reading: MonitorReading, all: readonly Standing[]): boolean {
  const { needs } = METRICS[rule.metric]
  if (rule.metric === 'noData') {
    if (rule.track === null) return false
    return stands(all, null) || stopsAsWhole(rule, reading, rule.track)
  }
  if (needs === null) return false
  // A still frame needs few bits, and freeze has its own alert.
  if (rule.metric === 'bitrate' && rule.track !== 'audio' && (reading.values.freeze ?? 0) > 0) return true
  const ofSilence = rule.metric === 'loudness' || (rule.metric === 'silence' && rule.detail !== null)
  if (ofSilence && all.some(one => isWhole(one, 'silence') && isRaised(one.state))) return true
  if (lacks(reading.values.noData, all, null)) return true
  return tracksOf(rule.track ?? needs).some(track => lacks(reading.tracks[track].noData, all, track))
}

function tracksOf(needs: Track | 'both' | 'any'): readonly Track[] {
  if (needs === 'any') return []
  return needs === 'both' ? ['video', 'audio'] : [needs]
}

/** Whether the other track has been missing for about as long: then the stream's own alert comes soon. */
function stopsAsWhole({ raise }: ResolvedRule, { values, tracks }: MonitorReading, track: Track): boolean {
  const [whole, one] = [values.noData ?? 0, tracks[track].noData ?? 0]
  return raises(raise, one) && whole > one / 2
}

/** Decides by the rules that watch noData, so that both start at the same moment; without such rules, by the value. */
function lacks(value: number | null | undefined, all: readonly Standing[], track: Track | null): boolean {
  const watched = all.some(({ rule }) => rule.metric === 'noData' && rule.track === track)
  return watched ? stands(all, track) : value != null && value > GONE
}

function stands(all: readonly Standing[], track: Track | null): boolean {
  return all.some(({ rule, state }) => rule.metric === 'noData' && rule.track === track && state.phase !== 'ok')
}

function isWhole({ rule }: Standing, metric: ResolvedRule['metric']): boolean {
  return rule.metric === metric && rule.track === null && rule.detail === null
}
