/** The status of a channel, by what its parts tell. Pure. */
import type { ChannelPhase, ChannelStatus, InputStatus, Reason, TargetStatus } from '../core/status.js'

export interface Standing {
  /** By configuration. */
  readonly enabled: boolean
  readonly stopping: boolean
  readonly inputs: readonly InputStatus[]
  readonly targets: readonly TargetStatus[]
  /** The fill goes out, or the slate's video. */
  readonly filling: boolean
  /** The channel has been live or filling. */
  readonly hasBegun: boolean
}

/** Phase, reason and time of the next try. */
export type Judgement = Pick<ChannelStatus, 'phase' | 'reason' | 'nextRetryAt'>

export function judge(standing: Standing): Judgement {
  const phase = phaseOf(standing)
  if (phase === 'live' || phase === 'stopped' || phase === 'stopping') return { phase, reason: null, nextRetryAt: null }
  const bad = [...(inputLive(standing) ? [] : standing.inputs), ...standing.targets.filter(({ enabled }) => enabled)]
  const times = bad.map(({ nextRetryAt }) => nextRetryAt).filter(at => at !== null)
  const reason = bad.find(it => it.reason !== null)?.reason ?? null
  return { phase, reason, nextRetryAt: times.length > 0 ? Math.min(...times) : null }
}

const inputLive = ({ inputs }: Standing): boolean => inputs.some(({ onAir }) => onAir)

function phaseOf(standing: Standing): ChannelPhase {
  const { enabled, stopping, targets, filling, hasBegun } = standing
  if (stopping) return 'stopping'
  if (!enabled) return 'stopped'
  const wanted = targets.filter(it => it.enabled)
  // A channel without targets shows its input alone, and that is all that is asked of it.
  const sends = wanted.length === 0 || wanted.some(({ phase }) => phase === 'live')
  if (sends && inputLive(standing)) return 'live'
  if (sends && filling) return 'filling'
  return hasBegun ? 'reconnecting' : 'starting'
}

export interface ChannelChange {
  readonly type: string
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The events between two statuses; null: there was none before. */
export function changesBetween(before: ChannelStatus | null, after: ChannelStatus): ChannelChange[] {
  const changes: ChannelChange[] = []
  if (before?.phase !== after.phase) {
    const { phase, reason } = after
    changes.push({
      type: 'channel-phase',
      message: `the channel is ${phase}${because(reason)}`,
      data: { phase, reason },
    })
  }
  if (before && (before.phase === 'filling') !== (after.phase === 'filling')) {
    const begins = after.phase === 'filling'
    const message = begins ? 'no input is on air, and the fill goes out' : 'the fill has ended'
    changes.push({ type: 'fill', message, data: { filling: begins } })
  }
  changes.push(...phases('input', before?.inputs ?? [], after.inputs))
  changes.push(...phases('target', before?.targets ?? [], after.targets))
  const [from, to] = [before?.inputs.find(({ onAir }) => onAir)?.name, after.inputs.find(({ onAir }) => onAir)?.name]
  if (to !== undefined && from !== to)
    changes.push({ type: 'switch', message: `input ${to} is on air`, data: { from: from ?? null, to } })
  return changes
}

type Named = Pick<InputStatus, 'name' | 'phase' | 'reason'>

function phases(kind: 'input' | 'target', before: readonly Named[], after: readonly Named[]): ChannelChange[] {
  return after
    .filter(({ name, phase }) => before.find(other => other.name === name)?.phase !== phase)
    .map(({ name, phase, reason }) => ({
      type: `${kind}-phase`,
      message: `${kind} ${name} is ${phase}${because(reason)}`,
      data: { [kind]: name, phase, reason },
    }))
}

const because = (reason: Reason | null): string => (reason ? `: ${reason.code}` : '')
