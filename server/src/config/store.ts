/**
 * The two files of the configuration: the people's, which the API changes only as a whole, and the API's own over it,
 * rxgst.d/api.yaml (RFC 7396), so that the comments of the first stay.
 */
import { basename, dirname, resolve } from 'node:path'
import { stringify } from 'yaml'
import type { ConfigText } from '../core/server-port.js'
import { Problem, type ConfigProblem } from '../core/problem.js'
import { channelWithTarget, patchedChannel, unknown } from './edit.js'
import { etagOf } from './etag.js'
import { isWritable, type ConfigFiles } from './files.js'
import { problemsOf } from './issues.js'
import { isObject, makePatch, mergePatch } from './merge.js'
import { overlayFile } from './paths.js'
import { readConfig, type ReadConfig } from './read.js'
import { restoreChannelSecrets } from './redact.js'
import { redactText, restoreText } from './redact-text.js'
import { withInputNames } from './rules.js'
import { channelSchema } from '../core/schema.js'
import { writeAtomically } from './write.js'

export interface StoreOptions {
  readonly file: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly credentialsDirectory?: string | null
  readonly files?: ConfigFiles
}

/** A change that is checked, and not written yet. */
export interface PreparedChange {
  /** As the configuration would be read; with problems it cannot be written. */
  readonly read: ReadConfig
  /** Throws Problem: ERR_CONFIG_INVALID, ERR_CONFIG_CHANGED, ERR_CONFIG_READ_ONLY. */
  commit(): Promise<void>
}

const HEAD = (main: string) => `# Written by the API of rxgst: what it changes of ${main}, as a merge patch (RFC 7396).
# null removes. Remove an entry here, and what stands in ${main} is true again.
`

/** Not for two changes at once: the supervisor has one queue. */
export class ConfigStore {
  readonly file: string
  readonly overlay: string
  #read: ReadConfig | null = null

  constructor(readonly options: StoreOptions) {
    this.file = resolve(options.file)
    this.overlay = overlayFile(this.file)
  }

  /** Reads both files. What is wrong with them is in the result. */
  async load(): Promise<ReadConfig> {
    this.#read = await readConfig(this.options)
    return this.#read
  }

  /** As it was read last, with '***' for literal secrets. */
  async text(): Promise<ConfigText> {
    const { text, overlayText, problems } = await this.#current()
    return {
      text: text === null ? null : redactText(text),
      file: this.file,
      etag: etagOf([text, overlayText]),
      readOnly: !(await isWritable(dirname(this.file))),
      problems,
    }
  }

  /** The people's file as a whole. '***' stands for an old secret. */
  async changeText(text: string): Promise<PreparedChange> {
    const before = await this.#current()
    const restored = before.text === null ? text : restoreText(text, before.text)
    const read = await readConfig({ ...this.options, text: restored, overlay: before.overlayText })
    return this.#prepared(before, read, this.file, restored)
  }

  /** As in text(): checks a text and writes nothing. */
  async check(text: string): Promise<ReadConfig> {
    return (await this.changeText(text)).read
  }

  /** `value`: a channel as people send it, '***' for an old secret; null: it is removed. */
  async changeChannel(id: string, value: unknown): Promise<PreparedChange> {
    const before = await this.#readable()
    const old = channelOf(merged(before), id)
    if (value === null) {
      if (old === undefined) throw unknown(`channel ${id}`, 'ERR_CHANNEL_UNKNOWN')
      return this.#overlaid(before, id, channelOf(before.raw, id) === undefined ? undefined : null)
    }
    const restored = restoreChannelSecrets(value, old)
    const parsed = channelSchema.safeParse(restored)
    if (!parsed.success) {
      const root = { channels: { [id]: restored } }
      const checked = { root, place: null, file: '', at: ['channels', id] }
      return this.#refused(before, problemsOf(parsed.error.issues, channelSchema, checked))
    }
    const main = channelOf(before.raw, id)
    if (main === undefined) return this.#overlaid(before, id, restored)
    // The least that says it: what the people's file says already is not said twice.
    const parsedMain = channelSchema.safeParse(main)
    const said = parsedMain.success ? withInputNames(parsedMain.data) : main
    return this.#overlaid(before, id, makePatch(said, withInputNames(parsed.data)))
  }

  /** `patch`: RFC 7396. */
  async patchChannel(id: string, patch: unknown): Promise<PreparedChange> {
    return this.changeChannel(id, patchedChannel(id, channelOf(merged(await this.#readable()), id), patch))
  }

  /** `value`: a target; null: it is removed. */
  async changeTarget(id: string, target: string, value: unknown): Promise<PreparedChange> {
    const old = channelOf(merged(await this.#readable()), id)
    return this.changeChannel(id, channelWithTarget(id, old, target, value))
  }

  async #current(): Promise<ReadConfig> {
    return this.#read ?? this.load()
  }

  /** What cannot be read cannot be changed: what stands there would be lost. */
  async #readable(): Promise<ReadConfig> {
    const current = await this.#current()
    if (current.raw === undefined) throw invalid(current.problems)
    return current
  }

  #refused(before: ReadConfig, problems: readonly ConfigProblem[]): PreparedChange {
    const read = { ...before, config: null, problems }
    return { read, commit: () => Promise.reject(invalid(problems)) }
  }

  /** `patch`: of this channel in the API's file; undefined: it has none. */
  async #overlaid(before: ReadConfig, id: string, patch: unknown): Promise<PreparedChange> {
    const channels =
      isObject(before.overlayRaw) && isObject(before.overlayRaw['channels']) ? before.overlayRaw['channels'] : {}
    const others = Object.entries(channels).filter(([name]) => name !== id)
    const next = patch === undefined ? others : [...others, [id, patch] as const]
    const body = stringify({ channels: Object.fromEntries(next) }, { lineWidth: 0, aliasDuplicateObjects: false })
    const overlay = HEAD(basename(this.file)) + body
    const read = await readConfig({ ...this.options, text: before.text ?? '', overlay })
    return this.#prepared(before, read, this.overlay, overlay)
  }

  #prepared(before: ReadConfig, read: ReadConfig, file: string, text: string): PreparedChange {
    const commit = async (): Promise<void> => {
      if (read.config === null) throw invalid(read.problems)
      const now = await readConfig(this.options)
      if (now.text !== before.text || now.overlayText !== before.overlayText) {
        throw new Problem(409, 'ERR_CONFIG_CHANGED', 'the configuration was changed by somebody else meanwhile', {
          retryable: true,
          remedy: 'Read the configuration again, and send the change anew.',
        })
      }
      await writeAtomically(file, text)
      this.#read = read
    }
    return { read, commit }
  }
}

/** As people wrote it, both files together, unchecked. */
export function merged({ raw, overlayRaw }: ReadConfig): unknown {
  return overlayRaw === undefined ? raw : mergePatch(raw, overlayRaw)
}

function channelOf(root: unknown, id: string): unknown {
  const channels = isObject(root) ? root['channels'] : undefined
  return isObject(channels) && Object.hasOwn(channels, id) ? channels[id] : undefined
}

export function invalid(problems: readonly ConfigProblem[]): Problem {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new Problem(
    422,
    'ERR_CONFIG_INVALID',
    `${first?.path || 'the configuration'}: ${first?.message ?? 'invalid'}${more}`,
    {
      remedy: 'Correct what the problems name; the configuration before it runs on.',
      problems,
    },
  )
}
