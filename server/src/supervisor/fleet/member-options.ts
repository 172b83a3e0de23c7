/** What a member of a fleet is given, and what it has seen. */
import type { ChannelConfig } from '../../core/schema.js'
import type { Reason } from '../../core/status.js'
import type { FleetState } from '../../fleet/fleet-state.js'
import type { LeaseStore, LeaseView, WorkerView } from '../../fleet/lease-store.js'
import type { WorkerMemory } from '../../fleet/memory.js'
import type { NewEvent } from '../store/event-log.js'
import type { Costs } from './costs.js'
import type { Desired } from './desired.js'

/** Who runs the channels of this worker. */
export interface MemberHost {
  /** Those that have a process, or shall have one. */
  running(): readonly string[]
  /** Starts its process, with closed gates; one that is no holder's records nothing. A second call does nothing. */
  run(channel: string, isHolder: boolean): Promise<void>
  /** Resolves when its process is gone. */
  stop(channel: string, deadlineMs?: number): Promise<void>
  /** Its programme is there, and only its targets wait. */
  isReady(channel: string): boolean
  /** It cannot be started here, such as for a secret that is not on this machine. */
  hasFault(channel: string): boolean
  /** Why it cannot run here, whatever its peers do; null: it can, as far as is known. Nothing of it is on air then. */
  cannotRun(channel: string): Reason | null
  configOf(channel: string): ChannelConfig | null
  /**
   * Its targets may connect for so long from a time of the member's clock on. `endAfterMs`: where it hears nothing else
   * until then, its process ends by itself.
   */
  allow(channel: string, forMs: number, sinceMs: number, endAfterMs?: number): void
  event(event: NewEvent): void
  raise(rule: string, severity: 'warning' | 'critical', message: string): void
  clear(rule: string): void
}

export interface MemberOptions {
  readonly name: string
  readonly session: string
  readonly version: string
  readonly ttlMs: number
  readonly capacityCores: number
  readonly store: LeaseStore
  readonly state: FleetState
  readonly memory: WorkerMemory
  readonly desired: Desired
  readonly costs: Costs
  readonly host: MemberHost
  /** bootMs(), or a test's. */
  readonly now: () => number
}

export interface Seen {
  /** By `now`; null: the store has not answered yet. */
  readonly at: number | null
  readonly leases: ReadonlyMap<string, LeaseView>
  readonly workers: readonly WorkerView[]
  readonly drains: ReadonlySet<string>
  readonly waits: ReadonlyMap<string, string>
}

export const NOTHING_SEEN: Seen = { at: null, leases: new Map(), workers: [], drains: new Set(), waits: new Map() }

/** Of all clocks of a member: `now` alone is another one's. */
export const TIMERS = {
  setTimeout: (callback: () => void, ms: number): unknown => setTimeout(callback, ms),
  clearTimeout: (timer: unknown): void => clearTimeout(timer as NodeJS.Timeout),
}

/** A process that has to be gone by the end of the TTL has this part of it, less what a kill takes. */
const LOSS_STOP_PART = 0.3
const LOSS_KILL_MS = 1000
const LEAST_LOSS_STOP_MS = 100
/** A process ends by itself a little later than its server should have ended it. */
export const OWN_END_PART = 0.05
/** The same, of what another server has left: its last renewal may be a sixth of the TTL old, and its end took time. */
export const ADOPTED_PART = 0.3

/** For its stop, ms; then it is killed. */
export const lossStopMs = (ttlMs: number): number => Math.max(LEAST_LOSS_STOP_MS, LOSS_STOP_PART * ttlMs - LOSS_KILL_MS)
