import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrialResult } from '../../pipelines/verdict'

/** Files of a state of the machine that was not seen for this long are removed. */
const FORGET_AFTER_MS = 30 * 24 * 3_600_000

/** A trial's result in the cache. */
export interface Kept {
  readonly trialResult: TrialResult
  /** Time of the trial, Unix ms. */
  readonly at: number
}

/**
 * The cache of trial results, one file for each state of the machine, since containers share a home directory. Only the
 * user may be able to write the file, because its results decide which plugin is loaded. Without a usable file there is
 * no cache, and no error.
 */
export class TrialCache {
  readonly #folder: string | null
  readonly #file: string
  readonly #registry: string

  /** @param key names the machine's state, in names of files */
  constructor(key: string) {
    this.#folder = prepare()
    this.#file = join(this.#folder ?? '', `hardware-${key}.json`)
    this.#registry = join(this.#folder ?? '', `registry-${key}.bin`)
  }

  /**
   * GStreamer's registry file for a trial. The user's own registry may be older than a driver, and say that a plugin
   * has no elements. Call done() after the trial. `useful` is false when the element was absent: the registry is
   * removed then, since the next trial may find it.
   */
  registry(): { readonly path: string; done(useful: boolean): void } {
    const kept = this.#registry
    if (this.#folder !== null) return { path: kept, done: useful => useful || remove(kept) }
    const folder = mkdtempSync(join(tmpdir(), 'rxgst-'))
    return { path: join(folder, 'registry.bin'), done: () => remove(folder) }
  }

  #all(): Record<string, Kept> {
    if (this.#folder === null) return {}
    try {
      if (!isOurs(this.#file)) return {}
      const trialResults = JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, Kept>
      return typeof trialResults === 'object' && trialResults !== null ? trialResults : {}
    } catch {
      return {}
    }
  }

  read(factory: string): Kept | null {
    const kept = this.#all()[factory]
    const { trialResult, at } = kept ?? {}
    const whole =
      typeof at === 'number' &&
      typeof trialResult?.outcome === 'string' &&
      typeof trialResult.pictures === 'number' &&
      typeof trialResult.psnr === 'number' &&
      Array.isArray(trialResult.keyframes)
    if (!whole || (trialResult.plugin !== null && typeof trialResult.plugin !== 'string')) return null
    // JSON has no Infinity.
    return {
      at,
      trialResult: {
        ...trialResult,
        latency: trialResult.latency ?? Infinity,
        software: trialResult.software ?? Infinity,
      },
    }
  }

  write(factory: string, kept: Kept): void {
    if (this.#folder === null) return
    // Renamed when complete, from a name that no other process uses: readers never see half a file.
    const temporary = `${this.#file}.${process.pid}.${Math.random().toString(36).slice(2)}`
    try {
      writeFileSync(temporary, JSON.stringify({ ...this.#all(), [factory]: kept }), { mode: 0o600 })
      renameSync(temporary, this.#file)
    } catch {
      remove(temporary)
    }
  }
}

/** The folder, created and tidied; null: there is no usable place. */
function prepare(): string | null {
  try {
    const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rxgst')
    if (!folder.startsWith('/')) return null
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOurs(folder)) return null
    for (const name of readdirSync(folder)) if (/^(registry|hardware)-[0-9a-f]+\./.test(name)) tidy(join(folder, name))
    return folder
  } catch {
    return null
  }
}

function tidy(file: string): void {
  if (Date.now() - statSync(file).mtimeMs > FORGET_AFTER_MS) remove(file)
}

function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true })
  } catch {
    // It is not there, or belongs to another user.
  }
}
