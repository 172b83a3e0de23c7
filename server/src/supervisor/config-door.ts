/** What the supervisor needs of the configuration's room. It alone knows of files, YAML, places and secrets. */
import type { ChannelConfig, Config } from '../core/schema.js'
import type { ConfigProblem } from '../core/problem.js'
import type { PlanStep } from '../core/server-port.js'

/** A configuration that was read or drafted. With problems it has no `config`. */
export interface ConfigReading {
  readonly config: Config | null
  readonly problems: readonly ConfigProblem[]
  /** Of what was read: it changes with each byte that counts. */
  readonly etag: string
  /** The channels as people wrote them, unchecked where there are problems. */
  readonly documents: Readonly<Record<string, unknown>>
}

/** A configuration that somebody wants; nothing is written yet. */
export interface ConfigDraft extends ConfigReading {
  /** Writes it, atomically. Rejects with Problem, and nothing has changed then. */
  commit(): Promise<void>
}

/** A change by the API. What is `unknown` is checked by the door, and its problems are told with their paths. */
export type ConfigEdit =
  | { readonly kind: 'put-channel'; readonly channel: string; readonly value: unknown }
  | { readonly kind: 'patch-channel'; readonly channel: string; readonly patch: unknown }
  | { readonly kind: 'delete-channel'; readonly channel: string }
  | { readonly kind: 'put-target'; readonly channel: string; readonly target: string; readonly value: unknown }
  | { readonly kind: 'delete-target'; readonly channel: string; readonly target: string }

export interface ResolvedChannel {
  /** With its secrets in place. */
  readonly config: ChannelConfig
  /** What must stand in no text. */
  readonly secrets: readonly string[]
  /** References that lead nowhere. */
  readonly problems: readonly ConfigProblem[]
}

export interface ConfigDoor {
  /** null: the server has no file. */
  readonly file: string | null
  /** The file's text as it was read last. */
  text(): string | null
  /** Reads the file and what the API wrote, anew. */
  read(): Promise<ConfigReading>
  /** A text in the place of the file's. */
  draftText(text: string): Promise<ConfigDraft>
  /** A change of what `read()` gave last. */
  draftEdit(edit: ConfigEdit): Promise<ConfigDraft>
  /** What leads from one to the other. `onAir`: whether a channel is. */
  plan(before: Config, after: Config, onAir: (channel: string) => boolean): readonly PlanStep[]
  /** `whole`: the configuration that it is a part of. */
  resolve(channel: string, config: ChannelConfig, whole: Config): Promise<ResolvedChannel>
  /** With '***' for each secret. */
  redact(config: ChannelConfig): ChannelConfig
  /** Of one channel's part, for If-Match. */
  etagOf(config: ChannelConfig): string
  /** Calls when the file may have changed, debounced. Returns what ends it. */
  watch(onChange: () => void): () => void
}
