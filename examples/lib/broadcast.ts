import { setTimeout as sleep } from 'node:timers/promises'
import type { RTMPOutput } from 'rxgst'
import type { Programme } from './programme'

/** A frame later than this, ms, is skipped, as in a camera that was blocked: the output has filled its slot by then. */
const TOO_LATE = 100

export interface BroadcastOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly signal: AbortSignal
  /** Frame n is drawn and will be written now. */
  readonly onDrawn: (n: number) => void
}

/** Writes the programme as a camera would, each frame at its time. Ends with the signal. */
export async function broadcast(
  programme: Programme,
  output: RTMPOutput,
  { width, height, fps, signal, onDrawn }: BroadcastOptions,
): Promise<void> {
  const picture = new Uint8Array(width * height * 3)
  const begin = performance.now()
  for (let n = 0; !signal.aborted; n++) {
    const late = performance.now() - begin - (n * 1000) / fps
    if (late < 0) await sleep(-late, undefined, { signal }).catch(() => {})
    else if (late > TOO_LATE) n += Math.floor((late * fps) / 1000)
    if (signal.aborted) return
    programme.draw(n, picture)
    onDrawn(n)
    // After the await, the output has read the memory, so the next frame can be drawn into it.
    await output.writeFrameWithAudio(picture, programme.sound(n))
  }
}
