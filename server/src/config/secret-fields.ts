/** Which fields of a configuration hold secrets. Of values as people send them too, which nothing has checked yet. */
import { isObject } from './merge.js'
import type { Path } from './place.js'

export type SecretKind =
  /** An address with secrets inside: user and password, key, query. */
  | 'address'
  /** Behind its host, the address of a hook is a secret. */
  | 'hook'
  /** A secret as a whole. */
  | 'secret'

export interface SecretField {
  readonly path: Path
  readonly kind: SecretKind
  readonly text: string
  /** Beside an address: the stream key, as it is. Beside a stream key, and a hook's secret: the address. */
  readonly beside: string | undefined
}

/** Of a whole configuration. */
export function configSecrets(config: unknown): SecretField[] {
  if (!isObject(config)) return []
  const { server, channels } = config
  return [
    ...(isObject(server) ? serverSecrets(server) : []),
    ...(isObject(channels)
      ? Object.entries(channels).flatMap(([id, channel]) => channelSecrets(channel, ['channels', id]))
      : []),
  ]
}

function serverSecrets({ webhooks, fleet }: Readonly<Record<string, unknown>>): SecretField[] {
  return [
    ...webhookSecrets(webhooks, ['server', 'webhooks']),
    ...(isObject(fleet) ? field(['server', 'fleet', 'url'], 'address', fleet['url']) : []),
  ]
}

export function channelSecrets(channel: unknown, path: Path = []): SecretField[] {
  if (!isObject(channel)) return []
  const { inputs, targets, webhooks } = channel
  return [
    ...(Array.isArray(inputs) ? inputs.flatMap((one, index) => endSecrets(one, [...path, 'inputs', index])) : []),
    ...(isObject(targets)
      ? Object.entries(targets).flatMap(([name, one]) => targetSecrets(one, [...path, 'targets', name]))
      : []),
    ...webhookSecrets(webhooks, [...path, 'webhooks']),
  ]
}

export function targetSecrets(target: unknown, path: Path = []): SecretField[] {
  return endSecrets(target, path)
}

function endSecrets(end: unknown, path: Path): SecretField[] {
  if (!isObject(end)) return []
  const { url, streamKey } = end
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return [
    ...field([...path, 'url'], 'address', url, text(streamKey)),
    ...field([...path, 'streamKey'], 'secret', streamKey, text(url)),
  ]
}

function webhookSecrets(webhooks: unknown, path: Path): SecretField[] {
  if (!Array.isArray(webhooks)) return []
  return webhooks.flatMap((webhook: unknown, index) => {
    if (!isObject(webhook)) return []
    const at = [...path, index]
    return [
      ...field([...at, 'url'], 'hook', webhook['url']),
      ...field(
        [...at, 'secret'],
        'secret',
        webhook['secret'],
        typeof webhook['url'] === 'string' ? webhook['url'] : undefined,
      ),
      ...field([...at, 'token'], 'secret', webhook['token']),
      ...field([...at, 'smtp'], 'address', webhook['smtp']),
    ]
  })
}

function field(path: Path, kind: SecretKind, text: unknown, beside?: string): SecretField[] {
  return typeof text === 'string' ? [{ path, kind, text, beside }] : []
}

/** A copy with other texts in some places. */
export function withTexts<T>(value: T, texts: readonly { readonly path: Path; readonly text: string }[]): T {
  const root: Branch = { text: undefined, inside: new Map() }
  for (const { path, text } of texts) {
    let branch = root
    for (const name of path) {
      const next = branch.inside.get(name) ?? { text: undefined, inside: new Map() }
      branch.inside.set(name, next)
      branch = next
    }
    branch.text = text
  }
  return replaced(value, root) as T
}

/** The texts of a part, by their names inside. */
interface Branch {
  text: string | undefined
  readonly inside: Map<PropertyKey, Branch>
}

function replaced(value: unknown, branch: Branch | undefined): unknown {
  if (branch === undefined) return value
  if (branch.text !== undefined) return branch.text
  if (Array.isArray(value)) return value.map((item, index) => replaced(item, branch.inside.get(index)))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, branch.inside.get(key))]))
}
