/** The configuration of the stand-in: read, checked, planned and masked, as far as tests need it. */
import { createHash } from 'node:crypto'
import { parseDocument } from 'yaml'
import { type ChannelConfig, type Config, configSchema } from '../../src/core/schema.js'
import { type ConfigProblem, Problem } from '../../src/core/problem.js'
import type { Plan } from '../../src/core/server-port.js'

export const FILE = 'rxgst.yaml'

export const FAKE_CONFIG = `# Three channels to try things on
server:
  listen: 127.0.0.1:8787
channels:
  studio:
    title: Studio 1
    inputs:
      - { name: camera, url: rtmp://127.0.0.1/live/camera, streamKey: "\${env:CAMERA_KEY}" }
      - { name: standby, file: standby.mp4 }
    targets:
      youtube: { url: rtmps://a.rtmps.youtube.com/live2, streamKey: "\${env:YT_KEY}", platform: youtube }
      twitch: { url: rtmp://live.twitch.tv/app, streamKey: "\${env:TWITCH_KEY}", platform: twitch }
      archive: { record: recordings/studio, segment: 10m, keep: 7d }
  chapel:
    title: Chapel
    inputs: [{ name: main, url: "srt://10.0.0.5:9000" }]
    mode: { encode: { width: 1280, height: 720, fps: 30, bitrate: 4M } }
    fill: slate
    slate: slate.png
    targets:
      own: { url: rtmp://media.example.org/live, streamKey: "\${env:OWN_KEY}" }
  archive-loop:
    inputs: [{ name: loop, file: loop.mp4 }]
    enabled: false
`

export const unknown = (kind: string, name: string): Problem =>
  new Problem(404, `ERR_${kind.toUpperCase()}_UNKNOWN`, `there is no ${kind} '${name}'`, { remedy: 'Choose another.' })

export const invalid = (problems: readonly ConfigProblem[]): Problem =>
  new Problem(422, 'ERR_CONFIG_INVALID', 'the configuration is not valid', { remedy: 'Correct it.', problems })

export const tagOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

export function read(text: string): { config: Config | null; problems: readonly ConfigProblem[] } {
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    const [{ message, linePos }] = document.errors as [(typeof document.errors)[number]]
    const { line = null, col: column = null } = linePos?.[0] ?? {}
    return { config: null, problems: [{ file: FILE, line, column, path: '', message }] }
  }
  const { data, error } = configSchema.safeParse(document.toJS() ?? {})
  return { config: data ?? null, problems: error ? problemsOf(error.issues, '') : [] }
}

export const problemsOf = (
  issues: readonly { path: PropertyKey[]; message: string }[],
  before: string,
): ConfigProblem[] =>
  issues.map(({ path, message }) => ({
    file: FILE,
    line: 1,
    column: 1,
    path: [before, ...path].filter(part => part !== '').join('.'),
    message,
  }))

export function masked(config: ChannelConfig): ChannelConfig {
  const hide = <T extends object>(part: T): T => ({
    ...part,
    ...('streamKey' in part && { streamKey: '***' }),
    ...('url' in part && { url: String(part.url).replace(/\?.*/, '?***') }),
  })
  const targets = Object.fromEntries(Object.entries(config.targets).map(([name, target]) => [name, hide(target)]))
  const webhooks = config.webhooks.map(hook => ({
    ...hook,
    ...('url' in hook && { url: '***' }),
    ...('secret' in hook && { secret: '***' }),
    ...('token' in hook && { token: '***' }),
    ...('smtp' in hook && { smtp: '***' }),
  }))
  return { ...config, inputs: config.inputs.map(hide), targets, webhooks: webhooks as ChannelConfig['webhooks'] }
}

export function mergePatch(value: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  const merged = base as Record<string, unknown>
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], part)
  }
  return merged
}

export function mergeTarget(
  raw: Record<string, unknown>,
  id: string,
  target: string,
  config: unknown,
): Record<string, unknown> {
  const channel = raw[id] as { targets?: Record<string, unknown> }
  return { ...raw, [id]: { ...channel, targets: { ...channel.targets, [target]: config } } }
}

export function plan(before: Config, after: Config): Plan {
  const ids = new Set([...Object.keys(before.channels), ...Object.keys(after.channels)])
  const steps = [...ids].flatMap((id): Plan['steps'] => {
    const [old, next] = [before.channels[id], after.channels[id]]
    if (JSON.stringify(old) === JSON.stringify(next)) return []
    const path = `channels.${id}`
    if (!old) return [{ path, change: 'added', effect: 'starts-channel', channel: id, text: `${id} starts` }]
    if (!next) return [{ path, change: 'removed', effect: 'stops-channel', channel: id, text: `${id} stops` }]
    if (JSON.stringify(old.mode) === JSON.stringify(next.mode)) {
      return [{ path, change: 'changed', effect: 'live', channel: id, text: `${id} changes on air` }]
    }
    return [
      { path: `${path}.mode`, change: 'changed', effect: 'restarts-channel', channel: id, text: `${id} restarts` },
    ]
  })
  const restarts = steps.filter(step => step.effect === 'restarts-channel').map(step => step.channel!)
  return { steps, problems: [], restarts }
}
