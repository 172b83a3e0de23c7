/** Secrets: read where they are, at the moment when a channel is handed to its process, and never shown. */
import { join } from 'node:path'
import { Problem, type ConfigProblem } from '../core/problem.js'
import { addressFault, schemeOf, type Role } from './address.js'
import { reasonOf, systemFiles, type ConfigFiles } from './files.js'
import { locate, secretFolders } from './paths.js'
import { shownPath, type Path } from './place.js'
import { hasReference, referencesIn, replaceReferences, withStandIns, type Reference } from './references.js'
import type { ChannelConfig, Config, ServerConfig, WebhookConfig } from '../core/schema.js'
import { channelSecrets, configSecrets, withTexts, type SecretField } from './secret-fields.js'

/** Far above any key. */
const MAX_SECRET_BYTES = 4096

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** $CREDENTIALS_DIRECTORY of systemd. */
  readonly credentialsDirectory: string | null
  /** Folder of the configuration, absolute. */
  readonly base: string
  readonly server: ServerConfig
  readonly files?: ConfigFiles
}

type Found =
  | { readonly value: string; readonly fault: null; readonly warning: string | null }
  | { readonly value: null; readonly fault: string }

/** `path`: of what is resolved, for the problems. Throws Problem ERR_SECRET, which names references and no value. */
export async function resolveSecrets(
  channel: ChannelConfig,
  sources: SecretSources,
  path: Path = [],
): Promise<ChannelConfig> {
  return resolveFields(channel, channelSecrets(channel), sources, path)
}

/** Of the server's own webhooks, or a channel's. */
export async function resolveWebhooks(
  webhooks: readonly WebhookConfig[],
  sources: SecretSources,
  path: Path = ['server'],
): Promise<readonly WebhookConfig[]> {
  const holder = { webhooks }
  return (await resolveFields(holder, channelSecrets(holder), sources, path)).webhooks
}

/** The address of a fleet's store. Throws Problem ERR_SECRET. */
export async function resolveFleetUrl(url: string, sources: SecretSources): Promise<string> {
  const field = { path: ['url'], kind: 'address', text: url, beside: undefined } as const
  return (await resolveFields({ url }, [field], sources, ['server', 'fleet'])).url
}

async function resolveFields<T>(
  value: T,
  fields: readonly SecretField[],
  sources: SecretSources,
  path: Path,
): Promise<T> {
  const problems: ConfigProblem[] = []
  const texts: { path: Path; text: string }[] = []
  const complain = (at: Path, message: string): void =>
    void problems.push({ file: '', line: null, column: null, path: shownPath([...path, ...at]), message })
  for (const field of fields) {
    if (!hasReference(field.text)) continue
    const values = new Map<string, string>()
    for (const reference of referencesIn(field.text).references) {
      const found = await readSecret(reference, sources)
      if (found.fault !== null) complain(field.path, found.fault)
      else values.set(reference.text, found.value)
    }
    texts.push({ path: field.path, text: filledIn(field, values) })
  }
  const resolved = withTexts(value, texts)
  // Only now the address is known as a whole.
  for (const { path: at, kind, text, beside } of channelSecrets(resolved)) {
    if (problems.length > 0 || kind === 'secret') continue
    const role: Role =
      kind === 'hook' ? 'webhook' : at.at(-1) === 'smtp' ? 'mail' : at[0] === 'inputs' ? 'input' : 'target'
    const fault = addressFault(text, { role, streamKey: beside }, sources.server)
    if (fault !== null) complain(at, `with its secrets: ${fault}`)
  }
  if (problems.length === 0) return resolved
  throw new Problem(422, 'ERR_SECRET', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    remedy:
      'Set the variable, or make the file or the credential that the reference names, and start the channel again.',
    problems,
  })
}

/** Percent-encoded where an address is decoded: in user and password, and in the values of SRT's query. */
function filledIn({ kind, text }: SecretField, values: ReadonlyMap<string, string>): string {
  const { text: plain, restore } = withStandIns(text)
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(plain)?.[1] ?? ''
  const userinfo = authority.slice(0, Math.max(0, authority.lastIndexOf('@')))
  const userinfoEnd = userinfo === '' ? 0 : text.indexOf('://') + 3 + restore(userinfo).length
  const isDecoded = (offset: number): boolean =>
    offset < userinfoEnd || (schemeOf(text) === 'srt' && /[?&][^=&]*=[^&]*$/.test(text.slice(0, offset)))
  // In one pass: a value that looks like a reference is none.
  return replaceReferences(text, ({ text: whole }, offset) => {
    const value = values.get(whole) ?? ''
    return kind === 'address' && isDecoded(offset) ? encodeURIComponent(value) : value
  })
}

/** Names the reference, never the value. */
export async function readSecret(reference: Reference, sources: SecretSources): Promise<Found> {
  const { env, credentialsDirectory, base, server, files = systemFiles } = sources
  const { kind, name, text } = reference
  if (kind === 'env') {
    const value = env[name]
    return value === undefined ? { value: null, fault: `${text} is not set` } : checkedValue(value, text, null)
  }
  if (kind === 'credential' && credentialsDirectory === null)
    return { value: null, fault: `${text} needs $CREDENTIALS_DIRECTORY, which systemd sets (LoadCredential=)` }
  const path = kind === 'file' ? name : join(credentialsDirectory!, name)
  const folders = secretFolders(server, base, credentialsDirectory)
  const located = await locate(path, base, folders, 'server.secretFolders', files)
  if (located.fault !== null) return { value: null, fault: `${text}: ${located.fault}` }
  try {
    const bytes = await files.read(located.path, MAX_SECRET_BYTES)
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
    const { mode } = await files.facts(located.path)
    // Folders of container systems and of systemd keep others out themselves.
    const guarded = kind === 'credential' || /^(\/var)?\/run\//.test(located.path)
    const open = (mode & 0o007) !== 0 && !guarded
    return checkedValue(value, text, open ? `${text}: every user of this machine may read this file; chmod 600` : null)
  } catch (error) {
    const fault = error instanceof TypeError ? 'it is not written in UTF-8' : reasonOf(error)
    return { value: null, fault: `${text}: ${fault}` }
  }
}

function checkedValue(value: string, text: string, warning: string | null): Found {
  if (value === '') return { value: null, fault: `${text} is empty` }
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES) return { value: null, fault: `${text} is too long` }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
    return { value: null, fault: `${text} has more than one line, or a control character` }
  return { value, fault: null, warning }
}

/** Warns of secrets that are not there now: they may be at the start, or on another machine. */
export async function checkReferences(
  config: Config,
  sources: SecretSources,
  warn: (path: Path, message: string) => void,
): Promise<void> {
  for (const { path, text } of configSecrets(config)) {
    for (const reference of referencesIn(text).references) {
      const found = await readSecret(reference, sources)
      const message = found.fault ?? (found.value === null ? null : found.warning)
      if (message !== null) warn(path, message)
    }
  }
}
