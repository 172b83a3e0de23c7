import { Observable, type OperatorFunction } from 'rxjs'
import { checkInteger, checkNumber, checkRecord } from '../../core/check'
import { closeValue, timestampOf, type Timestamped } from './close-value'
import { Operation } from './operation'

/** Options of pairByTimestamp(). */
export interface PairOptions<V> {
  /** Largest distance of two partners, ms. Default 20. */
  tolerance?: number
  /** Number of values of each stream that wait for a partner. Default 10. */
  bufferSize?: number
  /**
   * Time of a value, µs. Default: its timestamp. Each capture counts from its own zero: for two captures, use `(frame)
   * => frame.arrivalTime * 1000`.
   */
  timestampOf?: (value: V) => number
  /** Called after each value without a partner, with the number of them so far. */
  onDrop?: (dropped: number) => void
}

/** Waiting values with their times, in order. */
interface Side<V> {
  readonly values: { readonly value: V; readonly time: number }[]
  completed: boolean
}

/**
 * Pairs each value with the nearest value of another stream. No value is in two pairs. A value is dropped if its
 * nearest partner is farther than the tolerance, or is nearer to another value. A pair is emitted as soon as it is
 * certain: at once if both times are equal, otherwise after the next value of the stream that is behind. If that stream
 * brings none, the full buffer of the other stream decides. Completes when no more pairs can come.
 *
 * Closing: the operator closes values without a partner; the receiver closes both members of each pair.
 *
 * @example
 * const timestampOf = (frame) => frame.arrivalTime * 1000
 * camera.frames$.pipe(
 *   pairByTimestamp(depth.frames$, { tolerance: 40, timestampOf }),
 *   map(closing(([frame, distance]) => measure(frame, distance))),
 * )
 * @see https://rxjs.dev/api/operators/zipWith, which pairs by number
 */
export function pairByTimestamp<T extends Timestamped, U extends Timestamped>(
  other: Observable<U>,
  options: PairOptions<NoInfer<T | U>> = {},
): OperatorFunction<T, [T, U]> {
  const given = checkRecord('options', options, ['tolerance', 'bufferSize', 'timestampOf', 'onDrop']) as PairOptions<
    T | U
  >
  const tolerance = checkNumber('tolerance', given.tolerance ?? 20, 0, Infinity) * 1000
  const bufferSize = checkInteger('bufferSize', given.bufferSize ?? 10, 1, 1000)
  const { timestampOf: timeOf = timestampOf, onDrop } = given
  return source =>
    new Observable(subscriber => {
      const operation = new Operation<[T, U]>(subscriber)
      const left: Side<T> = { values: [], completed: false }
      const right: Side<U> = { values: [], completed: false }
      let dropped = 0

      subscriber.add(() => {
        for (const { values } of [left, right]) for (const { value } of values.splice(0)) closeValue(value)
      })

      const drop = (side: Side<T> | Side<U>): void => {
        closeValue(side.values.shift()?.value)
        onDrop?.(++dropped)
      }

      /** Takes a certain step; returns false if it needs more values first. */
      const step = (): boolean => {
        const [a, b] = [left.values[0], right.values[0]]
        const full = left.values.length > bufferSize ? left : right.values.length > bufferSize ? right : null
        if (!a || !b) {
          if (full) drop(full)
          return full !== null
        }
        const behind = a.time <= b.time ? left : right
        const distance = Math.abs(a.time - b.time)
        const next = behind.values[1]
        const nextDistance = next ? Math.abs(next.time - Math.max(a.time, b.time)) : Infinity
        if (distance > tolerance || nextDistance < distance) drop(behind)
        else if (distance === 0 || next || behind.completed || full) {
          left.values.shift()
          right.values.shift()
          operation.emit([a.value, b.value])
        } else return false
        return true
      }

      const advance = (): void => {
        while (!operation.over && step());
        const none = (side: Side<T> | Side<U>): boolean => side.completed && side.values.length === 0
        if (!operation.over && (none(left) || none(right))) operation.complete()
      }

      const take = <V extends T | U>(stream: Observable<V>, side: Side<V>): void =>
        operation.from(
          stream,
          value => {
            let time: number
            try {
              time = timeOf(value)
            } catch (error) {
              closeValue(value)
              throw error
            }
            side.values.push({ value, time })
            advance()
          },
          () => {
            side.completed = true
            advance()
          },
        )
      take(source, left)
      if (!operation.over) take(other, right)
    })
}
