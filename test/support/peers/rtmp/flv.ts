import { decodeAmf, type Amf } from './amf0'

/** RTMP carries the same bytes as FLV: message type 8, 9, 18 with a timestamp in ms. */
export interface FlvTag {
  type: 'audio' | 'video' | 'script'
  timestamp: number
  data: Buffer
}

export const TAG_TYPES = { audio: 8, video: 9, script: 18 } as const

export function tagTypeOf(type: number): FlvTag['type'] | undefined {
  return type === 8 ? 'audio' : type === 9 ? 'video' : type === 18 ? 'script' : undefined
}

/** The tags of an FLV file, in order. */
export function parseFlv(file: Buffer): FlvTag[] {
  if (file.toString('latin1', 0, 3) !== 'FLV') throw new Error('no FLV file')
  const tags: FlvTag[] = []
  let at = file.readUInt32BE(5) + 4
  while (at + 11 <= file.length) {
    const size = file.readUIntBE(at + 1, 3)
    if (at + 11 + size > file.length) break
    const type = tagTypeOf(file[at]! & 31)
    const timestamp = (file.readUIntBE(at + 4, 3) + file[at + 7]! * 0x1000000) >>> 0
    if (type) tags.push({ type, timestamp, data: file.subarray(at + 11, at + 11 + size) })
    at += 11 + size + 4
  }
  return tags
}

/** Puts the tags of an FLV stream together from its bytes as they come. */
export class FlvReader {
  #bytes: Buffer = Buffer.alloc(0)
  #headed = false

  push(data: Buffer): FlvTag[] {
    this.#bytes = this.#bytes.length ? Buffer.concat([this.#bytes, data]) : data
    const tags: FlvTag[] = []
    if (!this.#headed) {
      if (this.#bytes.length < 13) return tags
      this.#bytes = this.#bytes.subarray(13)
      this.#headed = true
    }
    while (this.#bytes.length >= 11) {
      const size = this.#bytes.readUIntBE(1, 3)
      if (this.#bytes.length < 11 + size + 4) break
      const type = tagTypeOf(this.#bytes[0]! & 31)
      const timestamp = (this.#bytes.readUIntBE(4, 3) + this.#bytes[7]! * 0x1000000) >>> 0
      // A copy: the pipe's memory is not ours to keep.
      if (type) tags.push({ type, timestamp, data: Buffer.from(this.#bytes.subarray(11, 11 + size)) })
      this.#bytes = this.#bytes.subarray(11 + size + 4)
    }
    return tags
  }
}

/** Tags as an FLV file, so that ffprobe can look at what a server received. */
export function writeFlv(tags: readonly FlvTag[]): Buffer {
  const has = (type: FlvTag['type']) => tags.some(tag => tag.type === type)
  const flags = (has('audio') ? 4 : 0) | (has('video') ? 1 : 0)
  const head = Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0])
  const parts = tags.map(({ type, timestamp, data }) => {
    const bytes = Buffer.alloc(11 + data.length + 4)
    bytes[0] = TAG_TYPES[type]
    bytes.writeUIntBE(data.length, 1, 3)
    bytes.writeUIntBE(timestamp & 0xffffff, 4, 3)
    bytes[7] = timestamp >>> 24
    data.copy(bytes, 11)
    bytes.writeUInt32BE(11 + data.length, 11 + data.length)
    return bytes
  })
  return Buffer.concat([head, ...parts])
}

/** What a tag says about itself. */
export interface TagInfo {
  codec: 'h264' | 'hevc' | 'av1' | 'aac' | 'metadata' | 'other'
  /** The codec's configuration record or AAC AudioSpecificConfig, which come before the media. */
  header: boolean
  /** AVC end of sequence, as ffmpeg writes it behind the last picture. */
  end: boolean
  keyframe: boolean
  /** ms; for audio pts = dts. */
  dts: number
  pts: number
  /** onMetaData's fields. */
  metadata?: Amf
}

export function tagInfo({ type, timestamp, data }: FlvTag): TagInfo {
  const plain = { header: false, end: false, keyframe: false, dts: timestamp, pts: timestamp }
  if (type === 'script') {
    const values = decodeAmf(data)
    return { codec: 'metadata', ...plain, metadata: values.at(-1) }
  }
  if (type === 'audio') {
    const aac = data[0]! >> 4 === 10
    return { codec: aac ? 'aac' : 'other', ...plain, header: aac && data[1] === 0 }
  }
  if (data[0]! & 0x80) return enhancedInfo(timestamp, data)
  const keyframe = data[0]! >> 4 === 1
  if ((data[0]! & 15) !== 7) return { codec: 'other', ...plain, keyframe }
  const kind = data[1]
  // Composition time: signed 24 bits.
  const offset = (data.readUIntBE(2, 3) << 8) >> 8
  const flags = { header: kind === 0, end: kind === 2, keyframe: keyframe && kind === 1 }
  return { codec: 'h264', ...flags, dts: timestamp, pts: timestamp + offset }
}

/** Video of Enhanced RTMP: sequence start 0, frames 1 (with an offset where the codec has them) and 3, end 2. */
function enhancedInfo(timestamp: number, data: Buffer): TagInfo {
  const fourCc = data.toString('latin1', 1, 5)
  const kind = data[0]! & 15
  const offset = kind === 1 && /^(avc1|hvc1|vvc1)$/.test(fourCc) ? (data.readUIntBE(5, 3) << 8) >> 8 : 0
  const keyframe = ((data[0]! >> 4) & 7) === 1 && (kind === 1 || kind === 3)
  const codec = fourCc === 'hvc1' ? 'hevc' : fourCc === 'av01' ? 'av1' : 'other'
  return { codec, header: kind === 0, end: kind === 2, keyframe, dts: timestamp, pts: timestamp + offset }
}
