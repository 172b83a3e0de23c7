import { Lease, type Picture } from '../../core/frame'
import type { PixelAspectRatio } from '../../core/types'
import { PIXEL_FORMATS } from '../../core/pixel-format'
import { native } from '../../addon/binding'
import { toPerformanceTime } from '../../addon/clock'
import { FRAME_FIELDS } from '../../addon/tap'
import { pictureWork } from '../../observables/stills/picture-work'

/** Count of the numbers that a tap gives for one picture. */
export const FRAME_NUMBERS = FRAME_FIELDS.length

const SQUARE: PixelAspectRatio = Object.freeze({ n: 1, d: 1 })

/** Makes the picture that its handles share. Its numbers begin at `at`, in the order of FRAME_FIELDS. */
export function frameFromNative(buffer: ArrayBuffer, fields: Float64Array, at: number): Picture {
  const lease = fields[at]!
  const [n, d] = [fields[at + 3]!, fields[at + 4]!]
  return {
    lease: new Lease(new Uint8Array(buffer), () => native().endLease(lease, buffer), pictureWork, lease),
    width: fields[at + 1]!,
    height: fields[at + 2]!,
    pixelAspectRatio: n === d ? SQUARE : { n, d },
    timestamp: fields[at + 5]!,
    duration: fields[at + 6]!,
    arrivalTime: toPerformanceTime(fields[at + 7]!),
    sequence: fields[at + 8]!,
    discontinuity: fields[at + 9] === 1,
    format: PIXEL_FORMATS[fields[at + 10]!]!,
    color: fields[at + 11]!,
  }
}
