import { unlink } from 'node:fs/promises'
import path from 'node:path'
import { unref, type Clock } from '../../core/clock'
import type { Logger } from '../../core/types'
import type { NativeRecorder, SegmentNews } from '../../addon/record'
import {
  existing,
  indexLine,
  openLine,
  readIndex,
  tornSegment,
  type IndexedSegment,
  type OpenSegment,
} from './index-file'
import type { RecordTarget } from './record'
import { expired, nextLook } from './retention'
import type { RecordedSegment } from './types'

/** How often the size of a recording with a limit is looked at, ms. */
const SIZE_LOOK_MS = 2000
/** The index is written anew when so many of its segments are gone. */
const MOST_GONE = 500

export interface LibraryOptions {
  readonly target: RecordTarget
  readonly clock: Clock
  readonly logger: Logger
  readonly onSegment: (segment: RecordedSegment) => void
}

/**
 * What is in the folder of a recording: its segments, over all recorders that write there one after the other, and what
 * goes when it is old. The index on the disk says the same; the recorder writes it, since JavaScript may stand still.
 */
export class Library {
  readonly #options: LibraryOptions
  /** Finished, oldest first. */
  #segments: IndexedSegment[] = []
  #open: OpenSegment[] = []
  #loaded = false
  #recorder: NativeRecorder | null = null
  readonly #removing = new Set<string>()
  #timer: unknown = null
  /** Segments that went since the index was written. */
  #gone = 0

  constructor(options: LibraryOptions) {
    this.#options = options
  }

  get folder(): string {
    return this.#options.target.folder
  }

  /** Before a recorder writes: what is there now, as the text of the index. Throws errors of the file system. */
  async prepare(): Promise<string> {
    const { folder } = this
    if (!this.#loaded) {
      const { finished, open } = await readIndex(folder)
      this.#segments = [...finished].sort(byBegin)
      this.#open = [...open]
      this.#loaded = true
    }
    this.#segments = await existing(folder, this.#segments)
    await this.#closeTorn()
    await this.#removeHere()
    return this.#segments.map(indexLine).join('')
  }

  async #closeTorn(): Promise<void> {
    const open = this.#open
    this.#open = []
    for (const one of open) {
      const torn = await tornSegment(this.folder, one)
      if (!torn) continue
      this.#options.logger.warn(`${this.folder}: ${torn.file} is torn: its writer was ended`)
      this.#add(torn)
    }
  }

  /** Without a recorder: a full disk may need the room. */
  async #removeHere(): Promise<void> {
    for (const { file } of this.#expired(0)) {
      await unlink(path.join(this.folder, file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') this.#options.logger.warn(`${this.folder}: ${file} stays: ${error.message}`)
      })
      this.#segments = this.#segments.filter(one => one.file !== file)
    }
  }

  #expired(presentBytes: number): readonly IndexedSegment[] {
    const { target, clock } = this.#options
    return expired(this.#segments, presentBytes, clock.unix(), target)
  }

  /** This recorder writes from now on; null: none does. */
  use(recorder: NativeRecorder | null): void {
    this.#recorder = recorder
    this.#removing.clear()
    this.#gone = 0
    this.look()
  }

  note(news: readonly SegmentNews[]): void {
    for (const { type, file, begin, duration, bytes } of news) {
      if (type === 'kept') {
        this.#options.logger.warn(`${this.folder}: ${file} stays: it cannot be removed`)
        continue
      }
      this.#open = this.#open.filter(one => one.file !== file)
      if (type === 'opened') {
        this.#open.push({ file, begin })
      } else if (type === 'finished') {
        this.#add({ file, begin, end: begin + duration, duration, bytes, torn: false })
      } else {
        this.#segments = this.#segments.filter(one => one.file !== file)
        this.#removing.delete(file)
        this.#gone++
      }
    }
    if (news.length === 0) return
    if (this.#gone >= MOST_GONE) this.#rewrite(news.at(-1)!.number)
    this.look()
  }

  /** The index of a recording that lasts for years has lines about what is there. */
  #rewrite(number: number): void {
    if (this.#open.length > 1) return
    this.#gone = 0
    const [open] = this.#open
    this.#recorder?.rewrite(this.#segments.map(indexLine).join('') + (open ? openLine(open) : ''), number)
  }

  #add(segment: IndexedSegment): void {
    this.#segments.push(segment)
    const { folder } = this
    const { file, begin, end, duration, bytes, torn } = segment
    this.#options.onSegment({ path: path.join(folder, file), file, folder, begin, end, duration, bytes, torn })
  }

  /** Has the recorder remove what is due, and looks again when more is. */
  look(): void {
    const { target, clock } = this.#options
    clock.clearTimeout(this.#timer)
    this.#timer = null
    const recorder = this.#recorder
    if (!recorder) return
    const due = this.#expired(recorder.stats().present).filter(({ file }) => !this.#removing.has(file))
    if (due.length > 0) recorder.remove(due.map(({ file }) => file))
    for (const { file } of due) this.#removing.add(file)
    const left = this.#segments.filter(({ file }) => !this.#removing.has(file))
    const byAge = nextLook(left, clock.unix(), target) ?? Infinity
    const wait = Math.min(byAge, target.maxBytes === Infinity ? Infinity : SIZE_LOOK_MS)
    if (wait !== Infinity) this.#timer = unref(clock.setTimeout(() => this.look(), wait))
  }
}

function byBegin(one: IndexedSegment, other: IndexedSegment): number {
  return one.begin - other.begin
}
