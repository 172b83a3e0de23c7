/** Guesses of passwords: five failures a minute for an address and for a name, then delays that grow. */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { Problem } from '../../core/problem.js'

export interface LoginLimitOptions {
  readonly failures: number
  readonly windowMs: number
  /** Of the first delay; each one after it is twice as long. */
  readonly delayMs: number
  readonly mostDelayMs: number
}

export const LOGIN_LIMITS: LoginLimitOptions = {
  failures: 5,
  windowMs: 60_000,
  delayMs: 60_000,
  mostDelayMs: 3_600_000,
}
/** Time without a failure after which the delays begin anew. */
const FORGET_S = 24 * 3600
/** A limiter keeps no more keys than this, whatever names and addresses are sent; two of them may share a key. */
const MOST_KEYS = 8192

/** A problem that says when to come again. */
export class Delayed extends Problem {
  readonly retryAfterS: number

  constructor(ms: number) {
    const seconds = Math.max(1, Math.ceil(ms / 1000))
    super(429, 'ERR_LOGIN_DELAYED', `too many logins have failed: wait for ${seconds} s`, {
      retryable: true,
      remedy: 'Wait, then try again. Tokens and the Unix socket do not wait.',
    })
    this.retryAfterS = seconds
  }
}

export class LoginLimits {
  readonly #options: LoginLimitOptions
  readonly #failures: RateLimiterMemory
  /** How many delays a key has had. */
  readonly #delays: RateLimiterMemory

  constructor(options: LoginLimitOptions = LOGIN_LIMITS) {
    this.#options = options
    this.#failures = new RateLimiterMemory({ points: options.failures, duration: options.windowMs / 1000 })
    this.#delays = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: FORGET_S })
  }

  /** Counts an attempt before it is tried, so that many at once are counted too. Throws Delayed. */
  async attempt(address: string, name: string): Promise<Attempt> {
    const nameKey = keyOf('name', name.toLowerCase())
    const keys = [keyOf('address', networkOf(address)), nameKey]
    for (const key of keys) {
      const state = await this.#failures.get(key)
      if (state !== null && state.consumedPoints >= this.#options.failures) throw new Delayed(state.msBeforeNext)
    }
    for (const key of keys) await this.#failures.penalty(key)
    const giveBack = async (): Promise<void> => {
      for (const key of keys) await this.#failures.reward(key)
    }
    return {
      untried: giveBack,
      // Only its own point: who has one account must not clear the way to guess at others.
      succeeded: async () => {
        await giveBack()
        await this.#delays.delete(nameKey)
      },
      failed: async () => {
        for (const key of keys) await this.#delay(key)
      },
    }
  }

  async #delay(key: string): Promise<void> {
    const state = await this.#failures.get(key)
    if (state === null || state.consumedPoints < this.#options.failures) return
    const { consumedPoints: delays } = await this.#delays.penalty(key)
    const ms = Math.min(this.#options.delayMs * 2 ** (delays - 1), this.#options.mostDelayMs)
    await this.#failures.block(key, ms / 1000)
  }
}

export interface Attempt {
  succeeded(): Promise<void>
  failed(): Promise<void>
  /** The password was not looked at: this counts for nothing. */
  untried(): Promise<void>
}

const keyOf = (kind: string, text: string): string =>
  `${kind}${createHash('sha256').update(text).digest().readUInt32LE() % MOST_KEYS}`

/** Of IPv6 the /64: one subscriber has all addresses in it. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('%')[0]!.split('::')
  const groups = head.split(':')
  const behind = tail === '' ? [] : tail.split(':')
  while (groups.length + behind.length < 8) groups.push('0')
  return [...groups, ...behind].slice(0, 4).join(':')
}
