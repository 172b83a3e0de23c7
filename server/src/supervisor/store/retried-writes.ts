/** Small files of the state folder: one that could not be written is tried again, so that room on the disk mends it. */
const RETRY_MS = 10_000

export class RetriedWrites {
  private readonly failed = new Map<string, () => void>()
  private timer: NodeJS.Timeout | undefined

  /** @param onHealth an error: the folder takes nothing; null: all is written */
  constructor(
    private readonly onHealth: (error: Error | null) => void,
    private readonly retryMs = RETRY_MS,
  ) {}

  /** Now, and again until it succeeds; a later one of the same key takes its place. */
  run(key: string, write: () => void): void {
    const error = this.attempt(key, write)
    if (error) this.onHealth(error)
    else if (this.failed.size === 0) this.onHealth(null)
  }

  private attempt(key: string, write: () => void): Error | null {
    try {
      write()
      this.failed.delete(key)
      return null
    } catch (error) {
      this.failed.set(key, write)
      this.timer ??= setTimeout(() => this.retry(), this.retryMs).unref()
      return error as Error
    }
  }

  private retry(): void {
    this.timer = undefined
    for (const [key, write] of this.failed) this.attempt(key, write)
    if (this.failed.size === 0) this.onHealth(null)
  }
}
