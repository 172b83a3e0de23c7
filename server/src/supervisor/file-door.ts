/** The door to the configuration of a file, and of what the API wrote beside it. */
import { dirname } from 'node:path'
import { etagOf } from '../config/etag.js'
import { channelForProcess } from '../config/hand-over.js'
import { planChange } from '../config/plan.js'
import { isObject } from '../config/merge.js'
import type { ReadConfig } from '../config/read.js'
import { redactChannel } from '../config/redact.js'
import { referencesIn } from '../config/references.js'
import type { ChannelConfig } from '../core/schema.js'
import { channelSecrets } from '../config/secret-fields.js'
import { readSecret, type SecretSources } from '../config/secrets.js'
import { ConfigStore, merged, type PreparedChange } from '../config/store.js'
import { watchFiles } from '../config/watch.js'
import { type ConfigProblem, Problem } from '../core/problem.js'
import type { ConfigDoor, ConfigDraft, ConfigEdit, ConfigReading } from './config-door.js'

export interface FileDoorOptions {
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** $CREDENTIALS_DIRECTORY of systemd. */
  readonly credentialsDirectory: string | null
}

/** What is made of a channel's configuration, once: each page asks for all channels again and again. */
function once<T>(make: (config: ChannelConfig) => T): (config: ChannelConfig) => T {
  const made = new WeakMap<ChannelConfig, { readonly value: T }>()
  return config => {
    let known = made.get(config)
    if (!known) made.set(config, (known = { value: make(config) }))
    return known.value
  }
}

export function fileDoor(options: FileDoorOptions): ConfigDoor {
  const { env, credentialsDirectory } = options
  const store = new ConfigStore(options)
  let shown: string | null = null
  /** As it was taken last. */
  let taken: ReadConfig | null = null
  const show = async () => {
    shown = (await store.text()).text
  }
  const draft = (prepared: PreparedChange): ConfigDraft => ({
    ...reading(prepared.read),
    commit: async () => {
      await prepared.commit()
      taken = prepared.read
      await show()
    },
  })
  return {
    file: store.file,
    text: () => shown,
    read: async () => {
      const read = await store.load()
      await show()
      const emptied = taken && emptiedFile(taken, read, store)
      if (emptied) return { ...reading(read), config: null, problems: [emptiedProblem(emptied)] }
      taken = read
      return reading(read)
    },
    draftText: async text => draft(await store.changeText(text)),
    draftEdit: async edit => draft(await prepare(store, edit)),
    plan: (before, after, onAir) => {
      const running = Object.keys(before.channels).filter(onAir)
      return planChange(before, after, new Set(running)).steps
    },
    resolve: async (id, config, whole) => {
      const sources = { env, credentialsDirectory, base: dirname(store.file), server: whole.server }
      try {
        const resolved = await channelForProcess(id, config, sources)
        return { config: resolved, secrets: await referencedSecrets(config, sources), problems: [] }
      } catch (error) {
        if (error instanceof Problem) return { config, secrets: [], problems: error.problems }
        throw error
      }
    },
    redact: once(redactChannel),
    etagOf: once(etagOf),
    watch: onChange => {
      const watching = watchFiles({ files: [store.file, store.overlay], clock: globalThis, onChange })
      return () => void watching.then(watch => watch.close())
    },
  }
}

function reading(read: ReadConfig): ConfigReading {
  const { config, problems, text, overlayText } = read
  const whole = merged(read)
  const channels = isObject(whole) && isObject(whole['channels']) ? whole['channels'] : {}
  return { config, problems, etag: etagOf([text, overlayText]), documents: channels }
}

/** A file that had something, and has nothing now: who writes it has begun, or found no room. */
function emptiedFile(before: ReadConfig, now: ReadConfig, { file, overlay }: ConfigStore): string | null {
  const isEmptied = (was: string | null, is: string | null) => is?.trim() === '' && (was ?? '').trim() !== ''
  if (isEmptied(before.text, now.text)) return file
  return isEmptied(before.overlayText, now.overlayText) ? overlay : null
}

const emptiedProblem = (file: string): ConfigProblem => ({
  ...{ file, line: null, column: null, path: '' },
  message: "the file is empty, and was not before: write 'channels: {}' where that is meant",
})

function prepare(store: ConfigStore, edit: ConfigEdit): Promise<PreparedChange> {
  switch (edit.kind) {
    case 'put-channel':
      return store.changeChannel(edit.channel, edit.value)
    case 'patch-channel':
      return store.patchChannel(edit.channel, edit.patch)
    case 'delete-channel':
      return store.changeChannel(edit.channel, null)
    case 'put-target':
      return store.changeTarget(edit.channel, edit.target, edit.value)
    case 'delete-target':
      return store.changeTarget(edit.channel, edit.target, null)
  }
}

/** What stands behind the references of a channel: it must stand in no text. */
async function referencedSecrets(config: ChannelConfig, sources: SecretSources): Promise<string[]> {
  const secrets: string[] = []
  for (const { text } of channelSecrets(config)) {
    for (const reference of referencesIn(text).references) {
      const { value } = await readSecret(reference, sources)
      if (value !== null) secrets.push(value)
    }
  }
  return secrets
}
