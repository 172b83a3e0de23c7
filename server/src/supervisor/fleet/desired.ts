/**
 * The channels that a fleet wants, as this worker read them last. They stand on its disk too, so that it knows its
 * channels where the store is away when it begins.
 */
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import { Problem } from '../../core/problem.js'
import type { FleetState, StoredChannel } from '../../fleet/fleet-state.js'
import { readJson, writeJson } from '../store/json-file.js'

/** A channel of the file that is not the one of the store. */
export interface Conflict {
  readonly channel: string
  readonly why: string
}

interface Kept {
  readonly channels: readonly StoredChannel[]
  /** What the file of this worker has put into the store, by name. */
  readonly published: Readonly<Record<string, unknown>>
}

export interface DesiredOptions {
  readonly state: FleetState
  readonly worker: string
  /** The server's state folder. */
  readonly folder: string
  /** The disk takes nothing; null: it does again. */
  onHealth(error: Error | null): void
}

export class Desired {
  /** They were read once, by this process or one before it. */
  isKnown: boolean
  /** The file's channels have not come into the store yet. */
  private isUnpublished = false
  private stored: ReadonlyMap<string, StoredChannel>
  private published: Readonly<Record<string, unknown>>
  private readonly path: string
  private readonly listeners = new Set<() => void>()

  constructor(private readonly options: DesiredOptions) {
    this.path = join(options.folder, 'fleet-channels.json')
    const kept = read(this.path)
    this.isKnown = kept !== null
    this.stored = new Map(kept?.channels.map(channel => [channel.name, channel]))
    this.published = kept?.published ?? {}
  }

  get channels(): ReadonlyMap<string, StoredChannel> {
    return this.stored
  }

  /** What the documents are worth in an etag. */
  get etags(): readonly string[] {
    return [...this.stored.values()].map(({ name, etag }) => `${name} ${etag}`).sort()
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /**
   * Reads the store. A channel that it does not have any more stays until it `isGone`. Rejects with Problem.
   */
  async refresh(isGone: (channel: StoredChannel) => boolean = () => true): Promise<ReadonlyMap<string, StoredChannel>> {
    const before = this.etags
    const channels = await this.options.state.channels()
    const next = new Map(channels.map(channel => [channel.name, channel]))
    for (const [name, channel] of this.stored) if (!next.has(name) && !isGone(channel)) next.set(name, channel)
    this.stored = next
    this.isKnown = true
    const isSame = isDeepStrictEqual(before, this.etags)
    if (isSame && !this.isUnpublished) return this.stored
    if (!isSame) this.keep()
    for (const listener of this.listeners) listener()
    return this.stored
  }

  /**
   * Puts the channels of this worker's file into the store. What the file says anew is the newest wish; what it said
   * before, and others changed since, stays as it is. Resolves with those that another file or the API has put there,
   * and that this file has never said. Rejects with Problem.
   */
  async publish(documents: Readonly<Record<string, unknown>>): Promise<readonly Conflict[]> {
    // Until it is done: refresh() asks for it again.
    this.isUnpublished = true
    const { state, worker } = this.options
    const by = `${worker} file`
    const conflicts: Conflict[] = []
    const published = { ...this.published }
    let changed = false
    const stored = await state.channels().then(list => new Map(list.map(channel => [channel.name, channel])))
    for (const [name, document] of Object.entries(documents)) {
      const there = stored.get(name)
      const same = there !== undefined && isDeepStrictEqual(there.document, document)
      const saidBefore = Object.hasOwn(published, name)
      if (same || (saidBefore && isDeepStrictEqual(published[name], document))) {
        // Its removal by others holds until the file says something else.
        published[name] = document
        continue
      }
      if (there && !saidBefore && there.changedBy !== by) {
        conflicts.push({ channel: name, why: `'${there.changedBy}' has written another one` })
        continue
      }
      try {
        await state.putChannel(name, document, { by, ifMatch: there?.etag ?? null })
      } catch (error) {
        // What the store will never take keeps back no other channel.
        if (!(error instanceof Problem) || error.retryable) throw error
        conflicts.push({ channel: name, why: error.message })
        continue
      }
      published[name] = document
      changed = true
    }
    for (const name of Object.keys(published)) {
      if (Object.hasOwn(documents, name)) continue
      const there = stored.get(name)
      if (there?.changedBy === by) {
        await state.deleteChannel(name, { ifMatch: there.etag })
        changed = true
      }
      delete published[name]
    }
    const isNews = !isDeepStrictEqual(published, this.published)
    this.published = published
    this.isUnpublished = false
    if (changed) await this.refresh()
    if (isNews) this.keep()
    return conflicts
  }

  private keep(): void {
    try {
      writeJson(this.path, { channels: [...this.stored.values()], published: this.published } satisfies Kept)
      this.options.onHealth(null)
    } catch (error) {
      this.options.onHealth(error as Error)
    }
  }
}

/** null: there is none, or none that can be read. */
function read(path: string): Kept | null {
  const kept = readJson(path) as Partial<Kept> | null
  if (typeof kept !== 'object' || kept === null || !Array.isArray(kept.channels)) return null
  const { channels, published } = kept
  return { channels, published: typeof published === 'object' && published !== null ? published : {} }
}
