import type { VideoFrame } from '../types'

/** What of a frame does not go through postMessage(), or differs there. */
type Alive = 'data' | 'arrivalTime' | 'clone' | 'close' | 'toJPEG' | 'toPNG' | 'transfer' | typeof Symbol.dispose

/**
 * A frame on its way to another thread: plain data for postMessage(). The pixels are not in it. They wait in this
 * process until receiveFrame() takes them, 10 s at most.
 */
export interface TransferredFrame extends Omit<VideoFrame, Alive> {
  /** What this is. */
  readonly kind: 'rxgst-frame'
  /** Names the pixels in this process. */
  readonly moved: number
  /** When the encoded picture arrived, µs of the system's monotonic clock, which all threads share. */
  readonly arrival: number
  /** The colours of YUV, for rxgst alone. */
  readonly color: number
}

/** How a frame goes to another thread. */
export interface FrameTransfer {
  /**
   * Closes this handle and gives the frame to another thread without a copy: postMessage() what it returns, and call
   * receiveFrame() there. Where other handles are open, both threads see the same pixels. ERR_FRAME_CLOSED.
   */
  transfer(): TransferredFrame
}
