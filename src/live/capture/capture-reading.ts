import type { AudioChunk, FrameWithAudio, VideoFrame } from '../../core/types'
import { CaptureStills } from '../stills/capture-stills'
import type { CaptureReaders } from './readers'

/** A capture as a source that one asks for the next frame, or for sound: by calls and by loops. */
export abstract class CaptureReading extends CaptureStills {
  /** @internal */
  protected abstract readonly readers: CaptureReaders

  /**
   * The next frame; the caller closes it. ERR_NOT_RUNNING before start() and after stop(); ERR_STREAM_ENDED when no
   * further frame can come.
   */
  async getFrame(options: { signal?: AbortSignal } = {}): Promise<VideoFrame> {
    return this.readers.frame(options.signal)
  }

  /**
   * The next `duration` seconds of sound (default 0.1, at most 10), right after those of the previous call: exactly
   * duration × audioSampleRate samples per channel.
   */
  async getAudio(duration = 0.1, options: { signal?: AbortSignal } = {}): Promise<AudioChunk> {
    return this.readers.audio(duration, options.signal)
  }

  /** The next frame with exactly the sound up to the following frame; silence where the stream has no sound. */
  async getFrameAndAudio(options: { signal?: AbortSignal } = {}): Promise<FrameWithAudio> {
    return this.readers.frameAndAudio(options.signal)
  }

  /**
   * Iterates over the frames. Ends with stop(), throws when the stream is lost. Each iterator has its own bounded
   * queue.
   */
  aiterFrames(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<VideoFrame> {
    return this.readers.iterateFrames(options.signal)
  }

  /** The same, each frame with its sound, as in framesWithAudio$. */
  aiterFramesWithAudio(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<FrameWithAudio> {
    return this.readers.iteratePairs(options.signal)
  }

  /**
   * Iterates over the frames, and blocks the thread between them, so that nothing else of the process runs: for
   * scripts. Each step closes the previous frame; clone() keeps it. Call it after start() has resolved.
   */
  iterFrames(): IterableIterator<VideoFrame> {
    return this.readers.iterateFramesSync()
  }

  /** The same, each frame with its sound. ERR_NOT_RUNNING before start(). */
  iterFramesWithAudio(): IterableIterator<FrameWithAudio> {
    return this.readers.iteratePairsSync()
  }
}
