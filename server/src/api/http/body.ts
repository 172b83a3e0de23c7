/** The body of a request: JSON, bounded in size and depth. */
import type { IncomingMessage } from 'node:http'
import { Problem } from '../../core/problem.js'

export const BODY_BYTES = 64 * 1024
/** Of a whole configuration: 300 channels with ten targets each have less. Only an admin may send so much. */
export const CONFIG_BYTES = 1024 * 1024
/** A channel's configuration has seven levels. */
const MOST_DEPTH = 32
const JSON_TYPES = ['application/json', 'application/merge-patch+json']

/** Keys that become part of an object's prototype where a program copies them carelessly. */
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype'])

export function isJson(request: IncomingMessage): boolean {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  return JSON_TYPES.includes(type)
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** undefined: there is none. */
export async function readJson(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  if (!hasBody(request)) return undefined
  if (!isJson(request)) throw notJson()
  if (request.headers['content-encoding'] !== undefined) {
    throw new Problem(415, 'ERR_CONTENT_TYPE', 'the body is compressed', { remedy: 'Send it without compression.' })
  }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    chunks.push(chunk)
  }
  return parse(Buffer.concat(chunks))
}

export const notJson = (): Problem =>
  new Problem(415, 'ERR_CONTENT_TYPE', 'a request that changes something has the content type application/json', {
    remedy: 'Send the header Content-Type: application/json.',
  })

const tooLarge = (mostBytes: number): Problem =>
  new Problem(413, 'ERR_BODY_SIZE', `the body has more than ${mostBytes / 1024} KiB`, { remedy: 'Send less.' })

function parse(bytes: Buffer): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's message quotes the body, which may hold a secret.
    throw new Problem(400, 'ERR_JSON', 'the body is no JSON', { remedy: 'Send JSON in UTF-8.' })
  }
  checkShape(value)
  return value
}

/** Without recursion: the value is as deep as the sender likes. */
function checkShape(value: unknown): void {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEPTH) {
      throw new Problem(400, 'ERR_JSON', `the body has more than ${MOST_DEPTH} levels`, { remedy: 'Send less.' })
    }
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      for (const [key, child] of Object.entries(item)) {
        if (POLLUTING.has(key)) {
          throw new Problem(400, 'ERR_JSON', `the body has a key ${key}`, { remedy: 'Leave the key out.' })
        }
        next.push(child)
      }
    }
    level = next
  }
}
