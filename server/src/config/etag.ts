import { createHmac, randomBytes } from 'node:crypto'
import { isObject } from './merge.js'

/** A hash alone would let a viewer try short keys against it. */
const KEY = randomBytes(32)

/** Of a content, whatever the order of its fields. Another one after a restart. */
export function etagOf(content: unknown): string {
  return createHmac('sha256', KEY)
    .update(JSON.stringify(inOrder(content)) ?? '')
    .digest('base64url')
    .slice(0, 27)
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isObject(value)) return value
  const sorted = Object.keys(value).sort()
  return sorted.map(name => [name, inOrder(value[name])])
}
