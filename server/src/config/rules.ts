/** What the schema cannot say: rules over a channel, and over all of them. */
import { resolveRules, type ResolvedRule } from 'rxgst/checks'
import { addressFault, parseAddress, type Address, type Role } from './address.js'
import { codeOf, type ConfigFiles } from './files.js'
import { listenersOf, needsUsers } from './listen.js'
import { allowedFolders, locate, recordingFolder, slateKind } from './paths.js'
import type { Path } from './place.js'
import { hasReference, referencesIn } from './references.js'
import { monitorTargetsSchema, type ChannelConfig, type Config, type InputConfig } from '../core/schema.js'
import type { ServerConfig, TargetConfig, WebhookConfig } from '../core/schema.js'

export interface RuleContext {
  /** Folder of the configuration, absolute. */
  readonly base: string
  readonly files: ConfigFiles
  /** null: it is not valid itself, so nothing is checked against it. */
  readonly server: ServerConfig | null
  problem(path: Path, message: string, options?: { readonly ofKey?: boolean }): void
  warn(path: Path, message: string): void
  /** Such as rxgst.yaml:12:7. */
  placeOf(path: Path): string
}

export async function checkRules(config: Config, context: RuleContext): Promise<void> {
  if (context.server) checkServer(context.server, context)
  const recordings = new Map<string, Path>()
  for (const [id, channel] of Object.entries(config.channels)) {
    const path = ['channels', id]
    checkChannel(channel, path, context)
    await checkPaths(channel, path, recordings, context)
  }
  checkTargets(config, context)
}

function checkServer(server: ServerConfig, { problem, warn }: RuleContext): void {
  const { listeners, faults } = listenersOf(server.listen)
  const many = Array.isArray(server.listen)
  for (const { index, message } of faults) problem(['server', 'listen', ...(many ? [index] : [])], message)
  for (const { index } of listeners.filter(needsUsers)) {
    if (server.users === undefined)
      problem(
        ['server', 'listen', ...(many ? [index] : [])],
        'others reach this address, and server.users is not set: "rxgst passwd" makes users',
      )
  }
  for (const { message } of server.probes === undefined ? [] : listenersOf(server.probes).faults)
    problem(['server', 'probes'], message)
  if (server.ingest) {
    const ingest = listenersOf(server.ingest.listen, { unix: false })
    for (const { message } of ingest.faults) problem(['server', 'ingest', 'listen'], message)
    if (!server.ingest.streamKeys && ingest.listeners.some(needsUsers))
      warn(['server', 'ingest', 'streamKeys'], 'others reach this address, and anybody can send a stream without a key')
  }
  server.webhooks.forEach((webhook, index) => checkWebhook(webhook, ['server', 'webhooks', index], server, problem))
}

function checkChannel(channel: ChannelConfig, path: Path, context: RuleContext): void {
  const { problem, server } = context
  const names = new Map<string, number>()
  channel.inputs.forEach((input, index) => {
    const at = [...path, 'inputs', index]
    const name = inputName(input, index)
    const first = names.get(name)
    if (first !== undefined)
      problem(
        [...at, ...(input.name === undefined ? [] : ['name'])],
        `the name ${name} is that of input ${first + 1} already`,
      )
    else names.set(name, index)
    if ('url' in input) checkAddress(input, at, 'input', context)
    if ('ingest' in input && server && !server.ingest)
      problem([...at, 'ingest'], 'the server has no `ingest` that takes streams')
  })
  for (const [name, target] of Object.entries(channel.targets)) checkTarget(target, [...path, 'targets', name], context)
  if (channel.fill === 'slate' && channel.slate === undefined)
    problem([...path, 'fill'], 'fill: slate needs a slate: a picture or a video file')
  if (channel.slate !== undefined && channel.fill !== 'slate') problem([...path, 'slate'], 'a slate needs fill: slate')
  if (channel.slate !== undefined && slateKind(channel.slate) === null)
    problem([...path, 'slate'], 'a slate ends in .png, .jpg, .mp4, .mov, .mkv, .webm, .flv or .ts')
  if (channel.mode !== 'copy') checkSize(channel.mode.encode, [...path, 'mode', 'encode'], problem)
  checkMonitorRules(channel, path, problem)
  if (server)
    channel.webhooks.forEach((webhook, index) => checkWebhook(webhook, [...path, 'webhooks', index], server, problem))
  if (channel.title !== undefined && /\p{Cc}/u.test(channel.title))
    problem([...path, 'title'], 'a title has no control characters')
  if (channel.holdBack > LONGEST_HOLD_MS) problem([...path, 'holdBack'], 'expected at most 1h')
}

/** The library's own limits. */
const LONGEST_HOLD_MS = 3_600_000
const SHORTEST_SEGMENT_MS = 1000
const LONGEST_SEGMENT_MS = 86_400_000
const SHORTEST_HOOK_SECRET = 16

