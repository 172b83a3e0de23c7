/** What the supervisor and the process of the embedded RTMP server say to each other: core/wire.ts's way. */
import type { WireError } from '../core/wire.js'

/** A process that listens at another address keeps it, and says so. */
export const OTHER_ADDRESS = 'ERR_INGEST_ADDRESS'

export type ToIngest =
  | {
      readonly type: 'configure'
      readonly id: number
      readonly host: string
      readonly port: number
      /** The streams that may be sent, with their keys; null: without a key. */
      readonly streams: Readonly<Record<string, string | null>>
    }
  | { readonly type: 'stop' | 'hand-over'; readonly id: number; readonly deadlineMs: number }
  | { readonly type: 'ping'; readonly id: number }

export type FromIngest =
  | { readonly type: 'hello'; readonly pid: number; readonly version: string }
  | { readonly type: 'done'; readonly id: number; readonly error: WireError | null }
  | { readonly type: 'event'; readonly event: IngestEvent }

export interface IngestEvent {
  readonly type: 'ingest-started' | 'ingest-ended' | 'ingest-refused' | 'ingest-malformed'
  /** Of a refusal, or of what is no RTMP: null, since its name may hold a key. */
  readonly stream: string | null
  readonly address: string
  /** Refusals before this one that were too many to tell. */
  readonly untold?: number
}
