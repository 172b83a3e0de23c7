import { RxGstError } from '../../core/errors'
import type { Picture } from '../../core/frame'
import type { TransferredFrame } from '../../core/pictures/transferred-frame'
import { native } from '../../addon/binding'
import { fromPerformanceTime } from '../../addon/clock'

/** A receiver that has not taken a frame by then has ended, or has lost the message. */
const MOST_UNDERWAY_MS = 10_000
const SWEEP_MS = 1000

let sweeping: NodeJS.Timeout | null = null

/** Gives back what nobody has received in time; how many frames are still on their way. */
export function dropOverdue(): number {
  return native().dropMoved(MOST_UNDERWAY_MS)
}

/** The same, again and again until all have arrived. */
function sweepLater(): void {
  if (sweeping) return
  sweeping = setTimeout(() => {
    sweeping = null
    if (dropOverdue() > 0) sweepLater()
  }, SWEEP_MS).unref()
}

/** Puts the pixels of a frame on their way. The handle stays open. */
export function moveFrame({ lease, arrivalTime, color = 0, ...plain }: Picture, dropped: number): TransferredFrame {
  const moved = native().moveFrame(lease.number)
  if (moved === 0) throw new RxGstError('ERR_FRAME_CLOSED', 'the pixels of this frame were given back')
  sweepLater()
  const arrival = fromPerformanceTime(arrivalTime)
  return { kind: 'rxgst-frame', moved, ...plain, droppedBefore: dropped, arrival, color }
}