export function inputName(input: InputConfig, index: number): string {
  return input.name ?? `input-${index + 1}`
}

/** With the names that inputs have by their order. */
export function withInputNames(channel: ChannelConfig): ChannelConfig {
  return { ...channel, inputs: channel.inputs.map((input, index) => ({ ...input, name: inputName(input, index) })) }
}

type Problem = RuleContext['problem']

function checkAddress(
  { url, streamKey }: { readonly url: string; readonly streamKey?: string | undefined },
  path: Path,
  role: Role,
  { server, problem }: RuleContext,
): void {
  for (const [name, text] of [
    ['url', url],
    ['streamKey', streamKey],
  ] as const)
    for (const fault of text === undefined ? [] : referencesIn(text).problems) problem([...path, name], fault)
  if (referencesIn(url).problems.length > 0) return
  const rules = server ?? { schemes: EVERY_SCHEME, privateAddresses: true }
  const fault = addressFault(url, { role, streamKey }, rules)
  if (fault !== null) problem([...path, 'url'], fault)
}

const EVERY_SCHEME = ['rtmp', 'rtmps', 'srt', 'rtsp', 'rtsps', 'http', 'https', 'file']

function checkTarget(target: TargetConfig, path: Path, context: RuleContext): void {
  const { problem } = context
  const transport = 'record' in target ? target.format === 'ts' : target.url.startsWith('srt:')
  if (transport && target.encode?.codec === 'av1')
    problem([...path, 'encode', 'codec'], 'a transport stream takes no AV1')
  if ('url' in target) return checkAddress(target, path, 'target', context)
  const { segment } = target
  if (segment !== undefined && (segment < SHORTEST_SEGMENT_MS || segment > LONGEST_SEGMENT_MS))
    problem([...path, 'segment'], 'a segment is 1s to 1d')
}

function checkSize(
  { width, height }: { width?: number | undefined; height?: number | undefined },
  path: Path,
  problem: Problem,
): void {
  if ((width === undefined) === (height === undefined)) return
  problem(
    [...path, width === undefined ? 'height' : 'width'],
    `${width === undefined ? 'width' : 'height'} is missing beside it`,
  )
}

/** Whether a rule has something to compare with: without it, it would never raise an alert. */
function comparisonFault(
  { as, metric }: ResolvedRule,
  targets: NonNullable<ChannelConfig['monitor']['targets']>,
): string | null {
  if (as !== 'ofTarget' && as !== 'offTarget') return null
  if (metric === 'loudness')
    return as === 'offTarget' ? null : "LUFS have no share of a target; 'offTarget' is the distance to it"
  // An encoded programme knows its own rate.
  if (metric === 'fps' || Object.hasOwn(targets, metric)) return null
  const names = Object.keys(monitorTargetsSchema.shape)
  return names.includes(metric)
    ? `this needs a target: monitor.targets.${metric}`
    : `there are targets of ${names.join(', ')}, and not of ${metric}`
}

function checkMonitorRules({ monitor: { rules, targets = {} } }: ChannelConfig, path: Path, problem: Problem): void {
  if (rules === 'default') return
  const names = new Map<unknown, number>()
  rules.forEach((rule, index) => {
    const at = [...path, 'monitor', 'rules', index]
    try {
      const [resolved] = resolveRules([rule])
      const fault = comparisonFault(resolved!, targets)
      if (fault !== null) problem([...at, 'as'], fault)
    } catch (error) {
      const message = error instanceof Error ? error.message : 'this is no rule'
      // The library names the field: rules[0].raise.for
      const [, field = ''] = /rules\[0\]((?:\.\w+)*)/.exec(message) ?? []
      problem([...at, ...field.split('.').slice(1)], message.replaceAll('rules[0]', `rules[${index}]`))
    }
    const first = names.get(rule['name'])
    if (first !== undefined) problem([...at, 'name'], `rule ${first + 1} has this name already`)
    else if (typeof rule['name'] === 'string') names.set(rule['name'], index)
  })
}

function checkWebhook(webhook: WebhookConfig, path: Path, server: ServerConfig, problem: Problem): void {
  const secrets = { url: 'url' in webhook ? webhook.url : '', smtp: 'smtp' in webhook ? webhook.smtp : '' }
  for (const [name, value] of Object.entries(webhook)) {
    if (typeof value !== 'string' || !hasReference(value)) continue
    if (!['url', 'secret', 'token', 'smtp'].includes(name))
      problem([...path, name], 'a reference to a secret has no place here')
    for (const fault of referencesIn(value).problems) problem([...path, name], fault)
  }
  for (const [name, role] of [
    ['url', 'webhook'],
    ['smtp', 'mail'],
  ] as const) {
    if (secrets[name] === '') continue
    const fault = addressFault(secrets[name], { role }, server)
    if (fault !== null) problem([...path, name], fault)
  }
  if (webhook.type === 'webhook' && webhook.secret !== undefined)
    if (!hasReference(webhook.secret) && webhook.secret.length < SHORTEST_HOOK_SECRET)
      problem([...path, 'secret'], `expected at least ${SHORTEST_HOOK_SECRET} characters`)
}

