/** A door to a configuration that is one YAML file: no places, no secrets but `${env:NAME}`. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { type Config, configSchema } from '../../../src/core/schema.js'
import type { ConfigProblem } from '../../../src/core/problem.js'
import type { PlanStep } from '../../../src/core/server-port.js'
import type { ConfigDoor, ConfigReading } from '../../../src/supervisor/config-door.js'

type Raw = { channels?: Record<string, { targets?: Record<string, unknown> }> }

export function simpleDoor(file: string): ConfigDoor & { changed(): void } {
  let raw: Raw = {}
  let onChange = () => {}
  const read = (value: unknown): ConfigReading => {
    const parsed = configSchema.safeParse(value)
    const problems = (parsed.error?.issues ?? []).map(({ path, message }) => ({
      ...{ file, line: null, column: null, path: path.join('.'), message },
    }))
    return { config: parsed.data ?? null, problems, etag: hash(value), documents: {} }
  }
  const draft = (value: Raw) => ({
    ...read(value),
    commit: async () => {
      raw = value
      writeFileSync(file, stringify(value))
    },
  })
  return {
    file,
    changed: () => onChange(),
    text: () => readFileSync(file, 'utf8'),
    read: async () => {
      const value = parse(readFileSync(file, 'utf8')) as Raw
      const reading = read(value)
      if (reading.config) raw = value
      return reading
    },
    draftText: async text => draft(parse(text) as Raw),
    draftEdit: async edit => {
      const next = structuredClone(raw)
      const channels = (next.channels ??= {})
      const own = channels[edit.channel] ?? {}
      if (edit.kind === 'put-channel') channels[edit.channel] = edit.value as typeof own
      if (edit.kind === 'patch-channel') channels[edit.channel] = { ...own, ...(edit.patch as typeof own) }
      if (edit.kind === 'delete-channel') delete channels[edit.channel]
      if (edit.kind === 'put-target') own.targets = { ...own.targets, [edit.target]: edit.value }
      if (edit.kind === 'delete-target') delete own.targets?.[edit.target]
      return draft(next)
    },
    plan,
    resolve: async (_, config) => {
      const secrets: string[] = []
      const problems: ConfigProblem[] = []
      const none = { file, line: null, column: null }
      const text = JSON.stringify(config).replace(/\$\{env:(\w+)\}/g, (_, name: string) => {
        const value = process.env[name]
        if (value === undefined) problems.push({ ...none, path: 'channels', message: `${name} is not set` })
        secrets.push(value ?? '')
        return value ?? ''
      })
      return { config: JSON.parse(text), secrets, problems }
    },
    redact: config => config,
    etagOf: hash,
    watch: listener => {
      onChange = listener
      return () => {
        onChange = () => {}
      }
    },
  }
}

const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

function plan(before: Config, after: Config): PlanStep[] {
  const steps: PlanStep[] = []
  for (const id of new Set([...Object.keys(before.channels), ...Object.keys(after.channels)])) {
    const [was, is] = [before.channels[id], after.channels[id]]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    const step = (change: PlanStep['change'], effect: PlanStep['effect']) =>
      steps.push({ path: `channels.${id}`, change, effect, channel: id, text: `channel ${id} ${change}` })
    if (!was) step('added', 'starts-channel')
    else if (!is) step('removed', 'stops-channel')
    else step('changed', JSON.stringify(was.mode) === JSON.stringify(is.mode) ? 'live' : 'restarts-channel')
  }
  return steps
}
