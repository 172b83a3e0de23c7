import { throwError, type Observable } from 'rxjs'
import { checkNumber } from '../../core/check'
import { RxGstError } from '../../core/errors'
import type { AudioChunk, FrameWithAudio, VideoFrame } from '../../core/types'
import type { MediaHub } from '../../observables/media-hub'
import { Pairing } from '../../observables/pairing'
import { AudioReader, FrameReader, FrameWithAudioReader, type Reader } from '../../observables/reader'
import type { ResolvedCaptureOptions } from '../options'

/** Longest sound of one read, as much as its queue holds. */
const LONGEST_AUDIO_S = 10

/** The readers' view of their capture. */
export interface ReadersHost {
  readonly hub: MediaHub
  readonly options: Pick<
    ResolvedCaptureOptions,
    'video' | 'audio' | 'bufferSize' | 'dropPolicy' | 'audioSampleRate' | 'audioChannels'
  >
  /** Whether the JS thread fetches the stream: then nothing comes while an iterator blocks it. */
  readonly fetches?: boolean
  /** Throws when nothing can be read now. */
  mustRun(): void
  /** Why the stream has failed; null: the hub's own error is the reason. */
  fault(): RxGstError | null
}

/**
 * The readers of a capture: getFrame() and its like, which share one queue for each kind, and iterators, which have a
 * queue of their own.
 */
export class CaptureReaders {
  readonly #host: ReadersHost
  #frames: FrameReader | null = null
  #audio: AudioReader | null = null
  #pairs: FrameWithAudioReader | null = null
  /** Samples per channel that the queues of slow readers lost. */
  #audioDropped = 0
  readonly #onAudioDropped = (samples: number): void => void (this.#audioDropped += samples)

  constructor(host: ReadersHost) {
    this.#host = host
  }

  get audioDropped(): number {
    return this.#audioDropped
  }

  /** Gives back what waits for the next call of getFrame() and its like. */
  close(): void {
    for (const reader of [this.#frames, this.#audio, this.#pairs]) reader?.close()
  }

  #mustGive(...kinds: readonly ('video' | 'audio')[]): void {
    if (kinds.some(kind => !this.#host.options[kind])) throw notDecoded()
    this.#host.mustRun()
  }

  frame(signal: AbortSignal | undefined): Promise<VideoFrame> {
    this.#mustGive('video')
    this.#frames ??= this.#newFrameReader(false).open()
    return this.#pull(this.#frames.next(signal))
  }

  audio(duration: number, signal: AbortSignal | undefined): Promise<AudioChunk> {
    checkNumber('duration', duration, 0.000_1, LONGEST_AUDIO_S)
    this.#mustGive('audio')
    this.#audio ??= new AudioReader(this.#host.hub, this.#onAudioDropped).open()
    return this.#pull(this.#audio.read(duration, signal))
  }

  frameAndAudio(signal: AbortSignal | undefined): Promise<FrameWithAudio> {
    this.#mustGive('video', 'audio')
    this.#pairs ??= this.#newPairReader(false).open()
    return this.#pull(this.#pairs.next(signal))
  }

  iterateFrames(signal: AbortSignal | undefined): AsyncIterableIterator<VideoFrame> {
    return this.#iterate(() => this.#newFrameReader(true), signal, 'video')
  }

  iteratePairs(signal: AbortSignal | undefined): AsyncIterableIterator<FrameWithAudio> {
    return this.#iterate(() => this.#newPairReader(true), signal, 'video', 'audio')
  }

  #mayBlock(): void {
    if (this.#host.fetches)
      throw new RxGstError('ERR_OPTION', 'HLS is fetched by the thread that this call blocks: use the async iterators')
  }

  iterateFramesSync(): IterableIterator<VideoFrame> {
    this.#mayBlock()
    this.#mustGive('video')
    return iterateSync(this.#newFrameReader(true), frame => frame)
  }

  iteratePairsSync(): IterableIterator<FrameWithAudio> {
    this.#mayBlock()
    this.#mustGive('video', 'audio')
    return iterateSync(this.#newPairReader(true), item => item.frame)
  }

  newPairing(): Pairing {
    const { hub, options } = this.#host
    const format = { rate: options.audioSampleRate, channels: options.audioChannels }
    return new Pairing(options.bufferSize, format, {
      audioExpected: () => hub.source?.audioExpected ?? true,
      onAudioDropped: this.#onAudioDropped,
    })
  }

  #newFrameReader(holds: boolean): FrameReader {
    const { hub, options } = this.#host
    return new FrameReader(hub, options.bufferSize, options.dropPolicy === 'newest', holds)
  }

  #newPairReader(holds: boolean): FrameWithAudioReader {
    return new FrameWithAudioReader(this.#host.hub, this.newPairing(), holds)
  }

  async #pull<T>(next: Promise<T | null>): Promise<T> {
    let value: T | null
    try {
      value = await next
    } catch (error) {
      if (error instanceof RxGstError && error.fault === 'options') throw error
      throw new RxGstError('ERR_STREAM_ENDED', `the stream has ended: ${(error as Error).message}`, {
        cause: this.#host.fault() ?? error,
      })
    }
    if (value !== null) return value
    const fault = this.#host.fault()
    if (fault) throw new RxGstError('ERR_STREAM_ENDED', `the stream has ended: ${fault.message}`, { cause: fault })
    throw new RxGstError('ERR_NOT_RUNNING', 'the capture was stopped')
  }

  async *#iterate<T>(
    open: () => Reader<T>,
    signal: AbortSignal | undefined,
    ...kinds: readonly ('video' | 'audio')[]
  ): AsyncIterableIterator<T> {
    this.#mustGive(...kinds)
    const reader = open().open()
    try {
      for (let value = await reader.next(signal); value !== null; value = await reader.next(signal)) yield value
    } finally {
      reader.close()
    }
  }
}

function* iterateSync<T>(reader: Reader<T>, frameOf: (value: T) => VideoFrame): IterableIterator<T> {
  reader.open()
  let last: T | null = null
  try {
    for (;;) {
      const value = reader.nextSync()
      if (last !== null) frameOf(last).close()
      last = value
      if (value === null) return
      yield value
    }
  } finally {
    if (last !== null) frameOf(last).close()
    reader.close()
  }
}

/** ERR_NOT_DECODED to subscribers where the options leave that kind undecoded. */
export function ifDecoded<T>(media: Observable<T>, isDecoded: boolean): Observable<T> {
  return isDecoded ? media : throwError(notDecoded)
}

export function notDecoded(): RxGstError {
  const text = 'an option of the capture (decode: false, video: false, audio: false) leaves this kind undecoded'
  return new RxGstError('ERR_NOT_DECODED', text)
}
