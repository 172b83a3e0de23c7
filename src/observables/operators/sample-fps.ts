import { Observable, type MonoTypeOperatorFunction } from 'rxjs'
import { checkNumber } from '../../core/check'
import { closeValue, timestampOf, type Timestamped } from './close-value'
import { Operation } from './operation'

const US = 1_000_000
/** Allowed deviation of times, in slots. */
const FAR = 1.5

/**
 * At most `fps` values per second of media: the value nearest to every 1/fps, counted from the first. The operator uses
 * timestamps, not a clock, so a burst gives the same result as a live stream, and the same stream always the same
 * values.
 *
 * Closing: the operator closes dropped values, the receiver closes emitted values.
 *
 * @param fps above 0; above the source's rate, every value passes
 * @example capture.frames$.pipe(sampleFps(2), latest(detect)).subscribe(show)
 * @see latest for as many values as a slow consumer takes; `fps` of RTMPCapture drops frames before the conversion
 */
export function sampleFps<T extends Timestamped>(fps: number): MonoTypeOperatorFunction<T> {
  checkNumber('fps', fps, Number.MIN_VALUE, 1_000_000)
  return source =>
    new Observable(subscriber => {
      const operation = new Operation(subscriber)
      let origin: number | null = null
      let due = 0
      operation.from(source, value => {
        const timestamp = timestampOf(value)
        origin ??= timestamp
        // In slots of 1/fps. Half a frame early is nearer than half a frame late.
        const place = ((timestamp - origin + durationOf(value) / 2) * fps) / US
        if (place < due && place > due - FAR) return closeValue(value)
        // A value that is a little late still takes its slot: between nearly equal rates, RTMP's whole milliseconds
        // would otherwise lose a slot at every turn. After a gap, or if times start again, the count starts again too.
        due = Math.abs(place - due) < FAR ? due + 1 : Math.floor(place) + 1
        operation.emit(value)
      })
    })
}

function durationOf(value: Timestamped): number {
  const { duration } = ('frame' in value ? value.frame : value) as { duration?: number | null }
  return duration ?? 0
}
