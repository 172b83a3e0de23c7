import type { RxGstError } from '../../core/errors'
import { sameStream } from '../../core/url'
import { explainTimeout } from '../../engine/reach'
import { transportFor, type Transport } from '../../pipelines/transport'
import { Library } from '../record/library'
import { RecordTarget } from '../record/record'
import type { RecordedSegment } from '../record/types'
import { checkTransport, namedEncoder, type ResolvedOutputOptions } from '../options'
import type { Encoding } from './encoding'
import type { PublisherEvents, PublisherStats } from './publisher'
import { RecordConnection } from './record-connection'
import { srtDestination } from './srt/destination'
import { isSrt, targetUrl, type TargetAddress } from './target-url'
import type { TargetTools } from './target'

/** One connection to a destination, as its target sees it. Each attempt makes a new one. */
export interface Connection {
  readonly transport?: Transport
  readonly stats: PublisherStats
  /** Milliseconds of the stream that wait. */
  readonly queueMs: number
  /** Whether the peer has acknowledged what it took; null: unknown. */
  readonly acknowledged: boolean | null
  /** `publishBy`: as publishByUs() has it; null: the peer may be asked for the stream at any time. */
  start(publishBy: number | null): Promise<void>
  /** Waits until what was encoded has left, after the end of the encoders. */
  drain(deadline: number): Promise<void>
  /** Ends this connection alone: its queue leaves first. */
  goodbye(deadline: number): Promise<void>
  stop(deadline: number): Promise<void>
}

/** Where a target sends to, by its kind. */
export interface Destination {
  /** Safe to show. */
  readonly display: string
  /** What waits there tells nothing of a network. */
  readonly isRecording: boolean
  /** Whether it connects with its first picture, so that there must be one. */
  readonly needsPicture: boolean
  /** Whether both lead to the same place, even in another spelling. */
  same(target: TargetAddress): boolean
  /** A better reason for a time-out; null: none is known. */
  explain(error: RxGstError): Promise<RxGstError | null>
  open(encoding: Encoding, events: PublisherEvents): Connection
}

/** ERR_URL, ERR_OPTION. */
export function destinationOf(
  target: TargetAddress,
  options: ResolvedOutputOptions,
  tools: TargetTools,
  onSegment: (segment: RecordedSegment) => void,
): Destination {
  if (target instanceof RecordTarget) return recordDestination(target, options, tools, onSegment)
  if (isSrt(target)) return srtDestination(target, options, tools)
  return rtmpDestination(target, options, tools)
}

function rtmpDestination(
  target: Exclude<TargetAddress, RecordTarget>,
  options: ResolvedOutputOptions,
  tools: TargetTools,
): Destination {
  const url = targetUrl(target)
  checkTransport(options.transport, url)
  const transport = transportFor(options.transport)
  const { connectTimeout, stallTimeout, logger } = options
  return {
    display: url.display,
    isRecording: false,
    needsPicture: transport === 'librtmp',
    same(other) {
      try {
        return !(other instanceof RecordTarget) && sameStream(targetUrl(other), url)
      } catch {
        return false // it is no RTMP URL
      }
    },
    explain: error => explainTimeout(error, url, transport),
    open: (encoding, events) =>
      tools.connect(
        encoding,
        { url, transport, connectTimeout, stallTimeout, longestMs: tools.longestMs, logger },
        events,
      ),
  }
}

function recordDestination(
  target: RecordTarget,
  options: ResolvedOutputOptions,
  { clock }: TargetTools,
  onSegment: (segment: RecordedSegment) => void,
): Destination {
  const { stallTimeout, logger } = options
  target.checkCodec(namedEncoder(options))
  const library = new Library({ target, clock, logger, onSegment })
  return {
    display: target.folder,
    isRecording: true,
    needsPicture: false,
    same: other => other instanceof RecordTarget && other.folder === target.folder,
    explain: async () => null,
    open: (encoding, events) => new RecordConnection(encoding, { target, library, stallTimeout, clock }, events),
  }
}
