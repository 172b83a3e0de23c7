import { setTimeout as sleep } from 'node:timers/promises'
import type { RTMPOutput } from 'rxgst'
import type { Programme } from './programme'

/**
 * A picture later than this is left out, as a camera does that was held up, ms: an output has filled its place by then.
 */
const TOO_LATE = 100

export interface BroadcastOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly signal: AbortSignal
  /** Picture n has been drawn, and is about to be written. */
  readonly onDrawn: (n: number) => void
}

/** Writes the programme as a camera would, each picture when its time has come. Ends with the signal. */
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
    // Taken over when it resolves: then the next one may be drawn into the same memory.
    await output.writeFrameWithAudio(picture, programme.sound(n))
  }
}
