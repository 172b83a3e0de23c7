/**
 * The door to a configuration whose channels are those of a fleet's store. The server's own part is that of its file,
 * and so are channels that the file puts into the store.
 */
import { checkDocuments, type CheckedDocument } from '../../config/documents.js'
import { channelWithTarget, patchedChannel, unknown } from '../../config/edit.js'
import { etagOf } from '../../config/etag.js'
import { restoreChannelSecrets } from '../../config/redact.js'
import { type ConfigProblem, Problem } from '../../core/problem.js'
import type { ChannelConfig, Config, ServerConfig } from '../../core/schema.js'
import type { FleetState } from '../../fleet/fleet-state.js'
import type { ConfigDoor, ConfigDraft, ConfigEdit, ConfigReading } from '../config-door.js'
import { invalidConfig } from '../reconciler.js'
import type { Conflict, Desired } from './desired.js'

export interface FleetDoorOptions {
  readonly inner: ConfigDoor
  readonly desired: Desired
  readonly state: FleetState
  readonly worker: string
  /** Folder of the configuration, absolute. */
  readonly base: string
  /** Channels of the file that are not those of the store. */
  onConflicts(conflicts: readonly Conflict[]): void
  /** A document of the store that this version cannot read; it stays as it was. */
  onInvalid(channel: string, problems: readonly ConfigProblem[]): void
}

export function fleetDoor(options: FleetDoorOptions): ConfigDoor {
  const { inner, desired, state, worker, base } = options
  /** The last valid configuration of each channel. */
  const valid = new Map<string, ChannelConfig>()
  const told = new Map<string, string>()
  let checked: { readonly key: string; readonly result: ReadonlyMap<string, CheckedDocument> } | null = null
  let server: ServerConfig | null = null
  let innerEtag = ''

  const check = async (server: ServerConfig) => {
    const key = JSON.stringify([server, desired.etags])
    if (checked?.key === key) return checked.result
    const documents = new Map([...desired.channels].map(([name, { document }]) => [name, document]))
    const result = await checkDocuments(documents, { server, base })
    checked = { key, result }
    return result
  }
  const channelsOf = async (server: ServerConfig): Promise<Record<string, ChannelConfig>> => {
    const channels: Record<string, ChannelConfig> = {}
    for (const [name, { config, problems }] of await check(server)) {
      const etag = desired.channels.get(name)?.etag ?? ''
      if (config) valid.set(name, config)
      else if (told.get(name) !== etag) {
        told.set(name, etag)
        options.onInvalid(name, problems)
      }
      const last = valid.get(name)
      if (last) channels[name] = last
    }
    for (const name of valid.keys()) if (!desired.channels.has(name)) valid.delete(name)
    return channels
  }
  const etag = () => etagOf([innerEtag, desired.etags])
  const whole = async (reading: ConfigReading): Promise<ConfigReading> => {
    innerEtag = reading.etag
    if (!reading.config) return { ...reading, etag: etag() }
    server = reading.config.server
    const config: Config = { server, channels: await channelsOf(server) }
    return { config, problems: [], etag: etag(), documents: reading.documents }
  }
  const publish = async ({ documents }: ConfigReading) => {
    try {
      options.onConflicts(await desired.publish(documents))
    } catch (error) {
      // The store is away: the next look at it comes here again.
      if (!(error instanceof Problem)) throw error
    }
  }

  return {
    ...inner,
    read: async () => {
      const reading = await inner.read()
      if (reading.config) await publish(reading)
      return whole(reading)
    },
    draftText: async text => {
      const draft = await inner.draftText(text)
      if (!draft.config) return { ...draft, etag: etag() }
      const before = innerEtag
      const drafted = await whole(draft)
      const config = { ...drafted.config!, channels: { ...drafted.config!.channels, ...draft.config.channels } }
      innerEtag = before
      return {
        ...{ ...drafted, config },
        commit: async () => {
          await draft.commit()
          innerEtag = draft.etag
          await publish(draft)
        },
      }
    },
    draftEdit: async edit => {
      if (!server) throw unknown(`channel ${edit.channel}`, 'ERR_CHANNEL_UNKNOWN')
      return drafted(edit, server)
    },
    watch: onChange => {
      const ends = [inner.watch(onChange), desired.onChange(onChange)]
      return () => {
        for (const end of ends) end()
      }
    },
  }

  async function drafted(edit: ConfigEdit, server: ServerConfig): Promise<ConfigDraft> {
    const { channel } = edit
    const stored = desired.channels.get(channel)
    const value = edited(edit, stored?.document)
    const channels = await channelsOf(server)
    const draft = { problems: [], etag: etag(), documents: {} }
    if (value === null) {
      if (!stored) throw unknown(`channel ${channel}`, 'ERR_CHANNEL_UNKNOWN')
      const { [channel]: _, ...others } = channels
      const commit = async () => {
        await state.deleteChannel(channel, { ifMatch: stored.etag })
        await desired.refresh()
      }
      return { ...draft, config: { server, channels: others }, commit }
    }
    const document = restoreChannelSecrets(value, stored?.document)
    // Behind all others: what two channels may not have both is a fault of this one.
    const documents = new Map([...desired.channels].map(([name, { document }]) => [name, document]))
    documents.delete(channel)
    documents.set(channel, document)
    const { config, problems } = (await checkDocuments(documents, { server, base })).get(channel)!
    if (!config) return { ...draft, config: null, problems, commit: () => Promise.reject(invalidConfig(problems)) }
    const commit = async () => {
      await state.putChannel(channel, document, { by: `${worker} api`, ifMatch: stored?.etag ?? null })
      valid.set(channel, config)
      await desired.refresh()
    }
    return { ...draft, config: { server, channels: { ...channels, [channel]: config } }, commit }
  }
}

/** null: the channel is removed. Throws Problem. */
function edited(edit: ConfigEdit, old: unknown): unknown {
  const { channel } = edit
  switch (edit.kind) {
    case 'put-channel':
      return edit.value
    case 'patch-channel':
      return patchedChannel(channel, old, edit.patch)
    case 'delete-channel':
      return null
    case 'put-target':
      return channelWithTarget(channel, old, edit.target, edit.value)
    case 'delete-target':
      return channelWithTarget(channel, old, edit.target, null)
  }
}
