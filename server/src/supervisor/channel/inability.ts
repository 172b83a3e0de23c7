/**
 * Why a channel cannot run on this machine, whatever its peers do: its process refuses the configuration or ends again
 * and again, or all of its targets fail for something that is missing here. Another machine may have that.
 */
import { ERRORS, type ErrorCode } from 'rxgst/checks'
import type { ChannelStatus, Reason } from '../../core/status.js'

export class Inability {
  private refusal: Reason | null = null
  private loop: Reason | null = null

  /** Without a process until a later try. */
  refused(reason: Reason): void {
    this.refusal = reason
  }

  /** Once too often. */
  ended(reason: Reason): void {
    this.loop = reason
  }

  /** A process has its configuration; whether it goes on is not known. */
  configured(): void {
    this.refusal = null
  }

  /** Its process has run for long enough, or is not wanted. */
  well(): void {
    this.refusal = null
    this.loop = null
  }

  /** null: it can run, as far as is known. */
  reason({ phase, reason, targets }: ChannelStatus): Reason | null {
    // What is on air may stay so.
    if (targets.some(target => target.phase === 'live')) return null
    if (this.refusal ?? this.loop) return this.refusal ?? this.loop
    if (phase === 'failed') return reason
    const wanted = targets.filter(({ enabled }) => enabled)
    return wanted.every(target => target.reason !== null && isOfMachine(target.reason))
      ? (wanted[0]?.reason ?? null)
      : null
  }
}

/** Not of the peer, and not of the options. A code of the server itself is none of them. */
const isOfMachine = ({ code }: Reason): boolean => code in ERRORS && ERRORS[code as ErrorCode].fault === 'machine'
