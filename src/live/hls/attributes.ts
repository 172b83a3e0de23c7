/** A span of bytes of a resource (EXT-X-BYTERANGE). */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * An attribute list (RFC 8216, 4.2): names to values, without their quotes. It ends where something is no attribute, so
 * that no character is looked at more than twice, whatever a line holds.
 */
export function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  const one = /[ \t,]*([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))/y
  for (let found = one.exec(text); found !== null; found = one.exec(text)) {
    const [, name = '', quoted, plain = ''] = found
    attributes.set(name, quoted ?? plain.trim())
  }
  return attributes
}

/** A number of the playlist within a range; what is none, or is outside, is null. */
export function numberOf(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^-?\d{1,17}(?:\.\d{0,17})?$/.test(text.trim())) return null
  const value = Number(text)
  return value >= min && value <= max ? value : null
}

/**
 * `<length>[@<offset>]`; null: it is none.
 * @param next where the range begins that names no offset; null: it must name one
 */
export function byteRangeOf(text: string, next: number | null): ByteRange | null {
  const [, lengthText, offsetText] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text.trim()) ?? []
  if (lengthText === undefined) return null
  const offset = offsetText === undefined ? next : Number(offsetText)
  return offset === null ? null : { offset, length: Number(lengthText) }
}

/** `0x` and 32 digits: an initialization vector; null: it is none. */
export function vectorOf(text: string): Uint8Array | null {
  const digits = /^0x([0-9a-f]{1,32})$/i.exec(text)?.[1]
  return digits === undefined ? null : Buffer.from(digits.padStart(32, '0'), 'hex')
}
