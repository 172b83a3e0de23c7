/** Sessions of browsers. They live in memory: after a restart of the server one logs in again. */
import { createHash, randomBytes } from 'node:crypto'

export const SESSION_COOKIE = 'rxgst_session'
/** Browsers take a cookie of this name only over TLS, and from this host alone. */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`

/** A wall of channels asks every few seconds, so it never is idle. */
export const IDLE_MS = 12 * 3_600_000
export const MOST_AGE_MS = 7 * 24 * 3_600_000
const MOST_SESSIONS = 1000
const MOST_OF_USER = 50
const ID_BYTES = 32

export interface Session {
  readonly user: string
  /** Of the user's entry when it began: with another password or another role the session is over. */
  readonly fingerprint: string
  readonly startedAt: number
  usedAt: number
}

export class Sessions {
  readonly #unix: () => number
  /** By the SHA-256 of the id: nobody who reads memory or measures time learns an id. The oldest comes first. */
  readonly #sessions = new Map<string, Session>()

  constructor(unix: () => number) {
    this.#unix = unix
  }

  get size(): number {
    return this.#sessions.size
  }

  /** `id`: only the cookie has it. */
  begin(user: string, fingerprint: string): { readonly id: string; readonly expiresAt: number } {
    this.#forgetOld()
    const own = [...this.#sessions].filter(([, session]) => session.user === user)
    if (own.length >= MOST_OF_USER) this.#sessions.delete(own[0]![0])
    else if (this.#sessions.size >= MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!)
    const id = randomBytes(ID_BYTES).toString('base64url')
    const now = this.#unix()
    const session = { user, fingerprint, startedAt: now, usedAt: now }
    this.#sessions.set(digest(id), session)
    return { id, expiresAt: endOf(session) }
  }

  /** null: there is none, or it is over. */
  find(id: string): Session | null {
    const session = this.#sessions.get(digest(id))
    if (!session) return null
    if (this.#isOver(session)) {
      this.#sessions.delete(digest(id))
      return null
    }
    session.usedAt = this.#unix()
    return session
  }

  end(id: string): Session | null {
    const session = this.#sessions.get(digest(id)) ?? null
    this.#sessions.delete(digest(id))
    return session
  }

  #isOver({ startedAt, usedAt }: Session): boolean {
    const now = this.#unix()
    return now - usedAt > IDLE_MS || now - startedAt > MOST_AGE_MS
  }

  #forgetOld(): void {
    for (const [key, session] of this.#sessions) if (this.#isOver(session)) this.#sessions.delete(key)
  }
}

/** When it is over though it is used, Unix ms. */
export const endOf = ({ startedAt }: Session): number => startedAt + MOST_AGE_MS

const digest = (id: string): string => createHash('sha256').update(id).digest('base64url')
