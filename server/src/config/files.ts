/** Files as the configuration reads them: bounded, and never one that makes a reader wait. */
import { constants } from 'node:fs'
import { access, lstat, open, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

export interface FileFacts {
  /** Bits of its permissions. */
  readonly mode: number
  readonly size: number
}

/** What is asked of the file system; a test has its own. All reject with the system's errors. */
export interface ConfigFiles {
  /** The first `maxBytes` bytes of a regular file, or the error code EFBIG. */
  read(path: string, maxBytes: number): Promise<Uint8Array>
  /** Without symbolic links. */
  realPath(path: string): Promise<string>
  facts(path: string): Promise<FileFacts>
  /** Whether something has this name, a link to nowhere too. */
  hasName(path: string): Promise<boolean>
}

/** A disk of a network may not answer for hours. */
const PATIENCE_MS = 5000
/** Each holds one of the four threads for files up. */
const MOST_LATE = 3

/** The same files; what does not answer in time has the error code ETIMEDOUT, and is not asked again until it does. */
export function inTime(files: ConfigFiles, patienceMs: number): ConfigFiles {
  const late = new Set<string>()
  const ask = async <T>(path: string, call: () => Promise<T>): Promise<T> => {
    if (late.size >= MOST_LATE || [...late].some(other => isInside(other, path))) throw tooLate()
    const asked = call()
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        late.add(path)
        const back = () => void late.delete(path)
        asked.then(back, back)
        reject(tooLate())
      }, patienceMs)
    })
    return Promise.race([asked, limit]).finally(() => clearTimeout(timer))
  }
  return {
    read: (path, maxBytes) => ask(path, () => files.read(path, maxBytes)),
    realPath: path => ask(path, () => files.realPath(path)),
    facts: path => ask(path, () => files.facts(path)),
    hasName: path => ask(path, () => files.hasName(path)),
  }
}

const tooLate = () => systemError('ETIMEDOUT', 'the disk does not answer')

const diskFiles: ConfigFiles = Object.freeze({
  read: readBounded,
  realPath: (path: string) => realpath(path),
  facts: async (path: string) => {
    const { mode, size } = await stat(path)
    return { mode: mode & 0o777, size }
  },
  hasName: (path: string) =>
    lstat(path).then(
      () => true,
      () => false,
    ),
})

export const systemFiles: ConfigFiles = Object.freeze(inTime(diskFiles, PATIENCE_MS))

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  // A FIFO would be waited for at its opening.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!(await handle.stat()).isFile()) throw systemError('EINVAL', 'it is no regular file')
    const bytes = Buffer.alloc(maxBytes + 1)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null)
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length > maxBytes) throw systemError('EFBIG', 'it is too large')
    return bytes.subarray(0, length)
  } finally {
    await handle.close()
  }
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? ''
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not do that',
  EISDIR: 'it is a folder',
  EINVAL: 'it is no regular file',
  EFBIG: 'it is too large',
  ELOOP: 'a symbolic link leads nowhere',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  ETIMEDOUT: 'the disk does not answer',
}

/** Why a file cannot be read or written. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (codeOf(error) || 'it cannot be read')
}

export async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}

/** The path without symbolic links; what does not exist yet is added to its folder's. */
export async function realPathOf(path: string, files: ConfigFiles): Promise<string> {
  const missing: string[] = []
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      return join(await files.realPath(at), ...missing)
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error)) || dirname(at) === at) throw error
      // Whoever makes what a link leads to decides later where that is.
      if (await files.hasName(at)) throw systemError('ELOOP', 'a link to nowhere')
      missing.unshift(basename(at))
    }
  }
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}
