/** Files by an allow-list: a URL that is not in it leads nowhere, so no path can be climbed. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
/** Text of less is not compressed. */
const LEAST_COMPRESSED = 1024
const MOST_FILES = 300
/** Quality of brotli; the highest one takes a second for what this one does in 50 ms. */
const BROTLI_QUALITY = 9

export interface Source {
  readonly path: string
  /** Makes of the file's text what is served. */
  readonly change?: (text: string) => string
}

type Encoding = 'identity' | 'gzip' | 'br'

interface Loaded {
  readonly mtimeMs: number
  readonly type: string
  readonly etag: string
  readonly bytes: Buffer
  readonly encoded: Map<Encoding, Promise<Buffer>>
}

export class Files {
  readonly #sources: ReadonlyMap<string, Source>
  readonly #loaded = new Map<string, Loaded>()

  constructor(sources: ReadonlyMap<string, Source>) {
    this.#sources = sources
  }

  has(url: string): boolean {
    return this.#sources.has(url)
  }

  /** Answers a GET or HEAD of a file that it has. */
  async serve(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.#load(url)
    const encoding = chooseEncoding(request.headers['accept-encoding'], file)
    const etag = `"${file.etag}-${encoding}"`
    response.setHeader('etag', etag)
    response.setHeader('vary', 'accept-encoding')
    // A browser asks each time, and is mostly answered with 304: an upgrade shows at once.
    response.setHeader('cache-control', 'no-cache')
    if (matches(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end()
      return
    }
    const bytes = await this.#encode(file, encoding)
    if (encoding !== 'identity') response.setHeader('content-encoding', encoding)
    response.writeHead(200, { 'content-type': file.type, 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }

  #load(url: string): Loaded {
    const { path, change } = this.#sources.get(url)!
    const { mtimeMs } = statSync(path)
    const known = this.#loaded.get(url)
    if (known?.mtimeMs === mtimeMs) return known
    const raw = readFileSync(path)
    const bytes = change ? Buffer.from(change(raw.toString('utf8'))) : raw
    const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
    const type = TYPES[extname(path)]!
    const loaded: Loaded = { mtimeMs, type, etag, bytes, encoded: new Map() }
    this.#loaded.set(url, loaded)
    return loaded
  }

  /** Each encoding is made once. */
  #encode(file: Loaded, encoding: Encoding): Promise<Buffer> {
    let made = file.encoded.get(encoding)
    if (!made) file.encoded.set(encoding, (made = ENCODERS[encoding](file.bytes)))
    return made
  }
}

const ENCODERS: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  identity: bytes => Promise.resolve(bytes),
  gzip: bytes => promisify(gzip)(bytes, { level: 9 }),
  br: bytes => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
}

function chooseEncoding(accepted: string | undefined, { bytes, type }: Loaded): Encoding {
  if (bytes.length < LEAST_COMPRESSED || type === 'image/png') return 'identity'
  const names = (accepted ?? '')
    .split(',')
    .map(part => part.trim().split(';'))
    .filter(([, weight]) => weight?.trim() !== 'q=0')
    .map(([name]) => name!.trim())
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'identity'
}

const matches = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)

/** The files of a folder and its folders, by URL; links and unknown kinds are left out. */
export function filesOf(folder: string, url = ''): Map<string, Source> {
  const found = new Map<string, Source>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const here = `${url}/${entry.name}`
    if (entry.isDirectory()) for (const [key, source] of filesOf(path, here)) found.set(key, source)
    else if (entry.isFile() && extname(entry.name) in TYPES) found.set(here, { path })
    if (found.size > MOST_FILES) throw new Error(`${folder} has more than ${MOST_FILES} files`)
  }
  return found
}
