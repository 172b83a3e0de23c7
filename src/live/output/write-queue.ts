import { RxGstError } from '../../core/errors'
import type { NativePacer } from '../../addon/output'
import type { ResolvedOutputOptions } from '../options'
import type { PacerWrite } from './write'

/** A write for which the pacer has no room yet. */
interface WaitingWrite {
  readonly write: PacerWrite
  readonly resolve: (taken: boolean | Promise<boolean>) => void
  readonly reject: (error: Error) => void
}

/** Bound of the queue. A program that awaits each write never has more than one in it. */
const MOST_WAITING = 1000

/** The part of a pacer that takes writes. */
export type WriteSink = Pick<NativePacer, 'write' | 'stats'>

/**
 * The writes of an output on their way to its pacer, in order. A write that finds the pacer full waits here ('block'),
 * or is dropped and counted ('newest'). JS thread.
 */
export class WriteQueue {
  readonly #options: Pick<ResolvedOutputOptions, 'bufferSize' | 'dropPolicy'>
  readonly #waiting: WaitingWrite[] = []
  #pacer: WriteSink | null = null
  /** Set by close(): the answer to all writes from then on. */
  #closed: RxGstError | null = null
  #dropped = 0

  constructor(options: Pick<ResolvedOutputOptions, 'bufferSize' | 'dropPolicy'>) {
    this.#options = options
  }

  /** Writes go to this pacer from now on. */
  open(pacer: WriteSink): void {
    this.#pacer = pacer
  }

  /** Pictures that were dropped because the pacer was full. */
  get dropped(): number {
    return this.#dropped
  }

  /** Whether a write would have to wait now. */
  get full(): boolean {
    return this.#waiting.length > 0 || (this.#pacer?.stats()?.queued ?? 0) >= this.#options.bufferSize
  }

  /** Resolves when the pacer has copied the write's memory: true; false: the write was dropped. */
  write(write: PacerWrite): Promise<boolean> {
    return (this.#waiting.length > 0 ? null : this.#admit(write)) ?? this.#wait(write)
  }

  /** The pacer has room again: hands over the writes that wait, as many as it takes. */
  resume(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const taken = this.#admit(first.write)
      if (!taken) break
      this.#waiting.shift()
      first.resolve(taken)
    }
  }

  /** Rejects the writes that wait, and all that come later, with this error. The first call decides. */
  close(error: RxGstError): void {
    this.#closed ??= error
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }

  #wait(write: PacerWrite): Promise<boolean> {
    if (this.#options.dropPolicy === 'newest' && write.pixels) {
      this.#dropped++
      return Promise.resolve(false)
    }
    if (this.#waiting.length >= MOST_WAITING) {
      const text = `${MOST_WAITING} writes are waiting already: await them`
      return Promise.reject(new RxGstError('ERR_WRITE_OVERFLOW', text))
    }
    return new Promise((resolve, reject) => this.#waiting.push({ write, resolve, reject }))
  }

  /** null: the pacer has no room. */
  #admit(write: PacerWrite): Promise<boolean> | null {
    if (this.#closed) return Promise.reject(this.#closed)
    const { pixels, format, timing, timestamp, samples, rate, channels, channelMask = 0, captions = null } = write
    const taken =
      this.#pacer?.write(pixels, format, timing, timestamp, samples, rate, channels, channelMask, captions) ?? 'over'
    switch (taken) {
      case 'full':
        return null
      case 'wrong-size': {
        const text = 'the picture was shrunk or transferred away while its write waited'
        return Promise.reject(new RxGstError('ERR_FRAME_SIZE', text))
      }
      case 'over':
        return Promise.reject(new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
      default:
        return taken
    }
  }
}
