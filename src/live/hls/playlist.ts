import { RxGstError } from '../../core/errors'
import { inTurns } from '../../observables/turns'
import { attributesOf, byteRangeOf, numberOf, vectorOf, type ByteRange } from './attributes'

/** A key of AES-128, or the name of another encryption, which is refused when such a segment is fetched. */
export type SegmentKey =
  | { readonly method: 'AES-128'; readonly uri: string; readonly vector: Uint8Array | null }
  | { readonly method: 'unknown'; readonly name: string }

/** What a segment of fMP4 begins with (EXT-X-MAP). */
export interface InitSection {
  readonly uri: string
  readonly range: ByteRange | null
  readonly key: SegmentKey | null
}

export interface Segment {
  /** Media sequence number. */
  readonly sequence: number
  readonly uri: string
  readonly durationMs: number
  readonly range: ByteRange | null
  /** Timestamps or codecs begin anew. */
  readonly discontinuity: boolean
  readonly key: SegmentKey | null
  readonly init: InitSection | null
  /** Wall time of its first picture, ms of the Unix epoch; null: the playlist does not tell. */
  readonly startsAt: number | null
  /** The server says that it is not there (EXT-X-GAP). */
  readonly gap: boolean
}

export interface MediaPlaylist {
  readonly kind: 'media'
  readonly targetMs: number
  readonly segments: readonly Segment[]
  /** Sequence number of the first segment. */
  readonly first: number
  /** No further segment follows. */
  readonly ended: boolean
  /** Where to begin: ms from the start, or below 0 from the end (EXT-X-START); null: the usual place. */
  readonly startMs: number | null
  /** Distance from the end at which players begin (HOLD-BACK); null: three target durations. */
  readonly holdBackMs: number | null
}

export interface Variant {
  readonly uri: string
  /** bit/s; 0: the playlist does not tell. */
  readonly bandwidth: number
  /** 0: the playlist does not tell. */
  readonly width: number
  readonly height: number
  /** As RFC 6381 writes them; []: the playlist does not tell. */
  readonly codecs: readonly string[]
  /** Group of its sound; null: it has its own, or none. */
  readonly audioGroup: string | null
}

/** Sound beside the pictures (EXT-X-MEDIA, TYPE=AUDIO). */
export interface Rendition {
  readonly group: string
  /** null: it is in the variants themselves. */
  readonly uri: string | null
  readonly isDefault: boolean
  readonly autoselect: boolean
}

export interface MasterPlaylist {
  readonly kind: 'master'
  readonly variants: readonly Variant[]
  readonly renditions: readonly Rendition[]
}

/** Bytes of a playlist, unpacked. A day in segments of 2 s has 7 MB. */
export const MOST_PLAYLIST_BYTES = 8 * 1024 * 1024
const MOST_SEGMENTS = 100_000
const MOST_VARIANTS = 1000
/** Far above any signed URL. */
const MOST_LINE = 16_384
const DAY_MS = 86_400_000
/** Shortest and longest target duration that is believed. */
const TARGET_MS = { least: 500, most: 60_000 } as const
/** Where none is given, though the specification asks for it. */
const DEFAULT_TARGET_MS = 6000
const MOST_NUMBER = Number.MAX_SAFE_INTEGER - MOST_SEGMENTS

/** Characters that are read at a time: about 2 ms of the thread's time where they are hard to read. */
const PIECE = 32_768

/**
 * Reads a playlist of HLS (RFC 8216). What it does not know it leaves out; low-latency parts are among that. Nothing of
 * the text gets into messages. ERR_BAD_STREAM: it is none.
 */
export function readPlaylist(text: string): MediaPlaylist | MasterPlaylist {
  const pieces = read(text)
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}

/**
 * The same, while the event loop turns: a playlist of 8 MB may take 400 ms of the thread's time.
 * @param mustRun called behind each turn; what it throws ends the reading
 */
export function readPlaylistInTurns(text: string, mustRun?: () => void): Promise<MediaPlaylist | MasterPlaylist> {
  return inTurns(read(text), mustRun)
}

/** Reads a piece for each call of next(). */
function* read(text: string): Generator<undefined, MediaPlaylist | MasterPlaylist, undefined> {
  if (text.length > MOST_PLAYLIST_BYTES) throw bad(`it has more than ${MOST_PLAYLIST_BYTES} bytes`)
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (!/^#EXTM3U(?:[ \t]*(?:\r?\n|$)|:)/.test(body)) throw bad(whatElse(body))
  const reader = new Reader()
  let pause = PIECE
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\n', at)
    const next = end < 0 ? body.length : end
    if (next - at > MOST_LINE) throw bad(`one of its lines has more than ${MOST_LINE} characters`)
    const line = body.slice(at, next).trim()
    if (line !== '') reader.take(line)
    at = next + 1
    if (at < pause) continue
    yield
    pause = at + PIECE
  }
  return reader.playlist()
}

