/** Changes of the file of users: comments and order stay, and nobody sees half of it. */
import { chmodSync, chownSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
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
    else document.setIn([kind, name], document.createNode(entry))
  }
  return document.toString({ lineWidth: 0 })
}

/** Replaces the file in one step. It keeps its owner and mode; a new one is for its owner alone. */
export function writeUsers(file: string, text: string): void {
  const temporary = join(dirname(file), `.users-${randomBytes(6).toString('hex')}`)
  try {
    const before = statSync(file, { throwIfNoEntry: false })
    const handle = openSync(temporary, 'wx', 0o600)
    try {
      writeSync(handle, text)
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
    throw new Problem(400, 'ERR_USERS_FILE', `${file} cannot be written (${code})`, {
      fault: 'machine',
      remedy: 'Check the permissions of its folder, and run this as the user that owns the file.',
    })
  }
}
