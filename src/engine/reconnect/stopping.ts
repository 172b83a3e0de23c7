import type { ReconnectOptions } from './reconnect-options'

/** Connections that stop, and their ends. */
export class Stopping<A> {
  readonly #options: Pick<ReconnectOptions<A>, 'isStopped' | 'logger' | 'name'>
  readonly #ends = new Map<A, Promise<void>>()

  constructor(options: Pick<ReconnectOptions<A>, 'isStopped' | 'logger' | 'name'>) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#ends.size === 0
  }

  /** Calls `onGone` when the connection has stopped. */
  add(attempt: A, stopped: Promise<void>, onGone: () => void): void {
    const { logger, name } = this.#options
    // A connection whose stop() fails has ended too: the next attempt must not wait for it.
    const failed = (): void => logger.error(`${name}: a connection failed while it stopped`)
    const gone = stopped.catch(failed).then(() => {
      this.#ends.delete(attempt)
      onGone()
    })
    this.#ends.set(attempt, gone)
  }

  /** Forgets connections that have stopped, while the event loop does not turn, and no promise resolves. */
  reap(): void {
    for (const attempt of this.#ends.keys()) if (this.#options.isStopped?.(attempt)) this.#ends.delete(attempt)
  }

  /** Resolves when those of now have stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.#ends.values())
  }
}
