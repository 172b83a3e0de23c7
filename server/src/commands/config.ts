/** rxgst config check | diff | schema. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ConfigProblem } from '../core/problem.js'
import { reasonOf } from '../config/files.js'
import { jsonSchema } from '../config/json-schema.js'
import { planChange } from '../config/plan.js'
import { readConfig, type ReadConfig } from '../config/read.js'

export interface CommandResult {
  /** check: 0 it is valid, 1 it is not. diff: 0 nothing changes, 1 something does, 2 a file is not valid. schema: 0. */
  readonly exitCode: 0 | 1 | 2
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly json?: boolean
  /** For warnings of secrets that are not there. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export const DEFAULT_FILE = 'rxgst.yaml'

export async function configCheck(
  file: string,
  { json = false, env = process.env }: CommandOptions = {},
): Promise<CommandResult> {
  const { config, problems, warnings } = await readConfig({ file, ...secretsOf(env) })
  const valid = config !== null
  if (json) {
    const channels = config === null ? null : Object.keys(config.channels)
    return result(valid ? 0 : 1, { file: resolve(file), valid, channels, problems, warnings })
  }
  const told = [
    ...problems.map(problem => lineOf(problem, '')),
    ...warnings.map(warning => lineOf(warning, 'warning: ')),
  ]
  const count = Object.keys(config?.channels ?? {}).length
  const last = valid ? `${file}: valid, ${plural(count, 'channel')}` : `${file}: ${plural(problems.length, 'problem')}`
  return valid ? text(0, [...told, last]) : refusal(1, [...told, last])
}

/**
 * What it would do to put the text of `next` in the place of `file`: paths are relative to `file`, and the API's file
 * beside it counts for both.
 */
export async function configDiff(
  file: string,
  next: string,
  { json = false, env = process.env }: CommandOptions = {},
): Promise<CommandResult> {
  const before = await readConfig({ file, ...secretsOf(env) })
  let after: ReadConfig
  try {
    after = await readConfig({ file, text: await readFile(next, 'utf8'), ...secretsOf(env) })
  } catch (error) {
    const problem = { file: resolve(next), line: null, column: null, path: '', message: reasonOf(error) }
    return json ? result(2, { problems: [problem], steps: [], restarts: [] }) : refusal(2, [lineOf(problem, '')])
  }
  const named = after.problems.map(one => (one.file === resolve(file) ? { ...one, file: resolve(next) } : one))
  const problems = [...before.problems, ...named]
  if (before.config === null || after.config === null)
    return json
      ? result(2, { problems, steps: [], restarts: [] })
      : refusal(
          2,
          problems.map(one => lineOf(one, '')),
        )
  const every = new Set(Object.keys(before.config.channels))
  const { steps, restarts } = planChange(before.config, after.config, every)
  const exitCode = steps.length === 0 ? 0 : 1
  if (json) return result(exitCode, { problems: [], steps, restarts })
  const summary = restarts.length > 0 ? [`starts anew: ${restarts.join(', ')}`] : []
  return text(exitCode, steps.length === 0 ? ['nothing changes'] : [...steps.map(one => one.text), ...summary])
}

export function configSchemaCommand(): CommandResult {
  return result(0, jsonSchema())
}

function secretsOf(env: CommandOptions['env']) {
  return { env: env ?? {}, credentialsDirectory: env?.['CREDENTIALS_DIRECTORY'] ?? null }
}

function lineOf({ file, line, column, path, message }: ConfigProblem, what: string): string {
  const place = line === null ? file : `${file}:${line}:${column}`
  return `${place}: ${what}${path === '' ? '' : `${path}: `}${message}`
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function result(exitCode: CommandResult['exitCode'], value: unknown): CommandResult {
  return { exitCode, stdout: `${JSON.stringify(value, null, 2)}\n`, stderr: '' }
}

function text(exitCode: CommandResult['exitCode'], lines: readonly string[]): CommandResult {
  return { exitCode, stdout: `${lines.join('\n')}\n`, stderr: '' }
}

/** Problems are no output: a script that reads it gets nothing. */
function refusal(exitCode: CommandResult['exitCode'], lines: readonly string[]): CommandResult {
  return { exitCode, stdout: '', stderr: `${lines.join('\n')}\n` }
}

/** `finish`: writes the result, and sets the exit status. */
export function registerConfigCommands(
  program: Command,
  finish: (result: CommandResult) => void = finishProcess,
): void {
  const config = program.command('config').description('checks and explains the configuration')
  config
    .command('check')
    .argument('[file]', 'the configuration', DEFAULT_FILE)
    .option('--json', 'as JSON')
    .description('tells all that is wrong, with file, line and column; exit status 1: something is')
    .action(async (file: string, options: CommandOptions) => finish(await configCheck(file, options)))
  config
    .command('diff')
    .argument('<file>', 'the configuration as it is')
    .argument('<next>', 'a file that would take its place')
    .option('--json', 'as JSON')
    .description('tells what a change would do; exit status 0: nothing, 1: something, 2: a file is not valid')
    .action(async (file: string, next: string, options: CommandOptions) =>
      finish(await configDiff(file, next, options)),
    )
  config
    .command('schema')
    .description('prints the JSON schema of the configuration, for editors')
    .action(() => finish(configSchemaCommand()))
}

function finishProcess({ exitCode, stdout, stderr }: CommandResult): void {
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}
