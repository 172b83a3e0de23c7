/** rxgst passwd: writes the file of users and tokens. */
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { hashPassword, LEAST_PASSWORD_LENGTH, MOST_PASSWORD_LENGTH } from '../api/access/password.js'
import { type Role, ROLES, USER_ROLES, type UserRole } from '../api/access/roles.js'
import {
  hashToken,
  makeToken,
  parseUsers,
  type Token,
  type User,
  userNameSchema,
  type Users,
} from '../api/access/users-file.js'
import { editUsers, type Edit, withUsersLock, writeUsers } from '../api/access/users-edit.js'
import { durationSchema, nameSchema } from '../core/schema.js'
import { Problem } from '../core/problem.js'
import { askPassword } from './ask-password.js'
import { EXIT, failWith, usageExit } from './exit.js'

interface Given {
  readonly file: string
  readonly role?: Role
  readonly channel?: readonly string[]
  readonly token?: boolean
  readonly expires?: string
  readonly delete?: boolean
  readonly list?: boolean
  readonly json?: boolean
}

export function registerPasswd(program: Command): void {
  usageExit(program.command('passwd'))
    .description('write the file of users and tokens')
    .argument('[name]', 'the user or token', (text: string) => checked(userNameSchema, text))
    .option('-f, --file <file>', 'the file, which server.users of the configuration names', 'users.yaml')
    .addOption(new Option('-r, --role <role>', 'what it may do; a new one is a viewer').choices(ROLES))
    .option('-c, --channel <name>', 'limit it to this channel; may be given again', (text: string, all?: string[]) => [
      ...(all ?? []),
      checked(nameSchema, text),
    ])
    .option('-t, --token', 'make a token for a program, and print it: it is shown this once')
    .option('-e, --expires <time>', 'of a token: a time such as 90d, or a date; default: never', expiry)
    .option('-d, --delete', 'remove it')
    .option('-l, --list', 'tell the users and tokens')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      '\nThe password is asked for, or read from the first line of the standard input.\n' +
        'The server reads the file again by itself. Exit status: 0 done, 1 not done, 2 wrong arguments.',
    )
    .action(async (name: string | undefined, given: Given) => {
      try {
        await passwd(name, given)
      } catch (error) {
        failWith(error, given.json === true)
      }
    })
}

async function passwd(name: string | undefined, given: Given): Promise<void> {
  const { file } = given
  // What is wrong with the file is told before anybody types a password.
  const users = parseUsers(readIfThere(file), file)
  if (given.list) return list(users, given)
  if (name === undefined) throw wrongUse('a name is missing')
  if (given.expires !== undefined && !given.token) throw wrongUse('--expires is for tokens')
  if (given.delete) {
    await change(given, known => {
      // Without --token the name may be that of either.
      const kinds = (['users', 'tokens'] as const).filter(
        kind => Object.hasOwn(known[kind], name) && (kind === 'tokens' || !given.token),
      )
      if (kinds.length === 0) throw unknownName(name, file)
      return kinds.map(kind => ({ kind, name, entry: null }))
    })
    return tell(given, { removed: name }, `${name} was removed from ${file}`)
  }
  /** What it may do; what is not given stays. */
  const rightsOf = (before: User | Token | undefined) => {
    const channels = given.channel ?? before?.channels
    return { role: given.role ?? before?.role ?? 'viewer', ...(channels && { channels: [...channels] }) }
  }
  let role: Role = 'viewer'
  if (given.token) {
    const token = makeToken()
    await change(given, ({ tokens }) => {
      const rights = rightsOf(own(tokens, name))
      role = rights.role
      const entry = { ...rights, sha256: hashToken(token), ...(given.expires && { expires: given.expires }) }
      return [{ kind: 'tokens', name, entry }]
    })
    return tell(given, { name, role, token }, token)
  }
  if (given.role !== undefined && !isUserRole(given.role)) throw wrongUse(`the role ${given.role} is for tokens`)
  const text = await askPassword(name)
  if (text.length < LEAST_PASSWORD_LENGTH || text.length > MOST_PASSWORD_LENGTH) {
    throw wrongUse(`a password has ${LEAST_PASSWORD_LENGTH} to ${MOST_PASSWORD_LENGTH} characters`)
  }
  const password = await hashPassword(text)
  await change(given, ({ users }) => {
    const rights = rightsOf(own(users, name))
    role = rights.role
    return [{ kind: 'users', name, entry: { ...rights, role: rights.role as UserRole, password } }]
  })
  tell(given, { name, role }, `${name} is ${role === 'viewer' ? 'a' : 'an'} ${role} in ${file}`)
}

/** Reads and writes the file under its lock, so that two at once lose nothing of each other. */
const change = ({ file }: Given, editsOf: (known: Users) => readonly Edit[]): Promise<void> =>
  withUsersLock(file, () => {
    const text = readIfThere(file)
    writeUsers(file, editUsers(text, editsOf(parseUsers(text, file))))
  })

const own = <T>(entries: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(entries, name) ? entries[name] : undefined

const isUserRole = (role: Role): role is UserRole => (USER_ROLES as readonly string[]).includes(role)

function list(users: Users, given: Given): void {
  const rows = [
    ...Object.entries(users.users).map(([name, { role, channels }]) => ({ kind: 'user', name, role, channels })),
    ...Object.entries(users.tokens).map(([name, { role, channels, expires }]) => ({
      ...{ kind: 'token', name, role, channels, expires },
    })),
  ]
  const lines = rows.map(({ kind, name, role, channels, ...more }) =>
    [
      kind,
      name,
      role,
      channels?.join(',') ?? 'all channels',
      'expires' in more ? `until ${more.expires ?? 'deleted'}` : '',
    ]
      .join('  ')
      .trimEnd(),
  )
  tell(given, rows, lines.join('\n'))
}

const tell = ({ json }: Given, value: unknown, text: string): void => {
  console.log(json ? JSON.stringify(value) : text)
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new Problem(400, 'ERR_USERS_FILE', `${file} cannot be read (${code})`, { remedy: 'Check its permissions.' })
  }
}

function checked(schema: typeof userNameSchema | typeof nameSchema, text: string): string {
  const { success, error } = schema.safeParse(text)
  if (success) return text
  throw new InvalidArgumentError(error.issues[0]!.message)
}

/** '90d' or '2027-01-31' as a time in ISO 8601. */
function expiry(text: string): string {
  const duration = durationSchema.safeParse(text)
  const at = duration.success ? Date.now() + duration.data : Date.parse(text)
  if (Number.isNaN(at) || at > 8.64e15)
    throw new InvalidArgumentError("a time such as 90d, or a date such as '2027-01-31'")
  if (at <= Date.now()) throw new InvalidArgumentError('this time is over')
  return new Date(at).toISOString()
}

const wrongUse = (what: string): Problem =>
  new Problem(EXIT.usage, 'ERR_OPTION', what, { remedy: 'rxgst passwd --help tells the arguments.' })

const unknownName = (name: string, file: string): Problem =>
  new Problem(404, 'ERR_USER_UNKNOWN', `there is no user or token '${name}' in ${file}`, {
    remedy: 'rxgst passwd --list tells them.',
  })
