import type { PixelAspectRatio, PixelFormat } from '../types'

/**
 * A frame on its way to another thread: plain data for postMessage(). The pixels are not in it. They wait in this
 * process until receiveFrame() takes them, 10 s at most.
 */
export interface TransferredFrame {
  /** What this is. */
  readonly kind: 'rxgst-frame'
  /** Names the pixels in this process. */
  readonly moved: number
  /** Width, pixels. */
  readonly width: number
  /** Height, rows. */
  readonly height: number
  /** The shape of a pixel. */
  readonly pixelAspectRatio: PixelAspectRatio
  /** The layout of the pixels. */
  readonly format: PixelFormat
  /** µs on the capture's timeline. */
  readonly timestamp: number
  /** µs. */
  readonly duration: number
  /** The frame's number in its capture. */
  readonly sequence: number
  /** Frames that the sender lost before this one. */
  readonly droppedBefore: number
  /** When the encoded picture arrived, µs of the system's monotonic clock, which all threads share. */
  readonly arrival: number
  /** Whether it is the first frame of a connection. */
  readonly discontinuity: boolean
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
