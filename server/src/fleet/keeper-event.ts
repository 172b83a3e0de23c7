/** What a keeper of leases tells of. */
import type { Problem } from '../core/problem.js'

export type KeeperEvent =
  /**
   * The store has confirmed that these channels are this worker's: they may connect for a third of the TTL, from
   * `confirmedAtMs` of the keeper's clock on. Each renewal, and each acquire that was granted.
   */
  | { readonly type: 'renewed'; readonly channels: readonly string[]; readonly confirmedAtMs: number }
  /** Nothing new connects; what is live goes on. The alert 'control-plane-lost'. Again where its cause changes. */
  | { readonly type: 'store-lost'; readonly problem: Problem }
  | { readonly type: 'store-back'; readonly awayMs: number }
  /** The store was restored from a backup, or its clock was set: leases are claimed back. */
  | { readonly type: 'store-went-back' }
  /** `by`: the worker that has the lease now, where it is known. */
  | { readonly type: 'superseded'; readonly channel: string; readonly by: string | null }
  /** Another process has this worker's name. */
  | { readonly type: 'replaced' }
  /** The disk does not take what the worker has to remember. */
  | { readonly type: 'memory-failed'; readonly code: string }
