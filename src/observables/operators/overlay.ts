import { filter, type MonoTypeOperatorFunction } from 'rxjs'
import { checkRecord } from '../../core/check'
import { resolveOverlay, type OverlayImage, type OverlayPlace } from '../../core/pictures/overlay-options'
import type { FrameWithAudio, VideoFrame } from '../../core/types'
import type { NativeOverlay } from '../../addon/stills'
import { drawOver, loadOverlay } from '../stills/overlay-picture'
import { mapAsync } from './map-async'

/** Options of overlay(). */
export interface OverlayOptions extends OverlayPlace {
  /** Called after each drop with the number of drops so far. */
  onDrop?: (dropped: number) => void
}

/** Frames at work at once: one takes a fraction of a millisecond. */
const AT_WORK = 2
/** Frames that wait: half a second at 30 per second, while the PNG is unpacked. */
const MOST_WAITING = 15

/**
 * Lays a picture with alpha over each frame, in the frame's own format and colours, by a worker of the addon: no loop
 * in JavaScript. A frame that no other consumer holds is drawn into; otherwise the result is a copy, and the other
 * consumers see the frame as it was. Order and timestamps stay. A frame for which there is no memory, or no time, is
 * dropped.
 *
 * Closing: the operator closes what it drops and the frames that it copied; the receiver closes what it gets.
 *
 * @param image a PNG's bytes, or { data, width, height } in RGBA; a copy is made now. ERR_OPTION
 * @example
 * const logo = await readFile('logo.png')
 * capture.frames$.pipe(overlay(logo, { x: -17, y: 16, opacity: 0.8 })).subscribe(output)
 * @see the option `overlay` of RTMPOutput, which costs less: it lies over the repeats and the slate, too
 */
export function overlay<T extends VideoFrame | FrameWithAudio>(
  image: OverlayImage,
  options: OverlayOptions = {},
): MonoTypeOperatorFunction<T> {
  const { onDrop, ...place } = checkRecord('options', options, ['x', 'y', 'opacity', 'onDrop']) as OverlayOptions
  const given = resolveOverlay(image, place)
  let loading: Promise<NativeOverlay> | null = null
  return source => {
    let dropped = 0
    const count = (): void => onDrop?.(++dropped)
    return source.pipe(
      mapAsync(
        async (value: T): Promise<T | null> => {
          loading ??= loadOverlay(given).catch((error: unknown) => {
            // Another subscription, as that of retry(), tries again.
            loading = null
            throw error
          })
          const picture = await loading
          const drawn = await drawOver('frame' in value ? value.frame : value, picture)
          if (!drawn) count()
          return drawn && 'frame' in value ? { ...value, frame: drawn } : (drawn as T | null)
        },
        { concurrency: AT_WORK, bufferSize: MOST_WAITING, onDrop: count },
      ),
      filter(value => value !== null),
    )
  }
}
