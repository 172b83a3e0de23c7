/** What changed between two statuses of a channel, as events. */
import type { ChannelStatus, Reason } from '../../core/status.js'
import type { NewEvent } from '../store/event-log.js'

interface Phased {
  readonly name: string
  readonly phase: string
  readonly reason: Reason | null
}

/** Throws where a status is none. */
export function phaseChanges(id: string, before: ChannelStatus, after: ChannelStatus): NewEvent[] {
  const events: NewEvent[] = []
  if (before.phase !== after.phase) {
    events.push({
      type: 'channel-phase',
      message: `${id}: ${after.phase}${because(after.reason)}`,
      data: { phase: after.phase, before: before.phase, reason: after.reason },
    })
  }
  events.push(...partChanges(id, 'input', before.inputs, after.inputs))
  events.push(...partChanges(id, 'target', before.targets, after.targets))
  return events
}

function partChanges(id: string, kind: 'input' | 'target', before: readonly Phased[], after: readonly Phased[]) {
  const phases = new Map(before.map(({ name, phase }) => [name, phase]))
  return after
    .filter(({ name, phase }) => phases.has(name) && phases.get(name) !== phase)
    .map(({ name, phase, reason }) => ({
      type: `${kind}-phase`,
      message: `${id}: ${kind} ${name} ${phase}${because(reason)}`,
      data: { [kind]: name, phase, before: phases.get(name), reason },
    }))
}

const because = (reason: Reason | null) => (reason ? `: ${reason.message}` : '')
