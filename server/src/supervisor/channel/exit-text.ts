import type { ChildExit } from '../child/child.js'
import type { NewEvent } from '../store/event-log.js'

/** Why a process ended, in words. */
export function exitText({ code, signal, killed }: ChildExit): string {
  if (killed !== null) return `killed, since ${killed}`
  if (signal !== null) return `signal ${signal}`
  return code === null ? 'unknown, since another supervisor had started it' : `exit code ${code}`
}

export function exitEvent(channel: string, exit: ChildExit, nextRetryAt: number | null): NewEvent {
  const { code, signal, killed, stderr, ranMs } = exit
  return {
    type: 'channel-exit',
    channel,
    message: `${channel}: its process ended: ${exitText(exit)}`,
    data: { code, signal, killed, stderr, ranMs: Math.round(ranMs), nextRetryAt },
  }
}
