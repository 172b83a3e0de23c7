export interface UntilOptions {
  /** Milliseconds; generous, since only a failure waits so long. Default 20000. */
  timeout?: number
  /** Name of the condition, for the error; a function can give the last state. */
  what?: string | (() => string)
  /** ms between two looks. Default 20. */
  interval?: number
}

/** Resolves with the condition's value as soon as it is truthy; a condition that throws is an error at once. */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions = {}): Promise<NonNullable<T>> {
  const { timeout = 20_000, what = 'a condition', interval = 20 } = options
  const from = performance.now()
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() - from > timeout) {
      throw new Error(`waited ${timeout} ms in vain for ${typeof what === 'string' ? what : what()}`)
    }
    await sleep(interval)
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, Math.max(0, ms)))
}
