import { badOption } from '../../core/check'
import { RxGstError } from '../../core/errors'
import { LeasedFrame, Lease, type Picture } from '../../core/frame'
import type { TransferredFrame } from '../../core/pictures/transferred-frame'
import type { VideoFrame } from '../../core/types'
import { native } from '../../addon/binding'
import { toPerformanceTime } from '../../addon/clock'
import { dropOverdue } from './moved-frames'
import { pictureWork } from './picture-work'

/**
 * The frame that another thread has sent with `frame.transfer()`. Its pixels are where they were: nothing is copied.
 * close() gives them back to the pool at once. ERR_FRAME_CLOSED: it has been received before, or came later than 10 s.
 *
 * @example
 * parentPort.on('message', message => {
 *   using frame = receiveFrame(message)
 *   parentPort.postMessage(classify(frame.data))
 * })
 */
export function receiveFrame(message: TransferredFrame): VideoFrame {
  if (message?.kind !== 'rxgst-frame' || typeof message.moved !== 'number')
    throw badOption('what frame.transfer() returns', 'message', message)
  const { kind, moved, arrival, droppedBefore, ...plain } = message
  // The timer that gives overdue frames back runs in the thread that sent them, which may be busy.
  dropOverdue()
  const taken = native().takeFrame(moved)
  if (!taken) throw new RxGstError('ERR_FRAME_CLOSED', 'this frame has been received before, or waited too long')
  const { buffer, lease } = taken
  const end = (): void => native().endLease(lease, buffer)
  const picture: Picture = {
    ...plain,
    arrivalTime: toPerformanceTime(arrival),
    lease: new Lease(new Uint8Array(buffer), end, pictureWork, lease),
  }
  return new LeasedFrame(picture, droppedBefore)
}
