/** Measures a stream by its FLV tags: Adobe's "FLV File Format Specification" 10.1 and Enhanced RTMP. */

const FLV_HEADER_BYTES = 13
const TAG_HEADER_BYTES = 11
const TAG_TAIL_BYTES = 4
const AUDIO = 8
const VIDEO = 9
const SECOND_MS = 1000
/** A tag may be of any size; more than this waits for no end. */
const MOST_WAITING_BYTES = 32 << 20

/** H.264's profiles by profile_idc (ISO/IEC 14496-10, annex A). */
const PROFILES: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
}

interface Track {
  packets: number
  bytes: number
  first: number | null
  last: number
}

const track = (): Track => ({ packets: 0, bytes: 0, first: null, last: 0 })

export class TagMeter {
  readonly video = track()
  readonly audio = track()
  profile: string | null = null
  level: string | null = null
  bFrames = false
  /** The longest and the shortest time between two keyframes, s; null: fewer than two came. */
  keyframeInterval: number | null = null
  keyframeIntervalLeast: number | null = null
  /** bit/s of the fullest whole second. */
  bitratePeak = 0
  #lastKeyframe: number | null = null
  /** The second of the stream that is counted now, and the bytes of its pictures; the first one is not whole. */
  #second = { number: -1, bytes: 0, whole: false }
  #leastComposition = Infinity
  #mostComposition = -Infinity
  #waiting: Uint8Array = new Uint8Array()

  /** Whole or torn pieces of an FLV stream; `start`: they begin with the header of the file. */
  add(bytes: Uint8Array, start: boolean): void {
    const rest = start ? bytes.subarray(FLV_HEADER_BYTES) : bytes
    const all = this.#waiting.length === 0 || start ? rest : concat(this.#waiting, rest)
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
    let at = 0
    while (at + TAG_HEADER_BYTES <= all.length) {
      const size = (view.getUint8(at + 1) << 16) | view.getUint16(at + 2)
      const end = at + TAG_HEADER_BYTES + size + TAG_TAIL_BYTES
      if (end > all.length) break
      const ms = ((view.getUint8(at + 7) << 24) | (view.getUint8(at + 4) << 16) | view.getUint16(at + 5)) >>> 0
      const data = new DataView(all.buffer, all.byteOffset + at + TAG_HEADER_BYTES, size)
      this.#tag(view.getUint8(at), ms, data)
      at = end
    }
    this.#waiting = all.length - at > MOST_WAITING_BYTES ? new Uint8Array() : all.slice(at)
  }

  #tag(type: number, ms: number, data: DataView): void {
    if (data.byteLength < 2) return
    if (type === VIDEO) this.#picture(ms, data)
    else if (type === AUDIO) this.#sound(ms, data)
  }

  #sound(ms: number, data: DataView): void {
    // AAC's configuration, and that of Enhanced RTMP.
    const first = data.getUint8(0)
    const isConfiguration = first >> 4 === 10 ? data.getUint8(1) === 0 : first >> 4 === 9 && (first & 15) === 0
    if (!isConfiguration) count(this.audio, ms, data.byteLength)
  }

  #picture(ms: number, data: DataView): void {
    const first = data.getUint8(0)
    const enhanced = (first & 0x80) !== 0
    const keyframe = ((first >> 4) & 7) === 1
    // Of both forms, packet type 0 is the configuration and 1 a picture; Enhanced RTMP's 3 has no composition time.
    const kind = enhanced ? first & 15 : data.getUint8(1)
    if (kind === 0) return enhanced ? undefined : this.#configuration(data)
    if (kind !== 1 && !(enhanced && kind === 3)) return
    count(this.video, ms, data.byteLength)
    this.#countSecond(Math.floor(ms / SECOND_MS), data.byteLength)
    if (keyframe) this.#countKeyframe(ms)
    const compositionAt = enhanced ? 5 : 2
    if (kind === 1 && data.byteLength >= compositionAt + 3) {
      const composition = ((data.getUint8(compositionAt) << 24) | (data.getUint16(compositionAt + 1) << 8)) >> 8
      this.#leastComposition = Math.min(this.#leastComposition, composition)
      this.#mostComposition = Math.max(this.#mostComposition, composition)
      // A stream without them has one composition time for all its pictures.
      this.bFrames = this.#mostComposition - this.#leastComposition > MOST_ROUNDING_MS
    }
  }

  #countSecond(number: number, bytes: number): void {
    const { number: present, bytes: counted, whole } = this.#second
    if (number === present) {
      this.#second.bytes += bytes
      return
    }
    if (whole) this.bitratePeak = Math.max(this.bitratePeak, 8 * counted)
    this.#second = { number, bytes, whole: present >= 0 }
  }

  #countKeyframe(ms: number): void {
    if (this.#lastKeyframe !== null) {
      const interval = (ms - this.#lastKeyframe) / SECOND_MS
      this.keyframeInterval = Math.max(this.keyframeInterval ?? interval, interval)
      this.keyframeIntervalLeast = Math.min(this.keyframeIntervalLeast ?? interval, interval)
    }
    this.#lastKeyframe = ms
  }

  /** avcC: version, profile, compatibility, level (ISO/IEC 14496-15). */
  #configuration(data: DataView): void {
    if (data.byteLength < 9) return
    this.profile = PROFILES[data.getUint8(6)] ?? null
    this.level = (data.getUint8(8) / 10).toFixed(1)
  }
}

const MOST_ROUNDING_MS = 2

function count(one: Track, ms: number, bytes: number): void {
  one.first ??= ms
  one.last = ms
  one.packets++
  one.bytes += bytes
}

/** bit/s and packets a second. */
export function ratesOf({ packets, bytes, first, last }: Track): { readonly bitrate: number; readonly rate: number } {
  const seconds = first === null ? 0 : (last - first) / SECOND_MS
  if (seconds <= 0) return { bitrate: 0, rate: 0 }
  // The last packet has a length of its own.
  const whole = (seconds * packets) / Math.max(1, packets - 1)
  return { bitrate: (bytes * 8) / whole, rate: packets / whole }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
