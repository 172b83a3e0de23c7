import { Observable, type OperatorFunction } from 'rxjs'
import { checkBoolean, checkInteger, checkOneOf, checkRecord } from '../../core/check'
import { closeValue } from './close-value'
import { Operation } from './operation'

/** Options of mapAsync(). */
export interface MapAsyncOptions {
  /** Number of values at work at once, including finished ones that wait for their order. Default 1. */
  concurrency?: number
  /** Number of waiting values; 0: a value without a free place is dropped. Default 10. */
  bufferSize?: number
  /** The value that a full buffer drops. Default 'oldest'. */
  dropPolicy?: 'oldest' | 'newest'
  /** true: results in the order of the values; false: results as they finish. Default true. */
  ordered?: boolean
  /** Called after each drop with the number of drops so far. */
  onDrop?: (dropped: number) => void
}

/** The second argument of mapAsync()'s function. */
export interface MapAsyncContext {
  /** Aborted when the result is not needed any more: after unsubscribe or an error. */
  readonly signal: AbortSignal
}

interface Work<R> {
  readonly abort: AbortController
  result: { readonly value: R } | null
}

/**
 * Maps each value through an async function, with a limited number at once. A live source does not wait, so a value
 * without a free place waits in a buffer with a limit, and a full buffer drops. An exception or a rejection of the
 * function is the error. Completes when the source has completed and all work is done.
 *
 * Closing: the operator closes a value when its function has settled, and when the value is dropped, still waits at the
 * end, or finishes too late. The function must not close it. A frame in the result stays open, and the receiver closes
 * it: `async (frame) => { await paint(frame); return frame }`.
 *
 * @example
 * capture.frames$.pipe(
 *   sampleFps(2),
 *   mapAsync((frame, { signal }) => recognise(frame.data, { signal }), { concurrency: 2 }),
 * ).subscribe(console.log)
 * @see latest, which keeps one value at work and the newest one waiting
 */
export function mapAsync<T, R>(
  fn: (value: T, context: MapAsyncContext) => PromiseLike<R> | R,
  options: MapAsyncOptions = {},
): OperatorFunction<T, R> {
  const { concurrency, bufferSize, dropPolicy, ordered, onDrop } = resolve(options)
  return source =>
    new Observable(subscriber => {
      const operation = new Operation(subscriber)
      const waiting: T[] = []
      let works: Work<R>[] = []
      let dropped = 0
      let completed = false

      subscriber.add(() => {
        const left = works
        works = []
        for (const { abort, result } of left) {
          if (result) closeValue(result.value)
          else abort.abort()
        }
        for (const value of waiting.splice(0)) closeValue(value)
      })

      const begin = (value: T): void => {
        const work: Work<R> = { abort: new AbortController(), result: null }
        works.push(work)
        const { signal } = work.abort
        new Promise<R>(resolve => resolve(fn(value, { signal }))).then(
          result => {
            closeValue(value, result)
            if (operation.over) return closeValue(result)
            work.result = { value: result }
            operation.attempt(deliver)
          },
          (error: unknown) => {
            closeValue(value)
            if (!operation.over) operation.fail(error)
          },
        )
      }

      const deliver = (): void => {
        for (let next = nextDone(); next; next = nextDone()) {
          works.splice(works.indexOf(next), 1)
          operation.emit(next.result!.value)
        }
        fill()
      }

      const nextDone = (): Work<R> | undefined => {
        if (!ordered) return works.find(({ result }) => result)
        return works[0]?.result ? works[0] : undefined
      }

      const fill = (): void => {
        while (waiting.length > 0 && works.length < concurrency) begin(waiting.shift()!)
        if (completed && works.length === 0 && !operation.over) operation.complete()
      }

      operation.from(
        source,
        value => {
          waiting.push(value)
          fill()
          if (waiting.length <= bufferSize) return
          closeValue(dropPolicy === 'oldest' ? waiting.shift() : waiting.pop())
          onDrop?.(++dropped)
        },
        () => {
          completed = true
          fill()
        },
      )
    })
}

function resolve(given: MapAsyncOptions): Required<Omit<MapAsyncOptions, 'onDrop'>> & Pick<MapAsyncOptions, 'onDrop'> {
  const known = ['concurrency', 'bufferSize', 'dropPolicy', 'ordered', 'onDrop']
  const options = checkRecord('options', given, known) as MapAsyncOptions
  return {
    concurrency: checkInteger('concurrency', options.concurrency ?? 1, 1, 1000),
    bufferSize: checkInteger('bufferSize', options.bufferSize ?? 10, 0, 1000),
    dropPolicy: checkOneOf('dropPolicy', options.dropPolicy ?? 'oldest', ['oldest', 'newest']),
    ordered: checkBoolean('ordered', options.ordered ?? true),
    onDrop: options.onDrop,
  }
}
