/** Changes of the file of users: comments and order stay, and nobody sees half of it. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMap, parseDocument } from 'yaml'
import { Problem } from '../../core/problem.js'
import type { Token, User } from './users-file.js'

export interface Edit {
  readonly kind: 'users' | 'tokens'
  readonly name: string
  /** null: it is removed. */
  readonly entry: User | Token | null
}

const HEAD = '# Users and tokens of rxgst serve; rxgst passwd writes them.\n'

/** @param text a file that parseUsers has taken */
export function editUsers(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text.trim() === '' ? `${HEAD}users: {}\ntokens: {}\n` : text)
  for (const { kind, name, entry } of edits) {
    if (entry === null) document.deleteIn([kind, name])
    else {
      const entries = document.get(kind, true)
      // '{}' of a file without entries: from now on they have lines of their own.
      if (isMap(entries) && entries.items.length === 0) entries.flow = false
      document.setIn([kind, name], document.createNode(entry))
    }
  }
  return document.toString({ lineWidth: 0 })
}

/** For as long as one who holds the lock may take, ms; it only reads and writes. */
const LOCK_DEADLINE_MS = 10_000
const LOCK_RETRY_MS = 50

/** Runs `work` while nobody else changes the file. Rejects with Problem: the lock stays taken. */
export async function withUsersLock<T>(file: string, work: () => T, deadlineMs = LOCK_DEADLINE_MS): Promise<T> {
  const lock = `${file}.lock`
  const deadline = performance.now() + deadlineMs
  while (!take(lock)) {
    if (performance.now() > deadline) {
      throw new Problem(409, 'ERR_USERS_FILE', `another rxgst passwd changes ${file}`, {
        fault: 'machine',
        retryable: true,
        remedy: `Try again; if none runs, one was ended at its work: remove ${lock}.`,
      })
    }
    await sleep(LOCK_RETRY_MS)
  }
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** false: somebody has it. */
function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600))
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw unwritable(lock, code)
  }
}

const unwritable = (file: string, code: string | undefined): Problem =>
  new Problem(400, 'ERR_USERS_FILE', `${file} cannot be written (${code})`, {
    fault: 'machine',
    remedy: 'Check the permissions of its folder, and run this as the user that owns the file.',
  })

/** Replaces the file in one step. It keeps its owner and mode; a new one is for its owner alone. */
export function writeUsers(file: string, text: string): void {
  const temporary = join(dirname(file), `.users-${randomBytes(6).toString('hex')}`)
  try {
    const before = statSync(file, { throwIfNoEntry: false })
    const handle = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    if (before) {
      const own = statSync(temporary)
      if (own.uid !== before.uid || own.gid !== before.gid) chownSync(temporary, before.uid, before.gid)
      chmodSync(temporary, before.mode & 0o660)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw unwritable(file, code)
  }
}
