/** The file of users and tokens: rxgst passwd writes it, the server reads it again when it changes. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { nameSchema } from '../../core/schema.js'
import { Problem } from '../../core/problem.js'
import { stampOf } from '../file-stamp.js'
import { parsePassword } from './password.js'
import { ROLES, USER_ROLES } from './roles.js'

const TOKEN_PREFIX = 'rxgst_'
const TOKEN_BYTES = 32
const MOST_FILE_BYTES = 1024 * 1024
/** The file is looked at once in this time at most. */
const LOOK_MS = 1000

export const userNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/, 'a user name has 1 to 63 letters, digits, ., _, @ and -')

const user = z.strictObject({
  role: z.enum(USER_ROLES),
  channels: z.array(nameSchema).max(1000).optional(),
  password: z.string().refine(text => parsePassword(text) !== null, 'a password is written by rxgst passwd'),
})
const token = z.strictObject({
  role: z.enum(ROLES),
  channels: z.array(nameSchema).max(1000).optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a token is written by rxgst passwd --token'),
  expires: z.iso.datetime({ offset: true }).optional(),
})
export const usersSchema = z.strictObject({
  users: z.record(userNameSchema, user).default({}),
  tokens: z.record(userNameSchema, token).default({}),
})
export type Users = z.output<typeof usersSchema>
export type User = Users['users'][string]
export type Token = Users['tokens'][string]

export const makeToken = (): string => TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
export const hashToken = (text: string): string => createHash('sha256').update(text).digest('hex')

const NOBODY: Users = { users: {}, tokens: {} }

/** Throws a Problem that says what is wrong, without quoting the file. */
export function parseUsers(text: string, file: string): Users {
  const document = parseDocument(text, { prettyErrors: false })
  const [fault] = document.errors
  if (fault) throw badFile(file, `it is no YAML (${fault.code})`)
  const { success, data, error } = usersSchema.safeParse(document.toJS() ?? {})
  if (success) return data
  throw badFile(file, error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}

const badFile = (file: string, what: string): Problem =>
  new Problem(400, 'ERR_USERS_FILE', `${file}: ${what}`, { remedy: 'Correct it, or write it with rxgst passwd.' })

/** @returns null: there is no such file */
export function readUsers(file: string): Users | null {
  let text: string
  try {
    const { mode, size } = statSync(file)
    // Who can write it is an admin.
    if ((mode & 0o002) !== 0) throw badFile(file, 'everybody may write it: chmod o-w')
    if (size > MOST_FILE_BYTES) throw badFile(file, 'it has more than 1 MiB')
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Problem) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw badFile(file, `it cannot be read (${code})`)
  }
  return parseUsers(text, file)
}

export class UsersFile {
  readonly #file: string | null
  readonly #now: () => number
  readonly #onFault: (problem: Problem) => void
  #users: Users = NOBODY
  #tokens = new Map<string, { readonly name: string; readonly token: Token }>()
  #stamp = ''
  #lookedAt = -Infinity

  /**
   * Throws a Problem where the file is not valid.
   * @param file null: there are no users
   * @param onFault told once of a change that is not valid; the users before it stay
   */
  constructor(file: string | null, now: () => number, onFault: (problem: Problem) => void) {
    this.#file = file
    this.#now = now
    this.#onFault = onFault
    if (file === null) return
    this.#stamp = stampOf(file)
    this.#take(readUsers(file) ?? NOBODY)
    this.#lookedAt = now()
  }

  get isEmpty(): boolean {
    this.#look()
    return Object.keys(this.#users.users).length === 0 && this.#tokens.size === 0
  }

  user(name: string): User | null {
    this.#look()
    return Object.hasOwn(this.#users.users, name) ? this.#users.users[name]! : null
  }

  /** The password of any user; null: there are none. */
  get anyPassword(): string | null {
    return Object.values(this.#users.users)[0]?.password ?? null
  }

  token(text: string): { readonly name: string; readonly token: Token } | null {
    this.#look()
    // The search is for the hash, so its time tells nothing of the token.
    return this.#tokens.get(hashToken(text)) ?? null
  }

  #look(): void {
    if (this.#file === null || this.#now() - this.#lookedAt < LOOK_MS) return
    this.#lookedAt = this.#now()
    const stamp = stampOf(this.#file)
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      // A file that is gone for a moment, while an editor writes it, logs nobody out.
      const users = readUsers(this.#file)
      if (users) this.#take(users)
    } catch (error) {
      if (error instanceof Problem) this.#onFault(error)
      else throw error
    }
  }

  #take(users: Users): void {
    this.#users = users
    this.#tokens = new Map(Object.entries(users.tokens).map(([name, token]) => [token.sha256, { name, token }]))
  }
}
