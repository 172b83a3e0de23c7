import { setTimeout as sleep } from 'node:timers/promises'
import type { RTMPOutput } from 'rxgst'
import type { Programme } from './programme'

/** A picture later than this is left out, as a camera does that was held up, ms: an output has filled its place by then. */
const TOO_LATE = 100

/** Writes the programme as a camera would, each picture when its time has come. Ends with the signal. */
export async function broadcast(
  programme: Programme,
  output: RTMPOutput,
  { fps, bytes, signal, onDrawn }: { fps: number; bytes: number; signal: AbortSignal; onDrawn: (n: number) => void },
): Promise<void> {
  const picture = new Uint8Array(bytes)
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
