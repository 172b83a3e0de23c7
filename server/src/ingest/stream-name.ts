/** Which stream somebody wants to send, and whether the key is its own. */
import { createHash, timingSafeEqual } from 'node:crypto'

const FOLDER = '/live/'

/**
 * The name of the stream, or null: there is none of that name, or the key is wrong. A key stands in the query
 * (`/live/studio?key=…`) or, for programs that know no query, behind the name (`/live/studio-…`).
 */
export function allowedStream(
  streams: Readonly<Record<string, string | null>>,
  path: string,
  key: unknown,
): string | null {
  if (!path.startsWith(FOLDER)) return null
  const sent = path.slice(FOLDER.length)
  for (const [name, own] of Object.entries(streams)) {
    if (own === null ? sent === name : sent === name && typeof key === 'string' && same(key, own)) return name
    if (own !== null && sent.startsWith(`${name}-`) && same(sent.slice(name.length + 1), own)) return name
  }
  return null
}

/** In the same time, whatever is alike. */
function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
