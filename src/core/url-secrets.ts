import { MIN_QUERY_VALUE_LENGTH, MIN_SECRET_LENGTH, secretForms } from './secrets'

/** The parts of an address that hold secrets, and those that tell where a short one stands. */
export interface SecretParts {
  readonly application: string
  readonly stream: string
  readonly host: string
  readonly port: number
  /** The path as it was written: the stream may differ from it. */
  readonly written: string
  readonly password: string | null
  readonly userinfo: string
}

/** All secrets of an address in every spelling, the longest first. */
export function urlSecrets(parts: SecretParts): string[] {
  const { application, stream, host, port, written, password, userinfo } = parts
  const secrets = new Set<string>()
  const add = (secret: string): void => secretForms(secret).forEach(form => secrets.add(form))
  const addQuery = (text: string): void => {
    const query = text.indexOf('?')
    if (query < 0) return
    add(text.slice(query + 1))
    for (const pair of text.slice(query + 1).split(/[&;]/)) {
      const value = pair.slice(pair.indexOf('=') + 1)
      if (value.length >= MIN_QUERY_VALUE_LENGTH) add(value)
    }
  }
  const addName = (text: string, before: readonly string[]): void => {
    const query = text.indexOf('?')
    const name = query < 0 ? text : text.slice(0, query)
    add(text)
    add(name)
    addQuery(text)
    // A name too short to be masked everywhere is masked only in its place.
    if (name.length < MIN_SECRET_LENGTH) for (const place of before) add(`${place}/${name}`)
  }
  if (stream === '') {
    addName(application, [host, `:${port}`])
  } else {
    addName(stream, [application === '' ? host : application])
    addQuery(application)
    // As a file's name was written.
    const [, file] = /\/([^/?]+\.flv)$/.exec(written) ?? []
    if (file !== undefined) add(file)
    if (stream.startsWith('mp4:')) add(stream.slice('mp4:'.length))
  }
  if (password !== null) {
    add(password)
    add(userinfo.slice(userinfo.indexOf(':') + 1))
    add(userinfo)
    add(decodeURIComponent(userinfo))
  }
  return [...secrets].sort((a, b) => b.length - a.length)
}
