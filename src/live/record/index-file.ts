import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** A segment, as the index tells of it. */
export interface IndexedSegment {
  /** Relative to the folder. */
  readonly file: string
  /** Unix ms. */
  readonly begin: number
  readonly end: number
  readonly duration: number
  readonly bytes: number
  readonly torn: boolean
}

export const INDEX_NAME = 'index.ndjson'

/** A segment that began, and of which no end is known. */
export type OpenSegment = Pick<IndexedSegment, 'file' | 'begin'>

export interface IndexContents {
  readonly finished: readonly IndexedSegment[]
  readonly open: readonly OpenSegment[]
}

/** Reads an index. What cannot be read there is left out: a line may be cut. An absent file is an empty index. */
export async function readIndex(folder: string): Promise<IndexContents> {
  try {
    return parseIndex(await readFile(path.join(folder, INDEX_NAME), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { finished: [], open: [] }
    throw error
  }
}

/** The last line about a file counts. */
export function parseIndex(text: string): IndexContents {
  const finished = new Map<string, IndexedSegment>()
  const open = new Map<string, OpenSegment>()
  for (const line of text.split('\n')) {
    const read = parseLine(line)
    if (!read) continue
    finished.delete(read.file)
    open.delete(read.file)
    if ('end' in read) finished.set(read.file, read)
    else if ('begin' in read) open.set(read.file, read)
  }
  return { finished: [...finished.values()], open: [...open.values()] }
}

function parseLine(line: string): IndexedSegment | OpenSegment | { readonly file: string } | null {
  let given: Record<string, unknown>
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    given = value as Record<string, unknown>
  } catch {
    return null
  }
  const { file } = given
  if (typeof file !== 'string' || !isWithin(file)) return null
  if (given.removed === true) return { file }
  const [begin, end] = [time(given.begin), time(given.end)]
  if (begin === null) return null
  if (end === null) return { file, begin }
  const [duration, bytes] = [given.duration, given.bytes].map(one => (typeof one === 'number' && one >= 0 ? one : 0))
  return { file, begin, end, duration: duration!, bytes: bytes!, torn: given.torn === true }
}

/** The retention removes files of the index: none outside of the folder. */
function isWithin(file: string): boolean {
  return file !== '' && !path.isAbsolute(file) && !file.split(/[\\/]/).includes('..') && !file.includes('\0')
}

function time(value: unknown): number | null {
  const unix = typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isNaN(unix) ? null : unix
}

export function openLine({ file, begin }: OpenSegment): string {
  return `${JSON.stringify({ file, begin: new Date(begin).toISOString() })}\n`
}

export function indexLine({ file, begin, end, duration, bytes, torn }: IndexedSegment): string {
  const iso = (unix: number): string => new Date(unix).toISOString()
  const line = { file, begin: iso(begin), end: iso(end), duration, bytes, ...(torn && { torn }) }
  return `${JSON.stringify(line)}\n`
}

/**
 * What the index says together with what this process knows: a full disk may have cut lines, and another process may
 * have written them. The disk is right about what it calls finished, or what began later.
 */
export function merged(disk: IndexContents, known: IndexContents): IndexContents {
  const [finished, open] = [byFile(disk.finished), byFile(disk.open)]
  const mine = known.finished.filter(({ file, end }) => !finished.has(file) && !((open.get(file)?.begin ?? 0) > end))
  const whole = byFile(mine)
  return {
    finished: [...disk.finished, ...mine],
    open: [
      ...disk.open.filter(({ file }) => !whole.has(file)),
      ...known.open.filter(({ file }) => !finished.has(file) && !open.has(file)),
    ],
  }
}

function byFile<Segment extends OpenSegment>(segments: readonly Segment[]): Map<string, Segment> {
  return new Map(segments.map(segment => [segment.file, segment]))
}

/** Whether its file is there; so too where the disk does not tell. */
export async function isThere(folder: string, { file }: OpenSegment): Promise<boolean> {
  try {
    return (await sizeAndTime(folder, file)) !== null
  } catch {
    return true
  }
}

/** What an open one has become: its writer did not come to an end. null: it is not there. */
export async function tornSegment(folder: string, { file, begin }: OpenSegment): Promise<IndexedSegment | null> {
  const found = await sizeAndTime(folder, file)
  if (!found) return null
  const end = Math.max(begin, Math.round(found.time))
  return { file, begin, end, duration: end - begin, bytes: found.bytes, torn: true }
}

async function sizeAndTime(folder: string, file: string): Promise<{ bytes: number; time: number } | null> {
  try {
    const { size, mtimeMs } = await stat(path.join(folder, file))
    return { bytes: size, time: mtimeMs }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
