/** What a database says no with, as Problem. Texts of the server pass only where they cannot have a secret in them. */
import { Problem } from '../../core/problem.js'

interface Kind {
  readonly code: string
  readonly status: number
  readonly fault: Problem['fault']
  readonly retryable: boolean
  readonly text: string
  readonly remedy: string
}

const kind = (
  code: string,
  status: number,
  fault: Problem['fault'],
  retryable: boolean,
  text: string,
  remedy: string,
) => ({ code, status, fault, retryable, text, remedy }) satisfies Kind

const UNREACHABLE = kind(
  ...(['ERR_STORE_UNREACHABLE', 503, 'peer', true, 'the store cannot be reached'] as const),
  'Is PostgreSQL up, and the network to it? What is on air goes on; nothing new connects until it is back.',
)
const TIMEOUT = kind(
  ...(['ERR_STORE_TIMEOUT', 503, 'peer', true, 'the store did not answer in time'] as const),
  'Look at its load, at locks (pg_stat_activity), and at the network to it.',
)
const LOGIN = kind(
  ...(['ERR_STORE_LOGIN', 503, 'options', true, 'the store refused the login'] as const),
  'Correct user, password and database in the address, or pg_hba.conf.',
)
const TLS = kind(
  ...(['ERR_STORE_TLS', 503, 'options', true, 'the TLS connection to the store failed'] as const),
  'Check its certificate and its name, and sslmode and sslrootcert of the address.',
)
const RIGHTS = kind(
  ...(['ERR_STORE_RIGHTS', 503, 'options', true, 'the user of the store may not do this'] as const),
  'Give the user the role rxgst_worker, or the owner of the schema to migrate; roles.sql makes both.',
)
const SCHEMA = kind(
  ...(['ERR_STORE_SCHEMA', 503, 'options', false, 'the store has another schema than this version takes'] as const),
  'Migrate the store as its owner before workers of a new version start.',
)
const READ_ONLY = kind(
  ...(['ERR_STORE_READ_ONLY', 503, 'peer', true, 'the store takes no writes'] as const),
  'It is a standby, or its disk is full: name the primary in the address.',
)
const BUSY = kind(
  ...(['ERR_STORE_BUSY', 503, 'peer', true, 'the store has no room for this'] as const),
  'Look at max_connections, at the limit of the role, at disk and memory of the store.',
)
const VALUE = kind(
  ...(['ERR_STORE_VALUE', 422, 'options', false, 'the store does not take this value'] as const),
  'A name has 63 characters at most, a document 1 MB.',
)
const FAILED = kind(
  ...(['ERR_STORE', 503, 'engine', true, 'the store failed'] as const),
  'The log of PostgreSQL has the reason; report it if it repeats.',
)

/** SQLSTATEs and their first two characters (classes); codes of Node. The longer one goes first. */
const KINDS: Readonly<Record<string, Kind>> = {
  '57014': TIMEOUT, // query_canceled: statement_timeout
  '55P03': TIMEOUT, // lock_not_available: lock_timeout
  '25P03': TIMEOUT, // idle_in_transaction_session_timeout
  '40': TIMEOUT, // deadlock, serialization
  '08': UNREACHABLE,
  '57': UNREACHABLE, // shutdown, crash, starting up
  '28': LOGIN,
  '3D': LOGIN, // no such database
  '42501': RIGHTS,
  '42': SCHEMA, // no such table, column or function
  '3F': SCHEMA,
  '25006': READ_ONLY,
  '53': BUSY,
  '22': VALUE,
  '23': VALUE,
}

const UNREACHABLE_CODES = /^(ECONN|EPIPE|EHOST|ENET|ENOTFOUND|EAI_|ENOENT|EACCES|ETIMEDOUT|EADDR)/
const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/

/** A wait on our side is over. */
export class Late extends Error {
  override readonly name = 'Late'
}

/** Too many statements wait for a connection. */
export class Crowd extends Error {
  override readonly name = 'Crowd'
}

/** `shown`: host, port and database. The error itself is not kept: clients with passwords may hang on it. */
export function storeProblem(error: unknown, shown: string): Problem {
  if (error instanceof Problem) return error
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const { kind, why } = kindOf(error, code, message)
  const text = `${kind.text} (${shown}${why === '' ? '' : `: ${why}`})`
  return new Problem(kind.status, kind.code, text, {
    fault: kind.fault,
    retryable: kind.retryable,
    remedy: kind.remedy,
  })
}

function kindOf(error: unknown, code: string, message: string): { readonly kind: Kind; readonly why: string } {
  if (error instanceof Late) return { kind: TIMEOUT, why: '' }
  if (error instanceof Crowd) return { kind: BUSY, why: 'too many statements wait' }
  const known = KINDS[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? (KINDS[code.slice(0, 2)] ?? FAILED) : undefined)
  if (known) return { kind: known, why: `SQLSTATE ${code}` }
  if (TLS_CODES.test(code)) return { kind: TLS, why: code }
  if (UNREACHABLE_CODES.test(code)) return { kind: UNREACHABLE, why: code }
  // pg has no codes for these.
  if (/does not support SSL|There was an error establishing an SSL/.test(message)) {
    return { kind: TLS, why: 'the server has no TLS' }
  }
  if (/password|SASL|SCRAM/.test(message)) return { kind: LOGIN, why: '' }
  if (/timeout/i.test(message)) return { kind: TIMEOUT, why: '' }
  if (/terminated|closed|not queryable|ended/i.test(message)) return { kind: UNREACHABLE, why: '' }
  return { kind: FAILED, why: code.slice(0, 40) }
}

export const schemaProblem = (message: string, shown: string) =>
  new Problem(SCHEMA.status, SCHEMA.code, `${SCHEMA.text} (${shown}: ${message})`, {
    fault: SCHEMA.fault,
    remedy: SCHEMA.remedy,
  })
