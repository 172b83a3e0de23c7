/** rxgst passwd: writes the file of users and tokens. */
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { hashPassword, LEAST_PASSWORD_LENGTH, MOST_PASSWORD_LENGTH } from '../api/access/password.js'
import { type Role, ROLES, USER_ROLES, type UserRole } from '../api/access/roles.js'
import { hashToken, makeToken, parseUsers, userNameSchema } from '../api/access/users-file.js'
import { editUsers, type Edit, writeUsers } from '../api/access/users-edit.js'
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
  const text = readIfThere(given.file)
  const users = parseUsers(text, given.file)
  if (given.list) return list(users, given)
  if (name === undefined) throw wrongUse('a name is missing')
  if (given.expires !== undefined && !given.token) throw wrongUse('--expires is for tokens')
  const kind = given.token ? 'tokens' : 'users'
  const before = Object.hasOwn(users[kind], name) ? users[kind][name] : undefined
  if (given.delete) {
    // Without --token the name may be that of either.
    const known = (['users', 'tokens'] as const).filter(
      kind => Object.hasOwn(users[kind], name) && (kind === 'tokens' || !given.token),
    )
    if (known.length === 0) throw unknownName(name, given.file)
    const edits = known.map((kind): Edit => ({ kind, name, entry: null }))
    writeUsers(given.file, editUsers(text, edits))
    return tell(given, { removed: name }, `${name} was removed from ${given.file}`)
  }
  const role = given.role ?? before?.role ?? 'viewer'
  const channels = given.channel ?? before?.channels
  const limit = channels && { channels: [...channels] }
  if (given.token) {
    const token = makeToken()
    const entry = { role, ...limit, sha256: hashToken(token), ...(given.expires && { expires: given.expires }) }
    writeUsers(given.file, editUsers(text, [{ kind, name, entry }]))
    return tell(given, { name, role, token }, token)
  }
  if (!(USER_ROLES as readonly string[]).includes(role)) throw wrongUse(`the role ${role} is for tokens`)
  const password = await askPassword(name)
  if (password.length < LEAST_PASSWORD_LENGTH || password.length > MOST_PASSWORD_LENGTH) {
    throw wrongUse(`a password has ${LEAST_PASSWORD_LENGTH} to ${MOST_PASSWORD_LENGTH} characters`)
  }
  const entry = { role: role as UserRole, ...limit, password: await hashPassword(password) }
  writeUsers(given.file, editUsers(text, [{ kind, name, entry }]))
  tell(given, { name, role }, `${name} is ${role === 'viewer' ? 'a' : 'an'} ${role} in ${given.file}`)
}

function list(users: ReturnType<typeof parseUsers>, given: Given): void {
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
