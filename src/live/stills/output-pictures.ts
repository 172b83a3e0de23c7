import { abortable, sleep, withDeadline } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import type { ResolvedOverlay } from '../../core/pictures/overlay-options'
import { resolveSnapshot } from '../../core/pictures/still-options'
import type { NativePacer } from '../../addon/output'
import type { NativeOverlay } from '../../addon/stills'
import { loadOverlay } from '../../observables/stills/overlay-picture'
import { isBt709 } from '../../pipelines/output'
import { stillBytes, stillDesk } from '../../observables/stills/still-desk'

/** How often an output that has sent nothing is looked at. */
const LOOK_MS = 20

/** What lies over the pictures of an output, and a look at what leaves. */
export class OutputPictures {
  #pacer: NativePacer | null = null
  #overlays: readonly NativeOverlay[] = []
  /** Number of the last change of overlays; an earlier one that is ready later has no effect. */
  #change = 0
  readonly #size: { readonly width: number; readonly height: number }

  constructor(size: { readonly width: number; readonly height: number }) {
    this.#size = size
  }

  /** Resolves when these are unpacked, and lie over the pictures from the next slot on. */
  async setOverlays(given: readonly ResolvedOverlay[]): Promise<void> {
    const change = ++this.#change
    const overlays = await Promise.all(given.map(loadOverlay))
    const { width, height } = this.#size
    for (const overlay of overlays) {
      // One by one: so many may wait at the desk, and no more.
      const why = await stillDesk().lay(overlay, width, height, isBt709(height))
      if (why === 'full') throw new RxGstError('ERR_STILL_OVERFLOW', 'too many pictures wait: set the overlays later')
      if (why !== null) throw new RxGstError('ERR_ENCODE', `the overlay was not made ready: ${why}`)
    }
    if (change !== this.#change) return
    this.#overlays = overlays
    this.#pacer?.setOverlays(overlays)
  }

  /** The pacer that is in use from now on. */
  open(pacer: NativePacer | null): void {
    this.#pacer = pacer
    pacer?.setOverlays(this.#overlays)
  }

  /** @param mustRun throws when no picture will leave any more */
  async snapshot(options: unknown, mustRun: () => void): Promise<Uint8Array> {
    const { still, timeout, signal } = resolveSnapshot(options)
    mustRun()
    let waits = true
    const taken = async (): Promise<Uint8Array> => {
      while (waits) {
        const made = this.#pacer?.snapshot(stillDesk(), still) ?? null
        if (made !== null) return stillBytes(made)
        await sleep(LOOK_MS)
        mustRun()
      }
      return new Uint8Array(0)
    }
    const late = (): Error =>
      new RxGstError('ERR_NO_PICTURE', `no picture has left within ${timeout} ms: nothing was written yet`)
    try {
      return await withDeadline(abortable(taken(), signal), timeout, late)
    } finally {
      waits = false
    }
  }
}
