/** What RTMP commands and onMetaData are made of. Dates, references and typed objects do not occur there. */
export type Amf = number | boolean | string | null | undefined | Amf[] | { [key: string]: Amf }

const NUMBER = 0
const BOOLEAN = 1
const STRING = 2
const OBJECT = 3
const NULL = 5
const UNDEFINED = 6
const ECMA_ARRAY = 8
const OBJECT_END = 9
const STRICT_ARRAY = 10
const LONG_STRING = 12

export function encodeAmf(...values: Amf[]): Buffer {
  return Buffer.concat(values.map(encode))
}

function encode(value: Amf): Buffer {
  if (value === null) return Buffer.of(NULL)
  if (value === undefined) return Buffer.of(UNDEFINED)
  if (typeof value === 'boolean') return Buffer.of(BOOLEAN, value ? 1 : 0)
  if (typeof value === 'string') return Buffer.concat([Buffer.of(STRING), text(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (Array.isArray(value)) {
    const head = Buffer.alloc(5, STRICT_ARRAY)
    head.writeUInt32BE(value.length, 1)
    return Buffer.concat([head, ...value.map(encode)])
  }
  const fields = Object.entries(value).flatMap(([key, field]) => [text(key), encode(field)])
  return Buffer.concat([Buffer.of(OBJECT), ...fields, Buffer.of(0, 0, OBJECT_END)])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** All values in a message; throws on bytes that are no AMF0. */
export function decodeAmf(bytes: Buffer): Amf[] {
  const values: Amf[] = []
  const cursor = { bytes, at: 0 }
  while (cursor.at < bytes.length) values.push(decode(cursor))
  return values
}

interface Cursor {
  bytes: Buffer
  at: number
}

function decode(cursor: Cursor): Amf {
  const type = take(cursor, 1)[0]
  switch (type) {
    case NUMBER:
      return take(cursor, 8).readDoubleBE()
    case BOOLEAN:
      return take(cursor, 1)[0] !== 0
    case STRING:
      return take(cursor, take(cursor, 2).readUInt16BE()).toString()
    case LONG_STRING:
      return take(cursor, take(cursor, 4).readUInt32BE()).toString()
    case NULL:
      return null
    case UNDEFINED:
      return undefined
    case ECMA_ARRAY:
      // Its count is a hint that writers get wrong; the end mark counts.
      take(cursor, 4)
      return decodeFields(cursor)
    case OBJECT:
      return decodeFields(cursor)
    case STRICT_ARRAY:
      return Array.from({ length: take(cursor, 4).readUInt32BE() }, () => decode(cursor))
    default:
      throw new Error(`AMF0 type ${type} at ${cursor.at - 1}`)
  }
}

function decodeFields(cursor: Cursor): { [key: string]: Amf } {
  const fields: { [key: string]: Amf } = {}
  for (;;) {
    const key = take(cursor, take(cursor, 2).readUInt16BE()).toString()
    if (key === '' && cursor.bytes[cursor.at] === OBJECT_END) break
    fields[key] = decode(cursor)
  }
  cursor.at++
  return fields
}

function take(cursor: Cursor, count: number): Buffer {
  if (cursor.at + count > cursor.bytes.length) throw new Error('AMF0 ends early')
  cursor.at += count
  return cursor.bytes.subarray(cursor.at - count, cursor.at)
}
