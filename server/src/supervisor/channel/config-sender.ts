/**
 * Gives a process its configuration, and what its lease allows. What one that is on air does not take is an alert, and
 * costs nothing else.
 */
import { bootMs } from '../../core/boot-clock.js'
import { Problem } from '../../core/problem.js'
import type { Reason } from '../../core/status.js'
import type { FromChannel, ToChannel } from '../../core/wire.js'
import type { Child } from '../child/child.js'
import type { AlertBook } from '../store/alert-book.js'
import type { Wanted } from './channel-deps.js'

/** A channel that does not know its configuration by then is killed. */
const CONFIGURE_DEADLINE_MS = 30_000
const ALLOW_DEADLINE_MS = 10_000
const RESTART_NEEDED = 'ERR_RESTART_NEEDED'
const RESTART_PENDING = 'restart-pending'
const REFUSED = 'config-refused'

/** What a process is told. */
type Told = Pick<Wanted, 'given' | 'network'>
type Process = Child<FromChannel, ToChannel>
/** What a lease allows. */
type Allowed = Pick<Extract<ToChannel, { type: 'may-connect' }>, 'forMs' | 'sinceMs' | 'endAfterMs'>

export class ConfigSender {
  /** Part of the configuration waits for a restart. */
  restartPending = false
  /** Something that the configuration needs was not there when it came, such as a secret. */
  isFaulty = false
  /** What the lease allows, for a process that begins later; null: nobody has said so. */
  private allowed: Allowed | null = null

  /** @param leased the targets connect only while `mayConnect` allows it */
  constructor(
    private readonly id: string,
    private readonly alerts: AlertBook,
    private readonly leased: boolean,
  ) {}

  /**
   * The targets may connect for so long from a time of bootMs() on; 0: no longer. What is live goes on, unless
   * `endAfterMs` says when the process ends by itself. Without a process the next one is told. Rejects with Problem: it
   * does not answer, or does not know it.
   */
  async mayConnect(child: Process | null, forMs: number, sinceMs = bootMs(), endAfterMs?: number): Promise<void> {
    this.allowed = { forMs, sinceMs, endAfterMs }
    try {
      await child?.request({ type: 'may-connect', ...this.allowed }, ALLOW_DEADLINE_MS)
    } catch (error) {
      if ((error as Problem).code !== 'ERR_CHANNEL_GONE') throw error
    }
  }

  /** Before a configuration, so that it does not wait for the next word; one that was taken over may have missed it. */
  private repeat(child: Process): void {
    if (!this.leased || !this.allowed) return
    // An older one does not know it, and has no lease to keep.
    child.request({ type: 'may-connect', ...this.allowed }, ALLOW_DEADLINE_MS).catch(() => {})
  }

  /** The first configuration of a process. Rejects with Problem. */
  async begin(child: Process, wanted: Told): Promise<void> {
    this.repeat(child)
    try {
      await child.request(this.message(wanted), CONFIGURE_DEADLINE_MS)
      this.clear()
    } catch (error) {
      if (isRefusal(error)) this.tell(error)
      throw error
    }
  }

  /**
   * A later one. What needs a restart stays as the process has it, unless `mayRestart`: then nothing is changed and the
   * channel has to be restarted. Resolves with what was not taken; rejects with Problem where the process says nothing.
   */
  async change(child: Process, wanted: Told, mayRestart: boolean): Promise<Problem | 'restart' | null> {
    this.repeat(child)
    try {
      await child.request(this.message(wanted), CONFIGURE_DEADLINE_MS)
      this.clear()
      return null
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (error.code === RESTART_NEEDED && mayRestart) return 'restart'
      this.tell(error)
      try {
        await child.request({ ...this.message(wanted), onAirOnly: true }, CONFIGURE_DEADLINE_MS)
      } catch (second) {
        // The alert has told of it.
        if (!isRefusal(second)) throw second
      }
      return error
    }
  }

  /** Raises the alert of what is not taken. */
  tell({ code, message }: Pick<Problem, 'code' | 'message'>): void {
    this.restartPending = code === RESTART_NEEDED
    const [rule, other] = this.restartPending ? [RESTART_PENDING, REFUSED] : [REFUSED, RESTART_PENDING]
    const what = this.restartPending ? 'a restart is pending' : 'its process does not take its configuration'
    this.alerts.clearOwn(this.id, other)
    this.alerts.raiseOwn(this.id, rule, 'warning', `${this.id}: ${what}: ${message}`)
  }

  /** The same, of what its process was not asked for. */
  tellFault(fault: Reason): void {
    this.isFaulty = true
    this.tell(fault)
  }

  /** All of it was taken, or the channel does not run. */
  clear(): void {
    this.restartPending = false
    this.isFaulty = false
    for (const rule of [RESTART_PENDING, REFUSED]) this.alerts.clearOwn(this.id, rule)
  }

  private message({ given, network }: Told) {
    return { type: 'configure' as const, name: this.id, config: given, network, leased: this.leased }
  }
}

/** For comparisons. */
export const toldOf = ({ given, network }: Told): string => JSON.stringify([given, network])

/** The configuration is at fault: the same one is refused again. */
export function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.fault === 'options' && !error.retryable && error.code !== 'ERR_CHANNEL_GONE'
}
