/** Who asks, and what that one may do. */
import { Problem } from '../../core/problem.js'

export const USER_ROLES = ['viewer', 'operator', 'admin'] as const
export type UserRole = (typeof USER_ROLES)[number]
/** `metrics`: /metrics alone, for a scraper. */
export const ROLES = ['metrics', ...USER_ROLES] as const
export type Role = (typeof ROLES)[number]

export interface Principal {
  /** Of a user or a token, as events show it. */
  readonly name: string
  readonly role: Role
  /** null: all channels. */
  readonly channels: readonly string[] | null
  /** When it is nobody any more at the latest, Unix ms; null: it does not expire. */
  readonly expiresAt: number | null
  /** By what it was known. A browser sends a session by itself, so another site could misuse that one alone. */
  readonly by: 'session' | 'token' | 'socket' | 'nobody'
}

/** Sees nothing but /metrics, and that only where it is open. */
export const NOBODY: Principal = { name: 'nobody', role: 'metrics', channels: [], expiresAt: null, by: 'nobody' }

export const hasRole = (who: Principal, role: Role): boolean => ROLES.indexOf(who.role) >= ROLES.indexOf(role)

export const seesChannel = (who: Principal, channel: string): boolean =>
  who.channels === null || who.channels.includes(channel)

export function requireRole(who: Principal, role: Role): void {
  if (hasRole(who, role)) return
  throw new Problem(403, 'ERR_ROLE', `this needs the role ${role}, and ${who.name} has the role ${who.role}`, {
    remedy: 'Log in as a user with that role; an admin gives roles with rxgst passwd.',
  })
}

/** A channel that one may not see is answered like one that does not exist. */
export function requireChannel(who: Principal, channel: string): void {
  if (!seesChannel(who, channel)) throw unknownChannel(channel)
}

/** What concerns all channels is not for one who is limited to some. */
export function requireAllChannels(who: Principal): void {
  if (who.channels === null) return
  throw new Problem(403, 'ERR_ROLE', `${who.name} is limited to some channels, and this concerns all of them`, {
    remedy: 'Log in as a user who is not limited to channels.',
  })
}

export const unknownChannel = (channel: string): Problem =>
  new Problem(404, 'ERR_CHANNEL_UNKNOWN', `there is no channel '${channel}'`, {
    remedy: 'GET /api/v1/channels lists them.',
  })
