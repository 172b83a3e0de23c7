/** A promise, and what settles it. A rejection that nobody waits for is no unhandled one. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

export function deferred<T = void>(): Deferred<T> {
  let [resolve, reject] = [(_: T): void => {}, (_: Error): void => {}]
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle))
  promise.catch(() => {})
  return { promise, resolve, reject }
}
