/** Passwords as scrypt keeps them: 'scrypt$N$r$p$salt$hash'. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Problem } from '../../core/problem.js'

/** OWASP's figures for 32 MiB: about 0.2 s of a core. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Node.js refuses more than it is allowed; a file could ask for any amount. */
const MOST_MEMORY_BYTES = 128 * 1024 * 1024
/** Of what is computed at a time, and waits: each takes 32 MiB and a thread that files need too. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 16

export const LEAST_PASSWORD_LENGTH = 10
export const MOST_PASSWORD_LENGTH = 256

interface Parsed {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly hash: Buffer
}

let running = 0
const waiting: (() => void)[] = []

/** @param N cost in time and memory, a power of two */
export async function hashPassword(password: string, N: number = COST.N): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, { ...COST, N, salt, hash: Buffer.alloc(HASH_BYTES) })
  return ['scrypt', N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/**
 * @param stored null: there is no such user; the same time is spent
 * @param another password of any user, whose cost is that time
 */
export async function isPassword(password: string, stored: string | null, another: string | null): Promise<boolean> {
  const parsed = stored === null ? null : parsePassword(stored)
  const cost = (another === null ? null : parsePassword(another)) ?? COST
  const expected = parsed ?? { ...cost, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) }
  const hash = await derive(password, expected)
  return timingSafeEqual(hash, expected.hash) && parsed !== null
}

/** null: it is not of this form. */
export function parsePassword(stored: string): Parsed | null {
  const found = /^scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([\w-]{16,128})\$([\w-]{22,128})$/.exec(stored)
  if (!found) return null
  const [N, r, p] = found.slice(1, 4).map(Number) as [number, number, number]
  if (N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1 || 128 * N * r > MOST_MEMORY_BYTES / 2) return null
  return { N, r, p, salt: Buffer.from(found[4]!, 'base64url'), hash: Buffer.from(found[5]!, 'base64url') }
}

async function derive(password: string, { N, r, p, salt, hash }: Parsed): Promise<Buffer> {
  if (running >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING) {
      throw new Problem(503, 'ERR_BUSY', 'too many log in at this moment', {
        fault: 'machine',
        retryable: true,
        remedy: 'Try again in some seconds.',
      })
    }
    await new Promise<void>(resolve => waiting.push(resolve))
  }
  running++
  try {
    return await new Promise<Buffer>((resolve, reject) =>
      scrypt(password.normalize('NFKC'), salt, hash.length, { N, r, p, maxmem: MOST_MEMORY_BYTES }, (error, key) =>
        error ? reject(error) : resolve(key),
      ),
    )
  } finally {
    running--
    waiting.shift()?.()
  }
}
