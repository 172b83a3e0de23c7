import { Observable, type OperatorFunction } from 'rxjs'
import { checkBoolean, checkInteger, checkOneOf, checkRecord } from '../../core/check'
import { closeValue } from './close-value'
import { Operation } from './operation'

/** Options of mapAsync(). */
export interface MapAsyncOptions {
  /** Values at work at once; with `ordered` the finished ones that wait for their turn count too. Default 1. */
  concurrency?: number
  /** Values that wait for a free place. 0: what comes while all are taken is dropped. Default 10. */
  bufferSize?: number
  /** What a full buffer drops. Default 'oldest': the newest value wins. */
  dropPolicy?: 'oldest' | 'newest'
  /** Results in the order of the values; false: as they come. Default true. */
  ordered?: boolean
  /** Called after each drop with how many there have been. */
  onDrop?: (dropped: number) => void
}

/** What mapAsync() hands to its function beside the value. */
export interface MapAsyncContext {
  /** Aborted when nobody waits for the result any more: after unsubscribe or an error. */
  readonly signal: AbortSignal
}

interface Work<R> {
  readonly abort: AbortController
  result: { readonly value: R } | null
}

/**
 * Maps each value through an async function, a bounded number at a time. A live source does not wait, so what finds no
 * place waits in a bounded buffer, and a full buffer drops. What the function throws or rejects with is the error.
 * Completes when the source has and all work is done.
 *
 * Who closes: the operator. A value is closed when its function has settled, and when it is dropped, waits at the end,
 * or comes too late; the function need not and must not close it. A frame that is in the result stays open and is the
 * receiver's: `async (frame) => { await paint(frame); return frame }`.
 *
 * @example
 * capture.frames$.pipe(
 *   sampleFps(2),
 *   mapAsync((frame, { signal }) => recognise(frame.data, { signal }), { concurrency: 2 }),
 * ).subscribe(console.log)
 * @see latest, the same with one at work and the newest one waiting
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
