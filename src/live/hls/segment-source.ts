import { createDecipheriv } from 'node:crypto'
import { RxGstError } from '../../core/errors'
import { inTurns } from '../../observables/turns'
import { containerOf } from '../../pipelines/inputs/file'
import type { SegmentContainer } from '../../pipelines/inputs/hls'
import type { AddressRules } from './address-rules'
import type { HttpClient } from './http-client'
import type { ByteRange } from './attributes'
import type { InitSection, Segment, SegmentKey } from './playlist'

/** A segment that is there. */
export interface Loaded {
  readonly bytes: Buffer
  /** What a demuxer needs before it; null: nothing. Segments with the same one hold the same Buffer. */
  readonly init: Buffer | null
  readonly container: SegmentContainer
}

/** Bytes of one segment: a minute at 8 Mbit/s, ten seconds at 50 Mbit/s. */
export const MOST_SEGMENT_BYTES = 64 * 1024 * 1024
const KEY_BYTES = 16
const KEPT_KEYS = 8

/** Loads segments: their bytes, keys and initialization sections, each of which is kept for the next segment. */
export class SegmentSource {
  readonly #keys = new Map<string, Buffer>()
  #init: { readonly of: string; readonly bytes: Buffer } | null = null

  constructor(
    private readonly client: HttpClient,
    private readonly rules: AddressRules,
  ) {}

  /**
   * ERR_UNSUPPORTED_MEDIA: encrypted in a way that is not known, or no container with timestamps. ERR_BAD_STREAM: none
   * of a segment's kinds. And all that the client rejects with.
   * @param base address of the playlist that names the segment
   */
  async load(segment: Segment, base: URL, deadlineMs: number): Promise<Loaded> {
    const what = `segment ${segment.sequence}`
    const fetch = (uri: string, range: ByteRange | null, name: string, mostBytes: number): Promise<Buffer> =>
      this.client
        .get(this.rules.resolve(uri, base), { what: name, mostBytes, deadlineMs, range })
        .then(({ body }) => body)
    const plain = async (bytes: Buffer, key: SegmentKey | null): Promise<Buffer> => {
      if (key === null) return bytes
      if (key.method === 'unknown')
        throw new RxGstError('ERR_UNSUPPORTED_MEDIA', `${what} is encrypted by ${key.name}; AES-128 is known`)
      const secret = await this.#key(key.uri, fetch)
      const decrypt = decryption(bytes, secret, key.vector ?? vectorOf(segment.sequence), what)
      return inTurns(decrypt, () => this.client.mustRun(what))
    }
    // Before anything is fetched: nobody can use it.
    if (segment.key?.method === 'unknown') await plain(Buffer.alloc(0), segment.key)
    const init = segment.init && (await this.#initSection(segment.init, fetch, plain))
    const bytes = await plain(await fetch(segment.uri, segment.range, what, MOST_SEGMENT_BYTES), segment.key)
    const container = segmentContainer(bytes, what)
    if (init && segmentContainer(init, 'an initialization section') !== 'mp4')
      throw new RxGstError('ERR_BAD_STREAM', 'an initialization section is none of MP4')
    return { bytes, init: init ?? null, container }
  }

  /** The numbers began anew: the same addresses may give other keys and sections now. */
  forget(): void {
    this.#keys.clear()
    this.#init = null
  }

  async #key(uri: string, fetch: Fetch): Promise<Buffer> {
    const known = this.#keys.get(uri)
    if (known) return known
    const key = await fetch(uri, null, 'the key', 1024)
    if (key.length !== KEY_BYTES)
      throw new RxGstError('ERR_BAD_STREAM', `a key of AES-128 has ${key.length} bytes in place of ${KEY_BYTES}`)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size >= KEPT_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    this.#keys.set(uri, key)
    return key
  }

  async #initSection(
    { uri, range, key }: InitSection,
    fetch: Fetch,
    plain: (bytes: Buffer, key: SegmentKey | null) => Promise<Buffer>,
  ): Promise<Buffer> {
    const of = JSON.stringify([uri, range])
    if (this.#init?.of === of) return this.#init.bytes
    const bytes = await plain(await fetch(uri, range, 'an initialization section', 1024 * 1024), key)
    this.#init = { of, bytes }
    return bytes
  }
}

type Fetch = (uri: string, range: ByteRange | null, name: string, mostBytes: number) => Promise<Buffer>

/** Without a vector of its own a segment has its number (RFC 8216, 5.2). */
function vectorOf(sequence: number): Uint8Array {
  const vector = Buffer.alloc(KEY_BYTES)
  vector.writeBigUInt64BE(BigInt(sequence), KEY_BYTES - 8)
  return vector
}

/** Bytes that are decrypted at a time: less than a millisecond of the thread's time. */
const PIECE = 256 * 1024

/**
 * Decrypts a segment in its own memory, a piece for each call of next(). AES is a processor's instruction, and costs
 * less than the copies that WebCrypto makes for its thread.
 */
function* decryption(
  bytes: Buffer,
  key: Buffer,
  vector: Uint8Array,
  what: string,
): Generator<undefined, Buffer, undefined> {
  const cipher = createDecipheriv('aes-128-cbc', key, vector)
  let size = 0
  const keep = (plain: Buffer): void => {
    bytes.set(plain, size)
    size += plain.length
  }
  for (let at = 0; at < bytes.length; at += PIECE) {
    keep(cipher.update(bytes.subarray(at, at + PIECE)))
    yield
  }
  try {
    keep(cipher.final())
  } catch {
    throw new RxGstError('ERR_BAD_STREAM', `${what} cannot be decrypted with its key`)
  }
  return bytes.subarray(0, size)
}

/** By the first bytes: what came decides, and not its name. */
function segmentContainer(bytes: Buffer, what: string): SegmentContainer {
  const container = containerOf(bytes.subarray(0, 1024))
  if (container === 'ts' || container === 'mp4') return container
  const unsupported = (kind: string): RxGstError =>
    new RxGstError('ERR_UNSUPPORTED_MEDIA', `${what} is ${kind}; MPEG-TS and fragmented MP4 are taken`)
  const start = bytes.subarray(0, 16).toString('latin1')
  if (start.startsWith('ID3') || (bytes.length > 1 && bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0))
    throw unsupported('packed audio, without a container')
  if (/^(?:\xef\xbb\xbf)?WEBVTT/.test(start)) throw unsupported('WebVTT')
  const page = /^\s*(?:<!doctype|<html|<\?xml)/i.test(start)
  const why = bytes.length === 0 ? 'is empty' : page ? 'is a page of a website' : 'is neither MPEG-TS nor MP4'
  throw new RxGstError('ERR_BAD_STREAM', `${what} ${why}`)
}
