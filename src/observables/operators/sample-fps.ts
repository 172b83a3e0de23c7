import { Observable, type MonoTypeOperatorFunction } from 'rxjs'
import { checkNumber } from '../../core/check'
import { closeValue, timestampOf, type Timestamped } from './close-value'
import { Operation } from './operation'

const US = 1_000_000
/** Places that times may shake. */
const FAR = 1.5

/**
 * At most `fps` values a second of media: the one nearest to every 1/fps, counted from the first. Goes by timestamps,
 * not by a clock, so that a burst is thinned out like a live stream, and the same stream always to the same values.
 *
 * Who closes: the operator what it leaves out, the receiver what it gets.
 *
 * @param fps more than 0; with more than the source has, every value passes
 * @example capture.frames$.pipe(sampleFps(2), latest(detect)).subscribe(show)
 * @see latest for as many as a slow consumer takes; `fps` of RTMPCapture to leave them out before conversion
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
        // In places of 1/fps. Half a frame early is nearer than half a frame late.
        const place = ((timestamp - origin + durationOf(value) / 2) * fps) / US
        if (place < due && place > due - FAR) return closeValue(value)
        // One that is a little late takes its place all the same: between nearly equal rates RTMP's whole milliseconds
        // would otherwise cost a place at every turn. Behind a hole, or where times begin anew, counting does too.
        due = Math.abs(place - due) < FAR ? due + 1 : Math.floor(place) + 1
        operation.emit(value)
      })
    })
}

function durationOf(value: Timestamped): number {
  const { duration } = ('frame' in value ? value.frame : value) as { duration?: number | null }
  return duration ?? 0
}