function whatElse(body: string): string {
  const start = body.slice(0, 500).trimStart()
  if (start === '') return 'it is empty'
  if (/^(?:<!doctype|<html|<\?xml)/i.test(start)) return 'a page of a website came in its place'
  return 'it does not begin with #EXTM3U'
}

const IDENTITY = 'identity'

class Reader {
  readonly #segments: Segment[] = []
  readonly #variants: Variant[] = []
  readonly #renditions: Rendition[] = []
  #targetMs: number | null = null
  #first = 0
  #ended = false
  #startMs: number | null = null
  #holdBackMs: number | null = null
  /** Whether a tag of media playlists has come. */
  #media = false
  /** What the next segment has. */
  #durationMs: number | null = null
  #range: string | null = null
  #discontinuity = false
  #gap = false
  #startsAt: number | null = null
  #init: InitSection | null = null
  /** By their KEYFORMAT. */
  readonly #keys = new Map<string, SegmentKey>()
  /** Of the variant whose address is the next line. */
  #variant: ReadonlyMap<string, string> | null = null

  take(line: string): void {
    if (!line.startsWith('#')) return this.#address(line)
    if (!line.startsWith('#EXT')) return
    const colon = line.indexOf(':')
    const [tag, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)]
    this.#tag(tag, value)
  }

  #tag(tag: string, value: string): void {
    switch (tag) {
      case '#EXTINF':
        this.#media = true
        this.#durationMs = (numberOf(value.split(',', 1)[0], 0, DAY_MS / 1000) ?? 0) * 1000
        return
      case '#EXT-X-TARGETDURATION': {
        this.#media = true
        const ms = (numberOf(value, 0, DAY_MS / 1000) ?? 0) * 1000
        this.#targetMs = Math.min(TARGET_MS.most, Math.max(TARGET_MS.least, ms))
        return
      }
      case '#EXT-X-MEDIA-SEQUENCE':
        this.#first = Math.floor(numberOf(value, 0, MOST_NUMBER) ?? 0)
        return
      case '#EXT-X-BYTERANGE':
        this.#range = value
        return
      case '#EXT-X-DISCONTINUITY':
        this.#discontinuity = true
        return
      case '#EXT-X-GAP':
        this.#gap = true
        return
      case '#EXT-X-PROGRAM-DATE-TIME': {
        const at = Date.parse(value.trim())
        this.#startsAt = Number.isFinite(at) ? at : null
        return
      }
      case '#EXT-X-ENDLIST':
        this.#ended = true
        return
      case '#EXT-X-KEY':
        return this.#key(attributesOf(value))
      case '#EXT-X-MAP':
        return this.#map(attributesOf(value))
      case '#EXT-X-START': {
        const seconds = numberOf(attributesOf(value).get('TIME-OFFSET'), -DAY_MS, DAY_MS)
        this.#startMs = seconds === null ? null : seconds * 1000
        return
      }
      case '#EXT-X-SERVER-CONTROL': {
        const seconds = numberOf(attributesOf(value).get('HOLD-BACK'), 0, 3600)
        this.#holdBackMs = seconds === null ? null : seconds * 1000
        return
      }
      case '#EXT-X-STREAM-INF':
        this.#variant = attributesOf(value)
        return
      case '#EXT-X-MEDIA':
        return this.#rendition(attributesOf(value))
      case '#EXT-X-SKIP':
        // Only a player that asks for it gets such a playlist.
        throw bad('it leaves out segments (EXT-X-SKIP) without having been asked to')
    }
  }

  #key(attributes: ReadonlyMap<string, string>): void {
    const method = attributes.get('METHOD') ?? 'NONE'
    if (method === 'NONE') return this.#keys.clear()
    const format = attributes.get('KEYFORMAT') ?? IDENTITY
    const uri = attributes.get('URI')
    if (method !== 'AES-128' || format !== IDENTITY) {
      if (this.#keys.size < 16) this.#keys.set(format, { method: 'unknown', name: encryptionName(method, format) })
      return
    }
    if (uri === undefined) throw bad('a key of AES-128 has no address')
    const given = attributes.get('IV')
    const vector = given === undefined ? null : vectorOf(given)
    if (given !== undefined && vector === null) throw bad('the initialization vector of a key is none')
    this.#keys.set(IDENTITY, { method: 'AES-128', uri, vector })
  }

  get #currentKey(): SegmentKey | null {
    const [any = null] = this.#keys.values()
    return this.#keys.get(IDENTITY) ?? any
  }

  #map(attributes: ReadonlyMap<string, string>): void {
    const uri = attributes.get('URI')
    if (uri === undefined) throw bad('an initialization section (EXT-X-MAP) has no address')
    const given = attributes.get('BYTERANGE')
    const range = given === undefined ? null : byteRangeOf(given, 0)
    if (given !== undefined && range === null) throw bad('the byte range of an initialization section is none')
    this.#init = { uri, range, key: this.#currentKey }
  }

  #rendition(attributes: ReadonlyMap<string, string>): void {
    const group = attributes.get('GROUP-ID')
    if (attributes.get('TYPE') !== 'AUDIO' || group === undefined) return
    if (this.#renditions.length >= MOST_VARIANTS) throw bad(`it has more than ${MOST_VARIANTS} renditions`)
    this.#renditions.push({
      group,
      uri: attributes.get('URI') ?? null,
      isDefault: attributes.get('DEFAULT') === 'YES',
      autoselect: attributes.get('AUTOSELECT') === 'YES',
    })
  }

  #address(uri: string): void {
    const variant = this.#variant
    this.#variant = null
    if (variant !== null) return this.#addVariant(uri, variant)
    if (this.#durationMs !== null) return this.#addSegment(uri, this.#durationMs)
    // An address that no tag announces means nothing.
  }

  #addVariant(uri: string, attributes: ReadonlyMap<string, string>): void {
    if (this.#variants.length >= MOST_VARIANTS) throw bad(`it has more than ${MOST_VARIANTS} variants`)
    const [, width, height] = /^(\d{1,5})x(\d{1,5})$/i.exec(attributes.get('RESOLUTION') ?? '') ?? []
    const codecs = attributes.get('CODECS') ?? ''
    this.#variants.push({
      uri,
      bandwidth: numberOf(attributes.get('BANDWIDTH'), 0, Number.MAX_SAFE_INTEGER) ?? 0,
      width: Number(width ?? 0),
      height: Number(height ?? 0),
      codecs: codecs === '' ? [] : codecs.split(',').map(codec => codec.trim()),
      audioGroup: attributes.get('AUDIO') ?? null,
    })
  }

  #addSegment(uri: string, durationMs: number): void {
    const segments = this.#segments
    if (segments.length >= MOST_SEGMENTS) throw bad(`it has more than ${MOST_SEGMENTS} segments`)
    const last = segments.at(-1)
    let range: ByteRange | null = null
    if (this.#range !== null) {
      const next = last?.uri === uri && last.range !== null ? last.range.offset + last.range.length : null
      range = byteRangeOf(this.#range, next ?? 0)
      if (range === null) throw bad('the byte range of a segment is none')
    }
    const follows = last?.startsAt == null ? null : last.startsAt + last.durationMs
    segments.push({
      sequence: this.#first + segments.length,
      uri,
      durationMs,
      range,
      discontinuity: this.#discontinuity,
      key: this.#currentKey,
      init: this.#init,
      startsAt: this.#startsAt ?? follows,
      gap: this.#gap,
    })
    this.#durationMs = this.#range = this.#startsAt = null
    this.#discontinuity = this.#gap = false
  }

  playlist(): MediaPlaylist | MasterPlaylist {
    if (this.#variants.length > 0) {
      if (this.#media) throw bad('it has segments and variants')
      return { kind: 'master', variants: this.#variants, renditions: this.#renditions }
    }
    if (!this.#media) throw bad('it has neither segments nor variants')
    // The tag may stand behind segments, against the specification.
    const segments = this.#segments
    const numbered = segments[0]?.sequence === this.#first
    return {
      kind: 'media',
      targetMs: this.#targetMs ?? DEFAULT_TARGET_MS,
      segments: numbered ? segments : segments.map((one, i) => ({ ...one, sequence: this.#first + i })),
      first: this.#first,
      ended: this.#ended,
      startMs: this.#startMs,
      holdBackMs: this.#holdBackMs,
    }
  }
}

/** Of its known names, since a server writes what it likes. */
function encryptionName(method: string, format: string): string {
  const known = ['SAMPLE-AES', 'SAMPLE-AES-CTR', 'AES-128', 'AES-256'].find(name => name === method)
  return `${known ?? 'an encryption that is not known'}${format === IDENTITY ? '' : ' with keys of another system'}`
}

function bad(why: string): RxGstError {
  return new RxGstError('ERR_BAD_STREAM', `the playlist cannot be read: ${why}`)
}
