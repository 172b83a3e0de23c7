import { Lease, type Picture } from '../core/frame'
import { native } from '../addon/binding'
import { toPerformanceTime } from '../addon/clock'
import type { NativePicture } from '../addon/tap'

/** A picture off a tap, as what its handles share. */
export function toPicture(picture: NativePicture): Picture {
  const { buffer, lease, width, height, pixelN, pixelD, timestamp, duration, sequence, discontinuity } = picture
  return {
    lease: new Lease(new Uint8Array(buffer), () => native().endLease(lease, buffer)),
    width,
    height,
    pixelAspectRatio: { n: pixelN, d: pixelD },
    format: picture.format,
    timestamp,
    duration,
    sequence,
    arrivalTime: toPerformanceTime(picture.arrival),
    discontinuity,
  }
}
