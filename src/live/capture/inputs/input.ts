import type { Timeline, TrackGate } from '../../../addon/capture'
import type { ElementHandle } from '../../../addon/gst'
import type { HlsStats } from '../../../core/addresses/hls-stats'
import type { ErrorCode, RxGstError } from '../../../core/errors'
import type { CaptureInfo } from '../../../core/types'
import type { GstFault } from '../../../engine/fault'
import type { InputGraph } from '../../../pipelines/inputs/input-graph'
import type { Position } from '../../hls/schedule'
import type { ResolvedCaptureOptions } from '../../options'

/** How the media of a capture come, as `info` tells it. */
export type CaptureTransport = CaptureInfo['transport']

/** One connection's head of the graph, and what it needs besides. */
export interface OpenInput {
  readonly graph: InputGraph
  /**
   * The pipeline is made, and does not play yet.
   * @param fail tells that the input cannot go on
   */
  built?(source: ElementHandle, fail: (error: RxGstError) => void): void
  close?(): void
}

/** What an input needs that feeds its demuxers itself. */
export interface FedTracks {
  element(name: string): ElementHandle
  readonly gate: TrackGate
  readonly timeline: Timeline
  /** A playlist has come to its end. */
  onOver(): void
}

/** The demuxers of an input that feeds them itself. */
export interface Feeds {
  /** Bytes that have come for them. */
  received(): number
  /** How far the demuxer of this kind is; null: both kinds come through one. */
  progress(kind: 'video' | 'audio'): FeedProgress | null
  close(): void
}

/** 'first': something of the first segment is still to come. 'over': nothing comes any more. */
export type FeedProgress = 'first' | 'further' | 'over'

/**
 * What differs between the addresses of a capture: how the graph begins, what its errors mean, how it ends. All that
 * stands behind the two tracks is common: gates, limits, parsers, decoders, taps, meters, and reconnects.
 */
export interface CaptureInput {
  /** The address, safe to show. */
  readonly display: string
  readonly secrets: readonly string[]
  readonly transport: CaptureTransport
  /** Element with a pad for each track; null: that of RTMP, whose tracks have a gate of their own. */
  readonly tracks: string | null
  /** Whether the pads of the tracks carry RTP. */
  readonly payloads?: boolean
  /** Whether the segments of its demuxer place the tracks, as those of edit lists do. Default true. */
  readonly followsSegments?: boolean
  /** Whether packets come faster than they play, and are held back until it is their time. */
  readonly paced?: boolean
  /** Whether the bytes of its socket include those of certificates. */
  readonly secure?: boolean
  /** Whether an error may go away by another connection. Default true. */
  readonly retries?: boolean
  /** After the end: 'retry', since a publisher may come back; 'end'; 'replace': from the start again, at once. */
  readonly atEnd: 'retry' | 'end' | 'replace'
  /** Whether settle() has nothing to wait for. */
  readonly settled: boolean
  /**
   * Looks at what the graph depends on, before each connection; rejects where nothing can come.
   * @param stopped aborts when nobody waits any more
   */
  settle(options: ResolvedCaptureOptions, stopped: AbortSignal): Promise<void>
  open(options: ResolvedCaptureOptions): OpenInput
  /** Whether sound comes through a demuxer of its own, and not through `tracks`. Default false. */
  readonly apart?: boolean
  /** Begins to feed the demuxers. */
  feed?(tracks: FedTracks): Feeds
  /** Whether the JS thread fetches, so that nothing comes while an iterator blocks it. Default false. */
  readonly fetches?: boolean
  /** Of a playlist: where the last connection was, from which the next one goes on. */
  position?: Position | null
  /** Counters of all connections of a playlist. */
  hls?(): HlsStats
  /** The code of a bus error; null: what faultCode() of all graphs says. */
  fault(fault: GstFault, wasLive: boolean): ErrorCode | null
  /** Why nothing has come in time; null: nobody knows. */
  overdue(source: ElementHandle): RxGstError | null
  /** A better reason for a time-out; null: there is none. */
  explain(error: RxGstError): Promise<RxGstError | null>
  /** Whether the next connection goes another way, and so begins at once. */
  replaced?(error: RxGstError): boolean
}
