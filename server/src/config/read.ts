/** The configuration of its file and of the API's file over it, with all that is wrong with them. */
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import type { ConfigProblem } from '../core/problem.js'
import { codeOf, reasonOf, systemFiles, type ConfigFiles } from './files.js'
import { problemsOf } from './issues.js'
import { isObject, mergePatch, mergePlaces } from './merge.js'
import { overlayFile } from './paths.js'
import { placeOf, problemAt, type Path, type Place } from './place.js'
import { checkRules, withInputNames } from './rules.js'
import { configSchema, type Config } from '../core/schema.js'
import { checkReferences } from './secrets.js'
import { MAX_PROBLEMS, MAX_TEXT_BYTES, parseYaml, type ParsedYaml } from './yaml.js'

export interface ReadOptions {
  readonly file: string
  /** In place of the file's own text: of a check. */
  readonly text?: string
  /** Text of the API's file; null: none. Default: that of rxgst.d/api.yaml beside the file. */
  readonly overlay?: string | null
  /** For warnings of secrets that are not there. Default: nothing is looked up. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly credentialsDirectory?: string | null
  readonly files?: ConfigFiles
}

export interface ReadConfig {
  /** null: there are problems. */
  readonly config: Config | null
  readonly problems: readonly ConfigProblem[]
  /** What may be right on another machine, or later. */
  readonly warnings: readonly ConfigProblem[]
  /** Texts as they were read; null: no file. */
  readonly text: string | null
  readonly overlayText: string | null
  /** Values of the two files, unchecked. */
  readonly raw: unknown
  readonly overlayRaw: unknown
}

/** Never throws for what stands in the files. */
export async function readConfig(options: ReadOptions): Promise<ReadConfig> {
  const { files = systemFiles } = options
  const file = resolve(options.file)
  const apiFile = overlayFile(file)
  const main = options.text !== undefined ? { text: options.text, problem: null } : await readText(file, files)
  const given = options.overlay
  const overlay = given !== undefined ? { text: given, problem: null } : await readText(apiFile, files, true)
  const texts = { text: main.text, overlayText: overlay.text }
  const unread = [main.problem, overlay.problem].filter(problem => problem !== null)
  const nothing = { config: null, warnings: [], raw: undefined, overlayRaw: undefined, ...texts }
  if (unread.length > 0) return { ...nothing, problems: unread }

  const parsed = parseYaml(file, main.text ?? '')
  const over = overlay.text === null ? null : parseYaml(apiFile, overlay.text)
  const problems = [...parsed.problems, ...(over?.problems ?? []), ...overlayProblems(over, apiFile)]
  if (parsed.value === undefined || (over !== null && over.value === undefined)) return { ...nothing, problems }
  const root = over === null ? parsed.value : mergePatch(parsed.value, over.value)
  const place = over === null ? parsed.place : mergePlaces(parsed.place, over.place, root)
  const checked = await checkValue(root, place, file, options)
  const all = [...problems, ...checked.problems].slice(0, MAX_PROBLEMS)
  return {
    config: all.length === 0 ? checked.config : null,
    problems: inOrder(all),
    warnings: inOrder(checked.warnings),
    raw: parsed.value,
    overlayRaw: over?.value,
    ...texts,
  }
}

async function readText(
  file: string,
  files: ConfigFiles,
  optional = false,
): Promise<{ readonly text: string | null; readonly problem: ConfigProblem | null }> {
  const problem = (message: string) => ({ text: null, problem: { file, line: null, column: null, path: '', message } })
  try {
    const bytes = await files.read(file, MAX_TEXT_BYTES)
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), problem: null }
  } catch (error) {
    if (optional && ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return { text: null, problem: null }
    if (codeOf(error) === 'EFBIG') return problem('the file is larger than 1 MiB')
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return problem('the file is not written in UTF-8')
    return problem(reasonOf(error))
  }
}

/** The API's file has channels alone. */
function overlayProblems(over: ParsedYaml | null, file: string): ConfigProblem[] {
  if (over === null || over.value === undefined) return []
  if (!isObject(over.value)) return [problemAt(over.place, file, [], 'expected fields')]
  return Object.keys(over.value)
    .filter(name => name !== 'channels')
    .map(name => problemAt(over.place, file, [name], 'the file of the API has channels alone', { ofKey: true }))
}

interface CheckedValue {
  readonly config: Config | null
  readonly problems: readonly ConfigProblem[]
  readonly warnings: readonly ConfigProblem[]
}

async function checkValue(
  root: unknown,
  place: Place | null,
  file: string,
  options: ReadOptions,
): Promise<CheckedValue> {
  const { files = systemFiles } = options
  const base = dirname(file)
  const result = configSchema.safeParse(root)
  const problems = result.success
    ? []
    : problemsOf(result.error.issues.slice(0, MAX_PROBLEMS), configSchema, { root, place, file, at: [] })
  const warnings: ConfigProblem[] = []
  // What is valid in itself goes on to the rules, so that all faults come at once.
  const { config, serverValid } = result.success
    ? { config: result.data, serverValid: true }
    : sound(root, result.error.issues)
  if (config) {
    const context = {
      base,
      files,
      server: serverValid ? config.server : null,
      problem: (path: Path, message: string, more?: { readonly ofKey?: boolean }) =>
        void problems.push(problemAt(place, file, path, message, more)),
      warn: (path: Path, message: string) => void warnings.push(problemAt(place, file, path, message)),
      placeOf: (path: Path) => shownPlace(place, path),
    }
    await checkRules(config, context)
    if (options.env && serverValid) {
      const { env, credentialsDirectory = null } = options
      const sources = { env, credentialsDirectory, files, base, server: config.server }
      await checkReferences(config, sources, context.warn)
    }
  }
  return { config: result.success && problems.length === 0 ? withNames(result.data) : null, problems, warnings }
}

/** The configuration without what has issues of its own: unknown keys, channels, the server's part. */
function sound(root: unknown, issues: readonly z.core.$ZodIssue[]): { config: Config | null; serverValid: boolean } {
  const without = (value: unknown, [name, ...rest]: Path, keys: ReadonlySet<PropertyKey>): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => (index === name ? without(item, rest, keys) : item))
    if (!isObject(value)) return value
    const entries = Object.entries(value)
    return Object.fromEntries(
      name === undefined
        ? entries.filter(([key]) => !keys.has(key))
        : entries.map(([key, item]) => [key, key === name ? without(item, rest, keys) : item]),
    )
  }
  let reduced = root
  let serverValid = true
  // A file of another kind: each issue takes a copy.
  if (issues.length > MAX_PROBLEMS) return { config: null, serverValid }
  for (const issue of issues) {
    const [part, id] = issue.path
    if (issue.code === 'unrecognized_keys') {
      reduced = without(reduced, issue.path, new Set(issue.keys))
    } else {
      if (part === 'server') serverValid = false
      const isChannel = part === 'channels' && id !== undefined
      reduced = without(reduced, isChannel ? [part] : [], new Set([isChannel ? id : part!]))
    }
  }
  const parsed = configSchema.safeParse(reduced)
  return { config: parsed.success ? parsed.data : null, serverValid }
}

function withNames(config: Config): Config {
  const channels = Object.entries(config.channels).map(([id, channel]) => [id, withInputNames(channel)])
  return { ...config, channels: Object.fromEntries(channels) }
}

function shownPlace(root: Place | null, path: Path): string {
  const place = placeOf(root, path)
  if (place === null) return 'elsewhere'
  const { line, column } = place.source.at(place.keyAt ?? place.valueAt)
  return `${place.source.file}:${line}:${column}`
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort(
    (a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
}
