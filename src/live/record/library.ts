import { unlink } from 'node:fs/promises'
import path from 'node:path'
import { unref, type Clock } from '../../core/clock'
import type { Logger } from '../../core/types'
import type { NativeRecorder, SegmentNews } from '../../addon/record'
import { ageGuard, type AgeGuard } from './age-guard'
import { indexLine, isThere, merged, openLine, readIndex, tornSegment } from './index-file'
import type { IndexedSegment, OpenSegment } from './index-file'
import type { RecordTarget } from './record'
import { expired, nextLook, type Limits } from './retention'
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
  #free: Promise<void> = Promise.resolve()
  #recorder: NativeRecorder | null = null
  readonly #removing = new Set<string>()
  #timer: unknown = null
  /** Segments that went since the index was written. */
  #gone = 0
  readonly #ages: AgeGuard
  /** Whether a jump of the wall clock has been told. */
  #toldJump = false

  constructor(options: LibraryOptions) {
    this.#options = options
    this.#ages = ageGuard(options.clock)
  }

  get folder(): string {
    return this.#options.target.folder
  }

  /** Resolves when the writer before has let the folder go: on a disk that hangs it outlasts its stop(). */
  get free(): Promise<void> {
    return this.#free
  }

  /** A writer has the folder, until this resolves. */
  hold(ended: Promise<void>): void {
    this.#free = ended
  }

  /**
   * For a recorder that has locked the folder, before it writes: what is there now, as the text of the index. Throws
   * errors of the file system. `step` is called between its steps, and throws where no further one may follow.
   */
  async load(step: () => void): Promise<string> {
    const disk = await readIndex(this.folder)
    step()
    const { finished, open } = merged(disk, { finished: this.#segments, open: this.#open })
    this.#segments = [...finished]
    this.#open = [...open]
    const gone = new Set<IndexedSegment>()
    for (const segment of finished) {
      if (!(await isThere(this.folder, segment))) gone.add(segment)
      step()
    }
    this.#segments = finished.filter(segment => !gone.has(segment))
    await this.#closeTorn(step)
    this.#segments.sort(byBegin)
    await this.#removeHere(step)
    return this.#text()
  }

  #forget({ file }: OpenSegment): void {
    this.#segments = this.#segments.filter(one => one.file !== file)
  }

  #text(): string {
    return [...this.#segments.map(indexLine), ...this.#open.map(openLine)].join('')
  }

  /** One that the disk does not tell of stays open, for the next time. */
  async #closeTorn(step: () => void): Promise<void> {
    for (const one of this.#open) {
      const torn = await tornSegment(this.folder, one).catch((error: NodeJS.ErrnoException) => error)
      step()
      if (torn instanceof Error) {
        this.#options.logger.warn(`${this.folder}: ${one.file} cannot be looked at: ${torn.message}`)
        continue
      }
      this.#open = this.#open.filter(other => other !== one)
      if (!torn) continue
      this.#options.logger.warn(`${this.folder}: ${torn.file} is torn: its writer was ended`)
      this.#add(torn)
    }
  }

  /** Before the recorder looks for room: a full disk may need it. */
  async #removeHere(step: () => void): Promise<void> {
    for (const segment of this.#expired(0)) {
      const error = await unlink(path.join(this.folder, segment.file)).catch((reason: NodeJS.ErrnoException) => reason)
      if (!error || error.code === 'ENOENT') this.#forget(segment)
      else this.#options.logger.warn(`${this.folder}: ${segment.file} stays: ${error.message}`)
      step()
    }
  }

  #expired(presentBytes: number): readonly IndexedSegment[] {
    return expired(this.#segments, presentBytes, this.#options.clock.unix(), this.#limits())
  }

  /** Of the moment: none by age while the wall clock is not believed. */
  #limits(): Limits {
    const { target, logger } = this.#options
    const { keepMs, maxBytes } = target
    const isHeld = keepMs !== Infinity && this.#ages.holdMs > 0
    if (isHeld && !this.#toldJump) {
      const hours = Math.round(this.#ages.aheadMs / 3_600_000)
      logger.warn(`${this.folder}: the clock of the machine went ahead by ${hours} h: for a day no age removes a file`)
    }
    this.#toldJump = isHeld
    return isHeld ? { keepMs: Infinity, maxBytes } : { keepMs, maxBytes }
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
        this.#forget({ file, begin })
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
    this.#gone = 0
    this.#recorder?.rewrite(this.#text(), number)
  }

  #add(segment: IndexedSegment): void {
    this.#segments.push(segment)
    const { folder } = this
    const { file, begin, end, duration, bytes, torn } = segment
    this.#options.onSegment({ path: path.join(folder, file), file, folder, begin, end, duration, bytes, torn })
  }

  /** Has the recorder remove what is due, and looks again when more is. */
  look(): void {
    const { clock } = this.#options
    clock.clearTimeout(this.#timer)
    this.#timer = null
    const recorder = this.#recorder
    if (!recorder) return
    const due = this.#expired(recorder.stats().present).filter(({ file }) => !this.#removing.has(file))
    if (due.length > 0) recorder.remove(due.map(({ file }) => file))
    for (const { file } of due) this.#removing.add(file)
    const left = this.#segments.filter(({ file }) => !this.#removing.has(file))
    const limits = this.#limits()
    const byAge = nextLook(left, clock.unix(), limits) ?? (this.#ages.holdMs || Infinity)
    const wait = Math.min(byAge, limits.maxBytes === Infinity ? Infinity : SIZE_LOOK_MS)
    if (wait !== Infinity) this.#timer = unref(clock.setTimeout(() => this.look(), wait))
  }
}

function byBegin(one: IndexedSegment, other: IndexedSegment): number {
  return one.begin - other.begin
}
