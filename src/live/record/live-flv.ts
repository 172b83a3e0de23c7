import { Observable } from 'rxjs'
import { native } from '../../addon/binding'
import type { PacketListener } from '../../addon/record'
import type { Capture } from '../capture/capture'
import type { Output } from '../output/output'
import type { Relay } from '../relay/relay'

/** Of a second of 60 Mbit/s: no JavaScript that keeps up has so much waiting. */
const MOST_BYTES = 8 << 20

/** A part of a live stream as FLV: whole tags, in the order of the stream. */
export interface FlvChunk {
  /** The tags; of a start also the header of the file. */
  readonly bytes: Uint8Array
  /**
   * The header and the configurations alone. It comes first, and again where a codec, a size or the source changes:
   * what follows is another stream, and begins with a keyframe.
   */
  readonly start: boolean
  /** It begins with a keyframe, or the stream has no pictures: behind the last start, a player may begin here. */
  readonly keyframe: boolean
}

/** Where a stream has its packets for flv(): no part of its surface. */
export const FLV: unique symbol = Symbol('flv')

/** Who has packets. */
export interface FlvSource {
  /** Gives packets to a listener; returns how it ends. ERR_NOT_RUNNING. */
  join(listener: PacketListener): () => void
  /** Ends when nothing more comes. */
  readonly end$: Observable<unknown>
}

/**
 * The packets of a stream as live FLV, as they come: of a capture what it receives, also with `decode: false`; of a
 * relay and an output what they send. For players in browsers (mpegts.js) by a WebSocket or HTTP, and for programs that
 * read FLV. H.264, HEVC and AV1, with AAC; other tracks are left out.
 *
 * Cold: each subscription begins with the next keyframe, which an output makes for it, and has a queue of 8 MiB; what
 * the event loop does not take in time is lost up to the next keyframe. Without subscriptions, it costs nothing.
 * Reconnects of a capture begin another stream (`start`). A stream of sound alone begins after 8 s without a picture.
 * Completes when the source stops or fails. Of an output with several encodes it is the one of its own options, else
 * its first, and completes when that one ends. ERR_NOT_RUNNING (to the subscriber): the output or
 * the relay does not run.
 *
 * @example
 * flv(relay).subscribe(({ bytes }) => response.write(bytes))
 */
export function flv(source: Capture | Output | Relay): Observable<FlvChunk> {
  return new Observable(subscriber => {
    const { join, end$ }: FlvSource = source[FLV]
    const tap = new (native().FlvTap)(MOST_BYTES, () => {
      for (const piece of tap.take()) subscriber.next(piece)
      if (tap.over()) subscriber.complete()
    })
    subscriber.add(() => tap.close())
    subscriber.add(join(tap.listener()))
    const complete = (): void => {
      // What came before the end may still wait.
      for (const piece of tap.take()) subscriber.next(piece)
      subscriber.complete()
    }
    subscriber.add(end$.subscribe({ complete, error: complete }))
  })
}
