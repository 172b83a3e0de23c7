import { FRAMES_CEILING, MIB } from '../../core/video-options'
import { SILENT_LOGGER } from '../../core/transport-options'
import type { Logger } from '../../core/types'
import { native } from '../../addon/binding'
import type { FrameAccount } from '../../addon/tap'

/** For `process.on('warning')`. */
const HELD = { type: 'RxGstWarning', code: 'RXGST_FRAMES_HELD' } as const

/** Pictures lost before it is told: one may have to wait for what other streams give back. */
const FEW = 3

/**
 * The bytes that one stream's frames may hold, over all of its connections. Tells once that a program holds so many
 * that no picture finds memory: without it a loop that keeps its frames stands still without a word. To the logger;
 * where none was given as a warning of Node's, which is printed on stderr.
 */
export class FrameBudget {
  readonly account: FrameAccount
  #told = false

  /** @param remedy how more are had */
  constructor(
    private readonly name: string,
    private readonly most: number,
    private readonly logger: Logger,
    private readonly remedy: string,
  ) {
    this.account = new (native().FrameAccount)(most)
  }

  /** Bytes of those that wait and of those that are open. */
  get held(): number {
    return this.account.read().held
  }

  /** @param lost pictures for which there was no memory */
  look(lost: number): void {
    if (this.#told || lost <= FEW) return
    const { held, atCeiling } = this.account.read()
    // Then others have it all, who are told themselves.
    if (held === 0) return
    this.#told = true
    const what = atCeiling
      ? `open frames of this process hold its ${FRAMES_CEILING / MIB} MiB, or this one's share of them`
      : `its open frames hold ${Math.round(this.most / MIB)} MiB`
    const text = `${this.name}: pictures are dropped, since ${what}: ${this.remedy}`
    if (this.logger === SILENT_LOGGER) process.emitWarning(text, HELD)
    else this.logger.warn(text)
  }
}
