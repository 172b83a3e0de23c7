import { systemClock, type Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import { isPixelBytes } from '../../core/pixel-format'
import type { AudioChunk, FrameWithAudio, PixelBytes, VideoFrame, WriteOptions } from '../../core/types'
import type { ResolvedOutputOptions } from '../options'
import { CutSoundWatch } from './cut-sound'
import type { Pacing } from './groups/pacing'
import { type Audio, checkAudio, checkFrame, checkTimestamp, NO_AUDIO } from './write'

/** The writer's view of its output. */
export interface WriterHost {
  readonly options: ResolvedOutputOptions
  /** What takes writes now. Throws when the output does not run. */
  pacing(): Pick<Pacing, 'full' | 'write' | 'stats'>
  readonly clock?: Clock
}

/** Chunks of a source's sound that wait behind pictures: some seconds of AAC's blocks. */
const MOST_SOUND_WAITING = 200

function isAudio(value: VideoFrame | FrameWithAudio | AudioChunk): value is AudioChunk {
  return 'samples' in value
}

/** Of a value that the program may have made itself. ERR_TIMESTAMP. */
function sourceTime(timestamp: number): number {
  if (Number.isFinite(timestamp)) return timestamp
  throw new RxGstError('ERR_TIMESTAMP', `expected microseconds for timestamp but received ${String(timestamp)}`)
}

/** The writes of an output: each is checked and given to the pacing, which resolves it when its memory is copied. */
export class OutputWriter {
  readonly #host: WriterHost
  /** Of writes with a timestamp of the caller's. */
  #lastTimestamp = -Infinity
  /** Frames of sources that wait, with their sound. */
  #sourceWaiting = 0
  /** Chunks of a source's sound that wait. */
  #soundWaiting = 0
  /** Frames that a full queue dropped. */
  #sourceDropped = 0
  #samplesDropped = 0
  readonly #cutSound: CutSoundWatch

  constructor(host: WriterHost) {
    this.#host = host
    const { logger } = host.options
    this.#cutSound = new CutSoundWatch(host.clock ?? systemClock, this.#rate, text => logger.warn(`output: ${text}`))
  }

  get sourceDropped(): number {
    return this.#sourceDropped
  }

  /** Samples per channel of sound that a full queue dropped, at the output's rate. */
  get samplesDropped(): number {
    return this.#samplesDropped
  }

  get #rate(): number {
    return this.#host.options.audioSampleRate
  }

  #look(pacing: Pick<Pacing, 'stats'>, { samples }: Audio): void {
    if (samples) this.#cutSound.look(() => (pacing.stats()?.trimmed ?? 0) + this.#samplesDropped)
  }

  /** @param audio undefined: no sound; null is a mistake of the caller */
  async write(
    frame: VideoFrame | PixelBytes,
    audio: AudioChunk | Float32Array | Int16Array | undefined,
    options: WriteOptions,
  ): Promise<void> {
    const pacing = this.#host.pacing()
    const picture = checkFrame(frame, this.#host.options)
    const checked: Audio = audio === undefined ? NO_AUDIO : checkAudio(audio, this.#host.options)
    this.#look(pacing, checked)
    const timestamp = checkTimestamp(options, this.#lastTimestamp)
    if (timestamp !== null) this.#lastTimestamp = timestamp
    const timing = timestamp === null ? 'next' : 'explicit'
    // A handle of its own, since the caller may close the frame while the pixels are read.
    const held = isPixelBytes(frame) ? null : frame.clone()
    try {
      await pacing.write({ ...picture, timing, timestamp: timestamp ?? 0, ...checked })
    } finally {
      held?.close()
    }
  }

  async writeAudio(audio: AudioChunk | Float32Array | Int16Array): Promise<void> {
    const pacing = this.#host.pacing()
    const checked = checkAudio(audio, this.#host.options)
    this.#look(pacing, checked)
    await pacing.write({ pixels: null, format: 'RGB', timing: 'next', timestamp: 0, ...checked })
  }

  /** Places the value by its own timestamp and closes its frame in any case. `dropped`: the queue was full. */
  async writeAndClose(value: VideoFrame | FrameWithAudio | AudioChunk): Promise<{ dropped: boolean }> {
    if (isAudio(value)) return this.#writeSound(value)
    const { frame, audio } = 'frame' in value ? value : { frame: value, audio: null }
    try {
      const pacing = this.#host.pacing()
      if (pacing.full && this.#sourceWaiting >= this.#host.options.bufferSize) {
        this.#sourceDropped++
        return { dropped: true }
      }
      const picture = checkFrame(frame, this.#host.options)
      const checked = audio === null ? NO_AUDIO : checkAudio(audio, this.#host.options)
      this.#look(pacing, checked)
      this.#sourceWaiting++
      try {
        const timestamp = sourceTime(frame.timestamp)
        const taken = await pacing.write({ ...picture, timing: 'media', timestamp, ...checked })
        return { dropped: !taken }
      } finally {
        this.#sourceWaiting--
      }
    } finally {
      frame.close()
    }
  }

  async #writeSound(chunk: AudioChunk): Promise<{ dropped: boolean }> {
    const pacing = this.#host.pacing()
    const checked = checkAudio(chunk, this.#host.options)
    if (checked.samples === null) return { dropped: false }
    this.#look(pacing, checked)
    if (pacing.full && this.#soundWaiting >= MOST_SOUND_WAITING) {
      this.#samplesDropped += Math.round((chunk.samples.length / chunk.channels / chunk.sampleRate) * this.#rate)
      return { dropped: true }
    }
    this.#soundWaiting++
    try {
      const timestamp = sourceTime(chunk.timestamp)
      const taken = await pacing.write({ pixels: null, format: 'RGB', timing: 'media', timestamp, ...checked })
      return { dropped: !taken }
    } finally {
      this.#soundWaiting--
    }
  }
}
