import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrialResult } from '../../pipelines/candidates'

/** What belongs to a state of the machine that was not seen for so long is removed, ms. */
const FORGOTTEN_AFTER = 30 * 24 * 3_600_000

export interface Kept {
  readonly trialResult: TrialResult
  /** Unix ms. */
  readonly at: number
}

/**
 * Proofs of this machine as it is, in a file of the user's, which nobody else may write: a plugin is loaded because of
 * it. What cannot be read or written is done without. One file for each state of the machine: containers share a home.
 */
export class TrialCache {
  readonly #folder: string | null
  readonly #file: string
  readonly #registry: string

  /** @param key of the machine's state, for names of files */
  constructor(key: string) {
    this.#folder = prepare()
    this.#file = join(this.#folder ?? '', `hardware-${key}.json`)
    this.#registry = join(this.#folder ?? '', `registry-${key}.bin`)
  }

  /**
   * GStreamer's registry for a trial: one that was written before a driver came remembers that there was nothing to
   * use. `done` when it is over; without use where it had not what was asked for: what was in the way may be gone next
   * time, and nothing else tells.
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
    // A name of its own, since other processes may be doing the same; whole or not at all.
    const temporary = `${this.#file}.${process.pid}.${Math.random().toString(36).slice(2)}`
    try {
      writeFileSync(temporary, JSON.stringify({ ...this.#all(), [factory]: kept }), { mode: 0o600 })
      renameSync(temporary, this.#file)
    } catch {
      remove(temporary)
    }
  }
}

/** The folder, made and tidied; null: there is no place for it. */
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
  if (Date.now() - statSync(file).mtimeMs > FORGOTTEN_AFTER) remove(file)
}

function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true })
  } catch {
    // Not there, or not ours.
  }
}
