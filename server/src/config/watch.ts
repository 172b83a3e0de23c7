/** Notices that files have other content: by events of their folders, and by looking now and then. */
import { createHash } from 'node:crypto'
import { watch, type FSWatcher } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, systemFiles } from './files.js'
import { MAX_TEXT_BYTES } from './yaml.js'

/** The part of the library's clock that is needed. */
export interface WatchClock {
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

export interface WatchOptions {
  /** Absolute paths; each may be absent, or a link. */
  readonly files: readonly string[]
  readonly clock: WatchClock
  /** The content is another one; also that of a file that came or went. */
  readonly onChange: () => void
  /** Time without events after which it looks, ms: an editor writes in several steps. Default 1000. */
  readonly debounceMs?: number
  /** Time between two looks without events, ms: network folders have none. Default 10000. */
  readonly pollMs?: number
  /** false: no events. Default true. */
  readonly events?: boolean
}

/** Events without end, such as of a log beside the file, may not keep it from looking. */
const LONGEST_DEBOUNCES = 5

/** Resolves when everything is in place: each later change is noticed. */
export async function watchFiles(options: WatchOptions): Promise<FileWatch> {
  const watching = new FileWatch(options)
  await watching.begin()
  return watching
}

interface Watched {
  readonly watcher: FSWatcher
  /** A folder that was made anew has another one. */
  readonly inode: string
}

export class FileWatch {
  readonly #options: Required<WatchOptions>
  readonly #folders = new Map<string, Watched>()
  #closed = false
  #content = ''
  #facts = ''
  #debounce: unknown = null
  #poll: unknown = null
  /** Debounces that were prolonged since the first event. */
  #prolonged = 0
  #looking: Promise<void> | null = null

  constructor(options: WatchOptions) {
    this.#options = { debounceMs: 1000, pollMs: 10_000, events: true, ...options }
  }

  async begin(): Promise<void> {
    await this.#arm()
    this.#facts = await this.#factsNow()
    this.#content = await this.#contentNow()
    this.#pollLater()
  }

  close(): void {
    this.#closed = true
    this.#options.clock.clearTimeout(this.#debounce)
    this.#options.clock.clearTimeout(this.#poll)
    for (const { watcher } of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }

  #pollLater(): void {
    if (this.#closed) return
    this.#poll = this.#options.clock.setTimeout(() => {
      void this.#pollNow().finally(() => this.#pollLater())
    }, this.#options.pollMs)
  }

  async #pollNow(): Promise<void> {
    const rearmed = await this.#arm()
    const facts = await this.#factsNow()
    if (facts === this.#facts && !rearmed) return
    this.#facts = facts
    this.#touched()
  }

  #touched(): void {
    const { clock, debounceMs } = this.#options
    if (this.#closed) return
    if (this.#debounce !== null) {
      if (++this.#prolonged > LONGEST_DEBOUNCES) return
      clock.clearTimeout(this.#debounce)
    }
    this.#debounce = clock.setTimeout(() => {
      this.#debounce = null
      this.#prolonged = 0
      this.#looking = (this.#looking ?? Promise.resolve()).then(() => this.#look())
    }, debounceMs)
  }

  async #look(): Promise<void> {
    // A link may lead into another folder now.
    await this.#arm()
    const content = await this.#contentNow()
    if (this.#closed || content === this.#content) return
    this.#content = content
    this.#options.onChange()
  }

  /** Whether a folder is watched anew. */
  async #arm(): Promise<boolean> {
    const { files, events } = this.#options
    if (!events || this.#closed) return false
    const wanted = new Set<string>()
    for (const file of files) {
      wanted.add(dirname(file))
      const real = await realpath(file).catch(() => null)
      if (real !== null) wanted.add(dirname(real))
    }
    let anew = false
    for (const [folder, { watcher, inode }] of this.#folders) {
      if (wanted.has(folder) && (await inodeOf(folder)) === inode) continue
      watcher.close()
      this.#folders.delete(folder)
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue
      const inode = await inodeOf(folder)
      if (inode !== null && !this.#closed) anew = this.#watch(folder, inode) || anew
    }
    return anew
  }

  #watch(folder: string, inode: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#touched())
      // The next poll tries again.
      watcher.on('error', () => {
        watcher.close()
        if (this.#folders.get(folder)?.watcher === watcher) this.#folders.delete(folder)
      })
      this.#folders.set(folder, { watcher, inode })
      return true
    } catch {
      return false // the system has no watches left, or the folder went: the polls notice changes too
    }
  }

  async #contentNow(): Promise<string> {
    const hash = createHash('sha256')
    for (const file of this.#options.files) {
      const content = await systemFiles.read(file, MAX_TEXT_BYTES).catch((error: unknown) => codeOf(error))
      hash.update(typeof content === 'string' ? `!${content}` : `=${content.length}=`).update(content)
    }
    return hash.digest('base64')
  }

  async #factsNow(): Promise<string> {
    const facts = this.#options.files.map(async file => {
      const found = await stat(file, { bigint: true }).catch(() => null)
      return found && [found.dev, found.ino, found.size, found.mtimeNs].join(':')
    })
    return (await Promise.all(facts)).join()
  }
}

async function inodeOf(folder: string): Promise<string | null> {
  const found = await stat(folder, { bigint: true }).catch(() => null)
  return found && `${found.dev}:${found.ino}`
}
