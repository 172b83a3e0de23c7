/** What platforms object to: dated rule files, which a user may replace. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Problem } from '../core/problem.js'
import type { Finding, StreamFacts } from './stream-facts.js'

/** Those of the package: dist/src/probe of it, or dist/server/src/probe of a checkout. */
const FOLDERS = ['../../../rules', '../../../../server/rules'].map(path =>
  fileURLToPath(new URL(path, import.meta.url)),
)
const MOST_FILE_BYTES = 1 << 20

const FIELDS = [
  'video',
  'audio',
  'video.codec',
  'video.profile',
  'video.width',
  'video.height',
  'video.fps',
  'video.bitrate',
  'video.bitratePeak',
  'video.keyframeInterval',
  'video.keyframeIntervalLeast',
  'video.bFrames',
  'audio.codec',
  'audio.sampleRate',
  'audio.channels',
  'audio.bitrate',
  'audio.loudness',
  'audio.truePeak',
] as const

const fieldSchema = z.enum(FIELDS)
const scalar = z.union([z.string(), z.number(), z.boolean()])

const ruleSchema = z
  .strictObject({
    /** The platform's own word where it has one. */
    id: z.string().min(1).max(100),
    field: fieldSchema,
    severity: z.enum(['error', 'warning', 'info']),
    min: z.number().optional(),
    max: z.number().optional(),
    oneOf: z.array(scalar).min(1).max(100).optional(),
    /** The field must be there. */
    required: z.literal(true).optional(),
    /** The rule holds where each field has one of two or more values, or lies between two numbers. */
    when: z.partialRecord(fieldSchema, z.array(scalar).min(1).max(20)).optional(),
    recommended: z.number().optional(),
    unit: z.enum(['s', 'fps', 'Hz', 'bit/s']).optional(),
    /** {value}, {limit} and {recommended} stand for what they say. */
    message: z.string().min(1).max(500),
    source: z.url(),
    date: z.iso.date(),
  })
  .refine(({ min, max, oneOf, required }) => [min, max, oneOf, required].filter(it => it !== undefined).length === 1, {
    message: "a rule has one of 'min', 'max', 'oneOf' and 'required'",
  })

const fileSchema = z.strictObject({
  platform: z.string().regex(/^[a-z0-9-]{1,50}$/),
  title: z.string().min(1).max(100),
  date: z.iso.date(),
  note: z.string().max(1000).optional(),
  rules: z.array(ruleSchema).min(1).max(1000),
})

export type PlatformRule = z.output<typeof ruleSchema>
export type PlatformRules = z.output<typeof fileSchema>

/**
 * The rules of a platform; those of a user's folder go before those of the package. Rejects with ERR_PLATFORM (none of
 * this name), ERR_RULES (a file is wrong).
 */
export async function readPlatform(platform: string, folder: string | null = null): Promise<PlatformRules> {
  const known = new Set<string>()
  for (const place of [...(folder === null ? [] : [folder]), ...FOLDERS]) {
    const names = await readdir(place).catch((error: unknown): string[] => {
      if (place === folder) throw wrongRules(place, (error as Error).message)
      return []
    })
    for (const name of names.filter(it => it.endsWith('.json'))) known.add(name.slice(0, -'.json'.length))
    if (names.includes(`${platform}.json`)) return parseRules(join(place, `${platform}.json`))
  }
  throw new Problem(404, 'ERR_PLATFORM', `there are no rules for '${platform.slice(0, 50)}'`, {
    remedy: `Name one of ${[...known].sort().join(', ')}, or a folder with rules of your own by --rules.`,
  })
}

async function parseRules(file: string): Promise<PlatformRules> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw wrongRules(file, (error as Error).message)
  })
  if (text.length > MOST_FILE_BYTES) throw wrongRules(file, 'it is larger than 1 MiB')
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw wrongRules(file, (error as Error).message)
  }
  const { success, data: rules, error } = fileSchema.safeParse(data)
  if (success) return rules
  const [issue] = error.issues
  throw wrongRules(file, `${issue!.path.join('.')}: ${issue!.message}`)
}

const wrongRules = (file: string, why: string): Problem =>
  new Problem(422, 'ERR_RULES', `the rules in ${file} cannot be used: ${why}`, {
    remedy: 'Correct the file; those of the package are examples.',
  })

type Value = string | number | boolean | object | null | undefined

function factOf(facts: StreamFacts, field: (typeof FIELDS)[number]): Value {
  const [track, name] = field.split('.') as ['video' | 'audio', string | undefined]
  const one = facts[track]
  return name === undefined || one === null ? one : (one as unknown as Record<string, Value>)[name]
}

/** What the platform will object to, the worst first. A value that is not known breaks no rule. */
export function judge({ rules }: PlatformRules, facts: StreamFacts): readonly Finding[] {
  const order = { error: 0, warning: 1, info: 2 } as const
  return rules
    .filter(rule => holds(rule, facts) && isBroken(rule, factOf(facts, rule.field)))
    .map(rule => ({
      id: rule.id,
      severity: rule.severity,
      message: wordsOf(rule, factOf(facts, rule.field)),
      source: rule.source,
      date: rule.date,
    }))
    .sort((a, b) => order[a.severity] - order[b.severity])
}

function holds({ when = {} }: PlatformRule, facts: StreamFacts): boolean {
  return Object.entries(when).every(([field, wanted]) => {
    const value = factOf(facts, field as (typeof FIELDS)[number])
    const [low, high] = wanted
    if (typeof low === 'number' && typeof high === 'number' && wanted.length === 2)
      return typeof value === 'number' && value >= low && value <= high
    return (wanted as readonly Value[]).includes(value)
  })
}

function isBroken({ required, oneOf, min, max }: PlatformRule, value: Value): boolean {
  if (required) return value === null || value === undefined
  if (value === null || value === undefined) return false
  if (oneOf) return !(oneOf as readonly Value[]).includes(value)
  if (typeof value !== 'number') return false
  return (min !== undefined && value < min) || (max !== undefined && value > max)
}

function wordsOf({ message, field, unit, min, max, oneOf, recommended }: PlatformRule, value: Value): string {
  const inUnit = (number: Value): string => sayValue(number, unit ?? (/bitrate/i.test(field) ? 'bit/s' : undefined))
  const limit = oneOf ? oneOf.map(inUnit).join(', ') : inUnit(min ?? max)
  return message
    .replaceAll('{value}', inUnit(value))
    .replaceAll('{limit}', limit)
    .replaceAll('{recommended}', inUnit(recommended))
}

/** '4.5 Mbit/s', '2 s', '44.1 kHz'. */
export function sayValue(value: Value, unit: PlatformRule['unit']): string {
  if (typeof value !== 'number') return String(value)
  const short = (number: number): string => String(Number(number.toFixed(number < 10 ? 2 : 1)))
  switch (unit) {
    case 'bit/s':
      return value >= 1e6 ? `${short(value / 1e6)} Mbit/s` : `${short(value / 1e3)} kbit/s`
    case 'Hz':
      return `${short(value / 1e3)} kHz`
    case 'fps':
      return `${short(value)} pictures a second`
    case 's':
      return `${short(value)} s`
    default:
      return short(value)
  }
}
