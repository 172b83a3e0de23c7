import { FRAMES_CEILING, MIB } from '../../core/video-options'
import { SILENT_LOGGER } from '../../core/transport-options'
import type { Logger } from '../../core/types'
import { native } from '../../addon/binding'
import type { FrameAccount } from '../../addon/tap'

/** Type and code of the warning, for `process.on('warning')`. */
const HELD = { type: 'RxGstWarning', code: 'RXGST_FRAMES_HELD' } as const

/** Lost pictures before the warning: a few may be lost while other streams still give memory back. */
const FEW_LOST = 3

/**
 * The frame budget of one stream: how many bytes its frames may hold, over all its connections. Warns once when the
 * program holds so many frames that a picture finds no memory; without the warning, a loop that keeps its frames would
 * stand still silently. The warning goes to the logger; without a logger, to stderr as a process warning.
 */
export class FrameBudget {
  readonly account: FrameAccount
  #warned = false

  /** @param remedy advice at the end of the warning */
  constructor(
    private readonly name: string,
    private readonly most: number,
    private readonly logger: Logger,
    private readonly remedy: string,
  ) {
    this.account = new (native().FrameAccount)(most)
  }

  /** Bytes of the pictures that wait and of the frames that are open. */
  get held(): number {
    return this.account.read().held
  }

  /** @param lost pictures so far for which there was no memory */
  check(lost: number): void {
    if (this.#warned || lost <= FEW_LOST) return
    const { held, atCeiling } = this.account.read()
    // Without bytes of its own, other streams hold all memory, and warn themselves.
    if (held === 0) return
    this.#warned = true
    const cause = atCeiling
      ? `the open frames of this process hold its ${FRAMES_CEILING / MIB} MiB, or this stream's share of them`
      : `its open frames hold ${Math.round(this.most / MIB)} MiB`
    const text = `${this.name}: pictures are dropped, since ${cause}: ${this.remedy}`
    if (this.logger === SILENT_LOGGER) process.emitWarning(text, HELD)
    else this.logger.warn(text)
  }
}
