/** What a channel tells: events, and lines of its process for the log. No secrets, and not too many of either. */
import { maskDeep, type Secrets } from '../mask.js'
import type { NewEvent } from '../store/event-log.js'
import { Allowance } from './allowance.js'
import type { ChannelDeps } from './channel-deps.js'

const MOST_EVENTS_A_SECOND = 20
const MOST_LOGS_A_SECOND = 50
const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const isLevel = (level: string): level is (typeof LEVELS)[number] => LEVELS.some(known => known === level)
/** Told from the statuses, so that each change is told once, whoever sees it. */
const PHASE_EVENTS: ReadonlySet<string> = new Set(['channel-phase', 'input-phase', 'target-phase'])

export class Voice {
  private readonly events = new Allowance(MOST_EVENTS_A_SECOND)
  private readonly logs = new Allowance(MOST_LOGS_A_SECOND)

  constructor(
    private readonly id: string,
    private readonly deps: Pick<ChannelDeps, 'event' | 'log' | 'dropped'>,
    private readonly secrets: Secrets,
  ) {}

  tell(type: string, message: string, data: NewEvent['data'] = {}): void {
    if (this.events.take()) this.deps.event({ type, channel: this.id, message, data })
    else this.deps.dropped(1)
  }

  /** An event of the process. */
  event({ type, message, data }: NewEvent): void {
    if (PHASE_EVENTS.has(type)) return
    this.tell(String(type), this.masked(String(message)), this.masked(data ?? {}))
  }

  /** A line of the process. */
  log(level: string, message: unknown): void {
    if (this.logs.take() && isLevel(level)) this.deps.log[level]({ channel: this.id }, this.masked(String(message)))
  }

  /** Plain data without secrets. */
  masked<T>(value: T): T {
    return maskDeep(value, this.secrets.mask)
  }
}
