import { createHash, randomBytes } from 'node:crypto'
import type { Call, Manner } from './behaviour'
import type { Connection } from './connection'
import { status } from './fields'

export interface Account {
  readonly user: string
  readonly password: string
}

/** Says no as Adobe's AccessManager does, and hangs up. */
function refuse(it: Connection, { transaction }: Call, mode: string, words: string): void {
  const description = `[ AccessManager.Reject ] : [ ${words.startsWith('?') ? `authmod=${mode}` : words} ] : ${
    words.startsWith('?') ? words : ''
  }`
  it.command(0, '_error', transaction, null, status('error', 'NetConnection.Connect.Rejected', description))
  it.end('fin')
}

const md5 = (text: string) => createHash('md5').update(text)
const base64 = (text: string): string => md5(text).digest('base64')
const hex = (text: string): string => md5(text).digest('hex')

/** The query of the application that a client connects to. */
function query(app: string): Map<string, string> {
  const text = app.slice(app.indexOf('?') + 1)
  // A value may hold `=`, and `+` is a plus.
  return new Map(
    text.split('&').map(pair => [pair.split('=', 1)[0]!, decodeURIComponent(pair.replace(/^[^=]*=?/, ''))]),
  )
}

/**
 * A login in three steps, which each take a connection: need of a login, a challenge, the answer to it.
 *
 * @param challenge what it asks, and what answers it
 */
function login(
  mode: 'adobe' | 'llnw',
  { user }: Account,
  challenge: () => { words: string; answers: (query: Map<string, string>, app: string) => string },
): Manner {
  let open: ReturnType<typeof challenge> | undefined
  return {
    connect: (it, call) => {
      const given = query(it.app)
      if (!it.app.includes('?') || given.get('authmod') !== mode)
        return refuse(it, call, mode, `code=403 need auth; authmod=${mode}`)
      if (given.get('user') !== user) return refuse(it, call, mode, '?reason=nosuchuser&opaque=xyz')
      const response = given.get('response')
      if (!response) {
        open = challenge()
        return refuse(it, call, mode, `?reason=needauth&user=${given.get('user')}${open.words}`)
      }
      const wanted = open?.answers(given, it.app)
      open = undefined
      // One that answers an old challenge is a replay.
      if (response !== wanted) return refuse(it, call, mode, '?reason=authfailed&opaque=vgoAAA==')
      return 'as usual'
    },
  }
}

/** As Wowza and Flash Media Server ask for a user and a password. */
export function adobeLogin(account: Account, { opaque = true }: { opaque?: boolean } = {}): Manner {
  return login('adobe', account, () => {
    const [salt, challenge, token] = [4, 4, 4].map(size => randomBytes(size).toString('base64'))
    return {
      words: `&salt=${salt}&challenge=${challenge}${opaque ? `&opaque=${token}` : ''}`,
      answers: given => {
        const secret = base64(account.user + salt + account.password)
        return base64(secret + (opaque ? token : challenge) + given.get('challenge'))
      },
    }
  })
}

/** As Limelight does. */
export function llnwLogin(account: Account): Manner {
  return login('llnw', account, () => {
    const nonce = randomBytes(8).toString('hex')
    return {
      words: `&nonce=${nonce}`,
      answers: (given, app) => {
        const path = app.slice(0, app.indexOf('?'))
        const place = path.includes('/') ? path : `${path}/_definst_`
        const secret = hex(`${account.user}:live:${account.password}`)
        const [cnonce, count] = [given.get('cnonce'), given.get('nc')]
        return hex(`${secret}:${nonce}:${count}:${cnonce}:auth:${hex(`publish:/${place}`)}`)
      },
    }
  })
}
