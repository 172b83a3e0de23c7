import path from 'node:path'
import { RxGstError } from '../../core/errors'

/** The containers of recordings, by the ending of their files. */
export const RECORD_FORMATS = ['mp4', 'flv', 'ts'] as const
export type RecordFormat = (typeof RECORD_FORMATS)[number]

/** Where segments go. */
export interface RecordPlace {
  /** Absolute; the index is in it. */
  readonly folder: string
  /** Of the files, relative to the folder. */
  readonly pattern: string
  readonly format: RecordFormat
}

const DEFAULT_PATTERN = '%Y-%m-%dT%H-%M-%SZ'
/** Fields that every C library writes alike in every language. */
const FIELDS = 'YmdHMSj%'
const LONGEST = 512

/**
 * A folder, or a pattern of files with strftime's fields: '/rec/%Y/%m/%d/%H-%M-%S.mp4'. What stands before the first
 * name with a field is the folder.
 */
export function recordPlace(given: unknown, format: RecordFormat | null): RecordPlace {
  if (typeof given !== 'string' || given === '') throw refused('a folder, or a pattern of files')
  if (given.length > LONGEST || given.includes('\0')) throw refused(`a path of at most ${LONGEST} characters`)
  const whole = path.resolve(given)
  const names = whole.split(path.sep)
  const first = names.findIndex(name => name.includes('%'))
  if (first < 0) {
    const kind = format ?? 'mp4'
    return { folder: whole, pattern: `${DEFAULT_PATTERN}.${kind}`, format: kind }
  }
  const pattern = names.slice(first).join('/')
  for (const [, field = ''] of pattern.matchAll(/%(.?)/g)) {
    if (field === '' || !FIELDS.includes(field))
      throw refused(`only the fields ${[...FIELDS].map(one => `%${one}`).join(' ')} in a pattern, and not %${field}`)
  }
  const ending = RECORD_FORMATS.find(one => pattern.endsWith(`.${one}`)) ?? null
  if (ending && format && ending !== format)
    throw new RxGstError('ERR_OPTION', `expected ${ending} for format, as the pattern ends, but received '${format}'`)
  const kind = ending ?? format ?? 'mp4'
  const folder = names.slice(0, first).join(path.sep) || path.sep
  return { folder, pattern: ending ? pattern : `${pattern}.${kind}`, format: kind }
}

function refused(what: string): RxGstError {
  return new RxGstError('ERR_OPTION', `expected ${what} for the place of a recording`)
}
