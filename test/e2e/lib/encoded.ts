import { writeFileSync } from 'node:fs'
import { gst, type Graph, type Packet } from '../../../src/index'
import { configuration, videoTags } from '../../rtmp/elements/enhanced'
import { exec } from '../../support/child'
import { decodeFrames, type DecodedFrame } from '../../support/peers/ffmpeg'
import { writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { all, over, running } from './running'

/** Pictures of a codec that FLV has only in Enhanced RTMP, which Debian's ffmpeg does not write. */
export interface Encoded {
  readonly tags: readonly FlvTag[]
  /** The same pictures for ffmpeg. */
  readonly mkv: string
  readonly packets: readonly Packet[]
}

export interface Encoding {
  readonly fourCc: 'avc1' | 'hvc1' | 'av01'
  /** Whether the packets say when they are shown. */
  readonly composition: boolean
  /** From raw pictures to packets. */
  readonly elements: string
}

export const H264: Encoding = {
  fourCc: 'avc1',
  composition: true,
  elements: `x264enc bframes=2 key-int-max=20 speed-preset=ultrafast ! h264parse !
    video/x-h264,stream-format=avc,alignment=au`,
}
export const HEVC: Encoding = {
  fourCc: 'hvc1',
  composition: true,
  elements: `x265enc key-int-max=20 speed-preset=ultrafast option-string=bframes=2 ! h265parse !
    video/x-h265,stream-format=hvc1,alignment=au`,
}
export const AV1: Encoding = {
  fourCc: 'av01',
  composition: false,
  elements: `av1enc cpu-used=8 keyframe-max-dist=20 !
    av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu`,
}

export interface Shot {
  readonly pictures?: number
  readonly width?: number
  readonly height?: number
  readonly format?: string
  readonly pattern?: string
}

/** A graph of a text that is put together. */
const launch = (text: string): Graph => gst(Object.assign([text], { raw: [text] }))

/** Encodes a test picture that moves, 25 a second. */
export async function encoded(
  { fourCc, composition, elements }: Encoding,
  { pictures = 40, width = 160, height = 90, format = 'I420', pattern = 'ball' }: Shot = {},
): Promise<Encoded> {
  const mkv = tempFile('made.mkv')
  const graph = launch(`videotestsrc num-buffers=${pictures} pattern=${pattern} ! videoconvert !
    video/x-raw,format=${format},width=${width},height=${height},framerate=25/1,colorimetry=bt709 ! ${elements} !
    tee name=t ! queue ! matroskamux ! filesink location=${mkv}  t. ! queue ! appsink name=out sync=false`)
  return { ...(await packetsOf(graph, fourCc, composition)), mkv }
}

/**
 * AV1 of 10 bits, which `av1enc` of GStreamer 1.22 does not write; or of 8, without the numbers of frames that this
 * writes for lossy lines. `more`: arguments of ffmpeg.
 */
export async function encodedAv1(
  pictures: number,
  pattern: string,
  format: 'yuv420p' | 'yuv420p10le' = 'yuv420p10le',
  more: readonly string[] = [],
): Promise<Encoded> {
  const mkv = tempFile('made.mkv')
  const source = ['-f', 'lavfi', '-i', `${pattern}=size=160x90:rate=25`, '-frames:v', String(pictures)]
  const codec = ['-pix_fmt', format, '-c:v', 'libaom-av1', '-cpu-used', '8', '-crf', '20', '-g', '20', ...more]
  await exec('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', ...source, ...codec, mkv])
  const graph = launch(`filesrc location=${mkv} ! matroskademux ! av1parse !
    video/x-av1,stream-format=obu-stream,alignment=tu ! appsink name=out sync=false`)
  return { ...(await packetsOf(graph, 'av01', false)), mkv }
}

async function packetsOf(graph: Graph, fourCc: string, composition: boolean): Promise<Omit<Encoded, 'mkv'>> {
  const packets = await running(graph, async p => {
    const found = all(p.packets$('out'))
    await p.start()
    await over(p)
    return found
  })
  return { tags: videoTags(fourCc, configuration(packets[0]!.caps), packets, composition), packets }
}

export const decoded = (
  { mkv }: Encoded,
  format: 'yuv420p' | 'yuv420p10le' | 'p010le' = 'yuv420p',
): Promise<DecodedFrame[]> => decodeFrames(mkv, format)

/** A file of tags, for a server of files. */
export function fileOf(tags: readonly FlvTag[]): string {
  const file = tempFile('enhanced.flv')
  writeFileSync(file, writeFlv(tags))
  return file
}
