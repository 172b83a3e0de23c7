import { badValue, checkOneOf, checkRecord } from '../../core/check'
import type { VideoCodec } from '../../core/types'
import { outputCodec } from '../../pipelines/candidates'
import type { RecordOptions } from './types'
import { recordPlace, RECORD_FORMATS, type RecordPlace } from './pattern'
import { checkBytes, checkDuration } from './units'

const NAMES = ['segment', 'format', 'keep', 'maxSize'] as const satisfies readonly (keyof RecordOptions)[]

const DAY_MS = 86_400_000
const SHORTEST_SEGMENT_MS = 1000
const SMALLEST_BYTES = 1_000_000

/** A recording as a target: what record() makes. It holds nothing, and can be given to several streams in turn. */
export class RecordTarget {
  /** Where it records. */
  readonly folder: string
  /** @internal */
  readonly place: RecordPlace
  /** @internal ms. */
  readonly segmentMs: number
  /** @internal ms; Infinity: for ever. */
  readonly keepMs: number
  /** @internal */
  readonly maxBytes: number

  /** @internal */
  constructor(given: unknown, options: unknown) {
    const { segment = '10m', format, keep, maxSize } = checkRecord('options', options, NAMES)
    const kind = format === undefined ? null : checkOneOf('format', format, RECORD_FORMATS)
    this.place = recordPlace(given, kind)
    this.folder = this.place.folder
    this.segmentMs = checkDuration('segment', segment, SHORTEST_SEGMENT_MS, DAY_MS)
    this.keepMs = keep === undefined ? Infinity : checkDuration('keep', keep, SHORTEST_SEGMENT_MS, 36_500 * DAY_MS)
    this.maxBytes = maxSize === undefined ? Infinity : checkBytes('maxSize', maxSize, SMALLEST_BYTES)
    Object.freeze(this)
  }

  /** @internal ERR_OPTION: the container takes no such codec. */
  checkCodec(vcodec: VideoCodec | null): void {
    if (this.place.format === 'ts' && outputCodec(vcodec) === 'av1')
      throw badValue(`'mp4' or 'flv' with the encoder ${vcodec}`, 'format', 'ts')
  }
}

/**
 * A recording, as a target of an output or for `capture.record()`: encoded packets in files, without a second encode.
 * `place` is a folder, or a pattern of files with strftime's fields in UTC. Each segment begins at a keyframe. A
 * fragmented MP4 plays to its end, also after the process was killed. ERR_OPTION.
 *
 * @example
 * const output = new RTMPOutput(['rtmp://localhost/live/out', record('/rec', { keep: '7d' })], options)
 */
export function record(place: string, options: RecordOptions = {}): RecordTarget {
  return new RecordTarget(place, options)
}
