import { el } from '../graph/graph'
import { INPUT, numberedTracks, type InputGraph } from './input-graph'

/** Containers of files. */
export type Container = 'flv' | 'mp4' | 'ts' | 'mkv'

/** The demuxer of each container: the content of a file chooses one of this table, and nothing else. */
export const DEMUXERS: Readonly<Record<Container, string>> = {
  flv: 'flvdemux',
  mp4: 'qtdemux',
  ts: 'tsdemux',
  mkv: 'matroskademux',
}

/** filesrc ! qtdemux ┬ video_0, audio_0: the demuxer has a thread of its own, and reads the file where it likes. */
export function fileInput(path: string, container: Container): InputGraph {
  const tracks =
    container === 'flv'
      ? { video: { from: `${INPUT.demux}.video`, parts: [] }, audio: { from: `${INPUT.demux}.audio`, parts: [] } }
      : numberedTracks(INPUT.demux)
  return {
    source: [el('filesrc', { name: INPUT.source, location: path }), el(DEMUXERS[container], { name: INPUT.demux })],
    ...tracks,
  }
}

const TS_SYNC = 0x47
const TS_PACKETS = [188, 192, 204]
/** First boxes of files of MP4 and QuickTime. */
const BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'sidx', 'pnot'])
/** So many first bytes of a file tell its container. */
export const MAGIC_BYTES = 1024

/** By the first bytes of a file, whatever its name says; null: none of these containers. */
export function containerOf(bytes: Uint8Array): Container | null {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))
  if (text(0, 3) === 'FLV') return 'flv'
  if (text(0, 4) === '\x1aE\xdf\xa3') return 'mkv'
  if (BOXES.has(text(4, 8))) return 'mp4'
  const isTs = TS_PACKETS.some(size =>
    [0, 4].some(from => [0, 1, 2].every(packet => bytes[from + packet * size] === TS_SYNC)),
  )
  return isTs ? 'ts' : null
}
