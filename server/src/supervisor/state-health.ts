/** Whether the state folder takes what is written. One that takes nothing stops no channel; people are told. */
import type { Log } from './log.js'
import type { AlertBook } from './store/alert-book.js'

export const STATE_FOLDER = 'state-folder'

export class StateHealth {
  /** Parts that take nothing. */
  private readonly unwritten = new Set<string>()

  constructor(
    private readonly alerts: () => Pick<AlertBook, 'raiseOwn' | 'clearOwn'>,
    private readonly log: Log,
  ) {}

  get isWell(): boolean {
    return this.unwritten.size === 0
  }

  /** `error`: the part takes nothing; null: it does again. */
  told(what: string, error: Error | null): void {
    if (error) {
      this.unwritten.add(what)
      this.log.error({ err: error, what }, 'the state folder takes nothing')
      const message = `the state folder takes nothing (${what}): ${error.message}`
      this.alerts().raiseOwn('', STATE_FOLDER, 'warning', message)
    } else if (this.unwritten.delete(what) && this.isWell) this.alerts().clearOwn('', STATE_FOLDER)
  }
}
