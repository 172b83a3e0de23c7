/**
 * What the supervisor and a channel's process say to each other, over a Unix socket: frames of a JSON header and bytes.
 * Secrets pass here alone, from the supervisor to the process.
 */
import type { ChannelConfig } from './schema.js'
import type { ChannelStatus, Sample, ServerEvent } from './status.js'

export type Side = 'in' | 'out'

/** From the supervisor. `id` numbers a request; the process answers it by 'done'. */
export type ToChannel =
  /** The first frame: what the channel is, with its secrets in place. A later one changes what can change live. */
  | {
      readonly type: 'configure'
      readonly id: number
      readonly name: string
      readonly config: ChannelConfig
      /** Where it may connect; undefined: everywhere. */
      readonly network?: NetworkRules
      /** Of a later one: what needs a restart is left out of it, in place of a refusal of the whole. */
      readonly onAirOnly?: boolean
      /** The channel has a lease: its targets connect only while 'may-connect' allows it, which may come before. */
      readonly leased?: boolean
    }
  /**
   * The targets of a leased channel may connect until `forMs` after `sinceMs`, a time of bootMs(): a message that waits
   * is worth no more than one that is read at once. 0: no longer. What is live stays, unless `endAfterMs` says that the
   * channel ends by itself so long after `sinceMs` where it hears nothing else until then: its targets take two
   * publishers, and the supervisor may stand still.
   */
  | {
      readonly type: 'may-connect'
      readonly id: number
      readonly forMs: number
      readonly sinceMs: number
      readonly endAfterMs?: number | undefined
    }
  | { readonly type: 'switch'; readonly id: number; readonly input: string }
  | { readonly type: 'target-start' | 'target-stop'; readonly id: number; readonly target: string }
  | { readonly type: 'preview-open' | 'preview-close'; readonly id: number; readonly side: Side }
  /** Somebody looks at the channel: thumbnails for the next 30 s. */
  | { readonly type: 'thumbnails'; readonly id: number }
  | { readonly type: 'stop'; readonly id: number; readonly deadlineMs: number }
  /** The supervisor goes away for an upgrade: go on without one for that long. */
  | { readonly type: 'hand-over'; readonly id: number; readonly deadlineMs: number }
  | { readonly type: 'ping'; readonly id: number }

/** Where a channel's streams may connect. */
export interface NetworkRules {
  /** False: not into private networks, whatever a name resolves to. */
  readonly privateAddresses: boolean
  /** `host:port` of the embedded server, which may be private. */
  readonly except: readonly string[]
}

/** From the process. */
export type FromChannel =
  | { readonly type: 'hello'; readonly pid: number; readonly version: string; readonly name: string | null }
  | { readonly type: 'done'; readonly id: number; readonly error: WireError | null }
  | { readonly type: 'status'; readonly status: ChannelStatus }
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'event'; readonly event: Pick<ServerEvent, 'type' | 'message' | 'data'> }
  /** A raise or a clear: the library's Alert. */
  | { readonly type: 'alert'; readonly alert: Readonly<Record<string, unknown>> }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }
  /** Text of Prometheus, for /metrics. */
  | { readonly type: 'metrics'; readonly text: string }
  /** The frame's bytes are a JPEG. */
  | { readonly type: 'thumbnail'; readonly at: number }
  /**
   * The frame's bytes are FLV. `start`: header and configuration, then a keyframe. `keyframe`: a viewer may begin or go
   * on here.
   */
  | { readonly type: 'preview'; readonly side: Side; readonly start: boolean; readonly keyframe: boolean }
  | { readonly type: 'preview-end'; readonly side: Side; readonly reason: string }

export interface WireError {
  readonly code: string
  readonly message: string
  readonly fault: string
  readonly retryable: boolean
  readonly remedy: string
}
