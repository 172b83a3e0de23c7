/** The way in where there are no users: a link that the start prints, for ten minutes and one browser. */
import { randomBytes, timingSafeEqual } from 'node:crypto'

export const LINK_MS = 10 * 60_000
const TOKEN_BYTES = 32

export class OneTimeLink {
  readonly token = randomBytes(TOKEN_BYTES).toString('base64url')
  readonly #expiresAt: number
  readonly #unix: () => number
  #used = false

  constructor(unix: () => number) {
    this.#unix = unix
    this.#expiresAt = unix() + LINK_MS
  }

  /** true for the first one who shows the token in time. */
  use(token: string): boolean {
    const given = Buffer.from(token)
    const own = Buffer.from(this.token)
    if (this.#used || this.#unix() > this.#expiresAt) return false
    if (given.length !== own.length || !timingSafeEqual(given, own)) return false
    this.#used = true
    return true
  }
}
