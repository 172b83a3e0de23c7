/**
 * A viewer of a channel's live picture: FLV over a WebSocket. A viewer that is more than a second behind loses what
 * comes up to the next keyframe; one that takes nothing for ten seconds is ended, and so is one that has vanished
 * without a word. Nothing is encoded for a viewer.
 */
import type { Observable, Subscription } from 'rxjs'
import type { WebSocket } from 'ws'
import type { PreviewFrame } from '../../core/server-port.js'
import { Problem } from '../../core/problem.js'

/** A viewer that waits longer loses frames. */
const BEHIND_MS = 1000
/** A second of 32 Mbit/s. */
const BEHIND_BYTES = 4 * 1024 * 1024
/** A viewer that takes nothing for so long is ended. */
const STUCK_MS = 10_000
const LOOK_MS = 1000
/** A viewer is asked in this time whether it is there: where nothing is sent, nothing else tells that it has gone. */
const PING_MS = 15_000

export const CLOSE = { ended: 1000, going: 1001, expired: 4401, failed: 4500 } as const

export interface PreviewCounts {
  open: number
  /** Frames that viewers lost. */
  dropped: number
  /** Viewers that were ended since they did not read. */
  ended: number
}

export interface ViewerClock {
  now(): number
}

export function showPreview(
  socket: WebSocket,
  frames: Observable<PreviewFrame>,
  stillValid: () => boolean,
  counts: PreviewCounts,
  clock: ViewerClock,
): void {
  /** When the frames were given to the socket that it has not passed on yet. */
  const waiting: number[] = []
  let skipping = false
  /** Header and configurations that the viewer was too slow for: what follows them needs them. */
  let missed: PreviewFrame | null = null
  let subscription: Subscription | null = null
  /** Since the last ping. */
  let alive = true
  let pingedAt = clock.now()
  counts.open++

  const behind = () =>
    socket.bufferedAmount > BEHIND_BYTES || (waiting.length > 0 && clock.now() - waiting[0]! > BEHIND_MS)

  const show = (frame: PreviewFrame) => {
    if (socket.readyState !== socket.OPEN) return
    if (skipping ? !(frame.start || frame.keyframe) || behind() : behind()) {
      skipping = true
      if (frame.start) missed = frame
      counts.dropped++
      return
    }
    skipping = false
    if (missed && !frame.start) send(missed)
    missed = null
    send(frame)
  }

  const send = ({ bytes }: PreviewFrame) => {
    waiting.push(clock.now())
    socket.send(bytes, { binary: true }, () => {
      waiting.shift()
      // The ping waits behind what a slow viewer has not taken yet.
      alive = true
    })
  }

  const look = setInterval(() => {
    const isStuck = waiting.length > 0 && clock.now() - waiting[0]! > STUCK_MS
    const asks = clock.now() - pingedAt >= PING_MS
    if (isStuck || (asks && !alive)) {
      counts.ended++
      socket.terminate()
    } else if (!stillValid()) socket.close(CLOSE.expired, 'the session is over')
    else if (asks) {
      alive = false
      pingedAt = clock.now()
      socket.ping()
    }
  }, LOOK_MS)
  socket.on('pong', () => (alive = true))

  socket.on('close', () => {
    counts.open--
    clearInterval(look)
    subscription?.unsubscribe()
  })
  // A broken connection closes as well.
  socket.on('error', () => undefined)
  subscription = frames.subscribe({
    next: show,
    error: (error: unknown) => socket.close(CLOSE.failed, error instanceof Problem ? error.code : 'ERR_INTERNAL'),
    complete: () => socket.close(CLOSE.ended, 'the stream ended'),
  })
  if (socket.readyState === socket.CLOSED) subscription.unsubscribe()
}