async function checkPaths(
  channel: ChannelConfig,
  path: Path,
  recordings: Map<string, Path>,
  { base, files, server, problem, warn, placeOf }: RuleContext,
): Promise<void> {
  if (!server) return
  const folders = allowedFolders(server, base)
  const locateAt = async (at: Path, written: string): Promise<string | null> => {
    if (hasReference(written)) {
      problem(at, 'a reference to a secret has no place here')
      return null
    }
    const located = await locate(written, base, folders, 'server.folders', files)
    // It costs its own channel, not all of them.
    if (located.fault !== null) (located.late ? warn : problem)(at, located.fault)
    return located.path
  }
  const read = async (at: Path, written: string): Promise<void> => {
    const found = await locateAt(at, written)
    if (found === null) return
    const missing = await files.facts(found).then(
      () => false,
      error => ['ENOENT', 'ENOTDIR'].includes(codeOf(error)),
    )
    if (missing) warn(at, 'there is no such file')
  }
  if (channel.slate !== undefined) await read([...path, 'slate'], channel.slate)
  for (const [index, input] of channel.inputs.entries()) {
    const at = [...path, 'inputs', index]
    if ('file' in input) await read([...at, 'file'], input.file)
    const address = 'url' in input ? quietly(() => parseAddress(input.url, undefined)) : null
    if (address?.path) await read([...at, 'url'], address.path)
  }
  for (const [name, target] of Object.entries(channel.targets)) {
    if (!('record' in target)) continue
    const at = [...path, 'targets', name, 'record']
    const start = recordingFolder(target.record)
    if (target.record.slice(start.length).split('/').includes('..'))
      problem(at, "what stands behind the first name with a field has no '..'")
    const folder = await locateAt(at, start)
    const first = folder === null ? undefined : recordings.get(folder)
    if (first) problem(at, `${first[1] as string} records into this folder already (${placeOf(first)})`)
    else if (folder !== null) recordings.set(folder, at)
  }
}

function quietly<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null // it is a problem of its own elsewhere
  }
}

const PLATFORMS: readonly (readonly [platform: string, host: RegExp])[] = [
  ['youtube', /(^|\.)youtube\.com$/],
  ['twitch', /(^|\.)(twitch\.tv|contribute\.live-video\.net)$/],
  ['facebook', /(^|\.)facebook\.com$/],
  ['kick', /(^|\.)(kick\.com|global-contribute\.live-video\.net)$/],
]

/** Two targets of one place, two publishers of one key of a platform, a channel that sends to its own input. */
function checkTargets({ channels }: Config, { problem, placeOf }: RuleContext): void {
  const places = new Map<string, Path>()
  const keys = new Map<string, { readonly path: Path; readonly backup: boolean }>()
  for (const [id, channel] of Object.entries(channels)) {
    const inputs = new Set(
      channel.inputs.map(input =>
        'url' in input ? quietly(() => parseAddress(input.url, input.streamKey))?.place : undefined,
      ),
    )
    for (const [name, target] of Object.entries(channel.targets)) {
      if (!('url' in target)) continue
      const path = ['channels', id, 'targets', name]
      const address = quietly(() => parseAddress(target.url, target.streamKey))
      if (address === null) continue
      const other = places.get(address.place)
      if (inputs.has(address.place)) problem([...path, 'url'], 'the channel would send to its own input')
      if (other) {
        problem([...path, 'url'], `${other[1] as string}.${other[3] as string} sends there already (${placeOf(other)})`)
        continue
      }
      places.set(address.place, path)
      const platform = platformOf(target.platform, address.host)
      if (platform === null || address.key === '') continue
      const key = `${platform} ${address.key}`
      const first = keys.get(key)
      const backup = isBackup(address)
      if (first && first.backup === backup)
        problem(
          [...path, target.streamKey === undefined ? 'url' : 'streamKey'],
          `${first.path[1] as string}.${first.path[3] as string} sends with this key already (${placeOf(first.path)})`,
        )
      else keys.set(key, { path, backup })
    }
  }
}

function platformOf(platform: string, host: string): string | null {
  if (platform !== 'custom') return platform
  return PLATFORMS.find(([, pattern]) => pattern.test(host.toLowerCase()))?.[0] ?? null
}

/** YouTube takes one key twice: at its second server. */
function isBackup({ host, query }: Address): boolean {
  return /^b\./.test(host) || /(^|&)backup=1(&|$)/.test(query)
}
