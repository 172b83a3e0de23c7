/** Live pictures of a channel for browsers: the packets that come in, or those that go out, as FLV. */
import { defer, distinctUntilChanged, NEVER, switchMap, type Observable, type Subscription } from 'rxjs'
import type { Capture, Output, Relay } from 'rxgst'
import type { Side } from '../core/wire.js'

export interface FlvPiece {
  readonly bytes: Uint8Array
  /** Header and configurations alone; what follows begins with a keyframe. */
  readonly start: boolean
  readonly keyframe: boolean
}

/** Cold: nothing is copied before a subscription. */
export type FlvSource = (source: Relay | Output | Capture) => Observable<FlvPiece>

export type PreviewStream = Relay | Output | Capture

export interface PreviewEvents {
  /** False: it was not taken. */
  onPiece(side: Side, piece: FlvPiece): boolean
  onEnd(side: Side, reason: string): void
}

/** The previews that are open: at most one a side, which the supervisor hands to all its viewers. */
export class Previews {
  readonly #flv: FlvSource
  readonly #events: PreviewEvents
  readonly #open = new Map<Side, Subscription>()

  constructor(flv: FlvSource, events: PreviewEvents) {
    this.#flv = flv
    this.#events = events
  }

  /** @param stream$ what is shown now; null: nothing, and the viewer waits */
  open(side: Side, stream$: Observable<PreviewStream | null>): void {
    this.close(side)
    // Where the socket is full, the viewer goes on with a keyframe, behind the configurations that it has missed.
    let waits = false
    let missed: FlvPiece | null = null
    const send = (piece: FlvPiece): void => {
      waits = !this.#events.onPiece(side, piece)
      if (piece.start) missed = waits ? piece : null
    }
    const pieces$ = stream$.pipe(
      distinctUntilChanged(),
      // A stream that ends gives its place to the next one.
      switchMap(stream => (stream ? defer(() => this.#flv(stream)) : NEVER)),
    )
    this.#open.set(
      side,
      pieces$.subscribe({
        next: piece => {
          if (waits && !piece.start && !piece.keyframe) return
          if (missed && !piece.start) send(missed)
          if (!missed || piece.start) send(piece)
        },
        error: (error: unknown) => this.#end(side, error instanceof Error ? error.message : 'the preview has failed'),
        complete: () => this.#end(side, 'the stream has ended'),
      }),
    )
  }

  #end(side: Side, reason: string): void {
    this.#open.delete(side)
    this.#events.onEnd(side, reason)
  }

  close(side: Side): void {
    this.#open.get(side)?.unsubscribe()
    this.#open.delete(side)
  }

  closeAll(): void {
    for (const side of [...this.#open.keys()]) this.close(side)
  }
}
