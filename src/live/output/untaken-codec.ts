import { withMore, type RxGstError } from '../../core/errors'
import type { OutputCodec } from '../../pipelines/candidates'

/**
 * What can be told of a server that does not take an output's codec. RTMP has no word for it: such a server names
 * others in its answer to `connect`, or hangs up at the first tags, or says nothing.
 */

/** Codecs that servers need not know. */
const NAMES: Readonly<Record<Exclude<OutputCodec, 'h264'>, readonly [name: string, fourCc: string]>> = {
  hevc: ['HEVC', 'hvc1'],
  av1: ['AV1', 'av01'],
}
/** A connection that was live for longer was not lost because of its codec. */
const SOON_MS = 10_000

/**
 * A warning for a server that names what it takes; null: the codec is among it.
 * @param taken FourCCs, with a space between them
 */
export function untaken(codec: OutputCodec, taken: string): string | null {
  if (codec === 'h264') return null
  const [name, fourCc] = NAMES[codec]
  const fourCcs = taken.split(' ')
  if (fourCcs.includes(fourCc)) return null
  return `says that it takes ${fourCcs.join(', ')}, and not ${fourCc}: it may not pass on ${name}`
}

/** The error of a connection that ends without a word, after so long a time on air. */
export function withCodec(error: RxGstError, codec: OutputCodec, liveMs: number): RxGstError {
  if (codec === 'h264' || error.code !== 'ERR_CONNECTION_LOST' || liveMs > SOON_MS) return error
  return withMore(error, `perhaps the server does not take ${NAMES[codec][0]}`)
}
