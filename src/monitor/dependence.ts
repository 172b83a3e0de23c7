import { METRICS, type Track } from '../meter/metrics'
import { isRaised, type RuleState } from './hysteresis'
import type { MonitorReading } from './reading'
import { raises, type ResolvedRule } from './rule'

/** One rule and where it stands. */
export interface Standing {
  readonly rule: ResolvedRule
  readonly state: RuleState
}

/** Where no rule watches noData, s: as long as the default rule waits. */
const GONE = 3

/** Causes before what follows from them, so that both are judged by the same tick. */
export function byCause(a: ResolvedRule, b: ResolvedRule): number {
  return rank(a) - rank(b)
}

function rank({ metric, track, detail }: ResolvedRule): number {
  if (metric === 'noData') return track === null ? 0 : 1
  return metric === 'silence' && detail === null ? 2 : 3
}

/**
 * Whether what a rule watches is only a consequence of something that has its own alert: of a stream that does not
 * flow, of a track that does not, of silence. Then it is neither raised nor cleared.
 */
export function followsFromOther(rule: ResolvedRule, reading: MonitorReading, all: readonly Standing[]): boolean {
  const { needs } = METRICS[rule.metric]
  if (rule.metric === 'noData') {
    if (rule.track === null) return false
    return stands(all, null) || stopsAsWhole(rule, reading, rule.track)
  }
  if (needs === null) return false
  // A still picture takes few bits: that it is still has its own alert.
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

/** The other track has been away for about as long: the stream's own alert is about to come. */
function stopsAsWhole({ raise }: ResolvedRule, { values, tracks }: MonitorReading, track: Track): boolean {
  const [whole, one] = [values.noData ?? 0, tracks[track].noData ?? 0]
  return raises(raise, one) && whole > one / 2
}

/** By the rules that watch it, so that both begin at one moment; by the value where there are none. */
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
