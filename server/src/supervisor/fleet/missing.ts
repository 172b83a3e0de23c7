/**
 * Channels that this worker runs and that the store does not have any more: somebody has deleted them, or the store
 * was restored from a backup, or is another one. A backup ends nothing that is live: a deletion is believed once a
 * heartbeat has confirmed that the store is as this worker left it, and else the channel is put there again.
 */
import { Problem } from '../../core/problem.js'
import type { FleetState, StoredChannel } from '../../fleet/fleet-state.js'
import type { Desired } from './desired.js'
import type { MemberHost, MemberOptions } from './member-options.js'

export interface MissingOptions extends Pick<MemberOptions, 'name' | 'ttlMs' | 'now'> {
  readonly state: Pick<FleetState, 'putChannel'>
  readonly host: Pick<MemberHost, 'running' | 'event'>
}

export class Missing {
  private readonly since = new Map<string, { readonly at: number; readonly stored: StoredChannel }>()
  private wentBackAt = Number.NEGATIVE_INFINITY

  /** @param confirmedAt when the last heartbeat was sent that the store has answered, by `now` */
  constructor(
    private readonly options: MissingOptions,
    private readonly confirmedAt: () => number,
  ) {}

  /** The store is not as this worker left it. */
  wentBack(): void {
    this.wentBackAt = this.options.now()
  }

  /** Reads what the store wants, and puts back what a restore has taken. Rejects with Problem. */
  async look(desired: Pick<Desired, 'refresh'>): Promise<void> {
    const missing = new Set<string>()
    await desired.refresh(stored => {
      if (this.isGone(stored)) return true
      missing.add(stored.name)
      return false
    })
    for (const channel of this.since.keys()) if (!missing.has(channel)) this.since.delete(channel)
    for (const [channel, { at, stored }] of this.since) {
      if (this.isRestored(at)) await this.putBack(channel, stored.document)
    }
  }

  private isGone(stored: StoredChannel): boolean {
    const { now, host } = this.options
    if (!host.running().includes(stored.name)) return true
    const { at } = this.since.get(stored.name) ?? { at: now() }
    this.since.set(stored.name, { at, stored })
    return !this.isRestored(at) && this.confirmedAt() > at
  }

  private async putBack(channel: string, document: unknown): Promise<void> {
    const { state, name, host } = this.options
    try {
      await state.putChannel(channel, document, { by: `${name} restore`, ifMatch: null })
    } catch (error) {
      // Another worker has done it meanwhile, or the API.
      if (error instanceof Problem && !error.retryable) return
      throw error
    }
    const message = `${channel}: the store had lost its configuration, and has it again`
    host.event({ type: 'fleet-document-restored', channel, message })
  }

  /** What was found out a little before the look, or after it, is of the same restore. */
  private isRestored(at: number): boolean {
    return this.wentBackAt > at - this.options.ttlMs
  }
}
