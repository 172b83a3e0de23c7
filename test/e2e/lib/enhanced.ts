import type { RTMPOutputOptions } from '../../../src/index'
import type { FlvTag } from '../../support/peers/rtmp-server'

type VideoCodec = NonNullable<RTMPOutputOptions['vcodec']>

/** A picture in a tag of Enhanced RTMP. */
export interface EnhancedPicture {
  readonly timestamp: number
  readonly key: boolean
}

/** A stream as the tests read it, by the specifications and by nothing of ours. */
export interface EnhancedStream<P extends EnhancedPicture> {
  /** Configuration records, in order. */
  readonly records: readonly Buffer[]
  readonly pictures: readonly P[]
}

/** A codec that an output sends in tags of Enhanced RTMP: its names, and how the tests read it. */
export interface EnhancedCodec<P extends EnhancedPicture> {
  /** As messages name it. */
  readonly name: string
  /** As `info` names it. */
  readonly codec: string
  readonly fourCC: string
  readonly vcodec: VideoCodec
  /** The software encoder, and the library that has it. */
  readonly encoder: string
  readonly library: string
  /** Throws on what is no such tag. */
  read(tags: readonly FlvTag[]): EnhancedStream<P>
  /** A file of the stream, for ffmpeg. */
  file(stream: EnhancedStream<P>): string
  /** The wall clock in a picture, Unix ms. */
  stampOf(picture: P): number | null
  bytesOf(picture: P): number
  /** Types of the units of a picture, and the type of those that only fill. */
  typesOf(picture: P): number[]
  readonly filler: number
}

/** Reads tags of one codec; `toPicture` gets what stands behind the FourCC. */
export function readEnhanced<P extends EnhancedPicture>(
  tags: readonly FlvTag[],
  fourCC: string,
  toPicture: (picture: EnhancedPicture, data: Buffer, packetType: number) => P,
): EnhancedStream<P> {
  const records: Buffer[] = []
  const pictures: P[] = []
  for (const { type, timestamp, data } of tags) {
    if (type !== 'video') continue
    const head = data[0]!
    const [extended, frameType, packetType] = [head >> 7, (head >> 4) & 7, head & 15]
    if (extended !== 1 || data.toString('latin1', 1, 5) !== fourCC) throw new Error(`no tag of ${fourCC}: ${head}`)
    const rest = data.subarray(5)
    if (packetType === 0) records.push(rest)
    else if (packetType !== 2) pictures.push(toPicture({ timestamp, key: frameType === 1 }, rest, packetType))
  }
  return { records, pictures }
}
