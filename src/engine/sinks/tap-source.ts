import type { Picture } from '../../core/frame'
import { native } from '../../addon/binding'
import type { Timeline } from '../../addon/capture'
import type { ElementHandle } from '../../addon/gst'
import { CHANGE, type Changes } from '../../addon/js'
import {
  AUDIO_FIELDS,
  type AudioTap,
  type FrameAccount,
  type NativeAudio,
  type VideoTap,
  type VideoTapOptions,
} from '../../addon/tap'
import type { MediaSource } from '../../observables/media-source'
import { FRAME_NUMBERS, frameFromNative } from './frame-from-native'

/** Changes for the hub. All others are for the owner of the source. */
const MEDIA = CHANGE.frames | CHANGE.audio
const ALL = 0xffff_ffff
/** Most pictures, and most pieces of sound, in one call: a turn of the event loop rarely finds more. */
const MOST_FRAMES = 32
const MOST_AUDIO = 64
const AUDIO_NUMBERS = AUDIO_FIELDS.length

export interface TapSourceEvents {
  /** Bits of CHANGE, before the hub is called. They include `frames` and `audio` only while no hub listens. */
  onChange(changes: number): void
  /** A tap's stream has ended. Called after the hub, which has taken as much as it has room for. */
  onEnded?(): void
}

/**
 * The taps of one connection, as a hub reads them. One wake-up brings all changes that streaming threads have made. It
 * calls the hub for pictures and sound, and the owner for everything else, so that neither needs to poll a tap.
 */
export class TapSource implements MediaSource {
  readonly changes: Changes
  readonly #events: TapSourceEvents
  readonly #isAudioExpected: () => boolean
  #video: VideoTap | null = null
  #audio: AudioTap | null = null
  #listener: (() => void) | null = null
  /** Bits of MEDIA: kinds that may wait in a tap. */
  #waiting: number = MEDIA
  /** Bits of MEDIA: kinds that consumers take. */
  #wanted: number = MEDIA
  #frameFields: Float64Array | null = null
  #audioFields: Float64Array | null = null

  constructor(events: TapSourceEvents, audioExpected: () => boolean) {
    this.#events = events
    this.#isAudioExpected = audioExpected
    this.changes = new (native().Changes)(changes => this.#onWake(changes))
  }

  openVideo(appsink: ElementHandle, timeline: Timeline, options: VideoTapOptions, account: FrameAccount): VideoTap {
    this.#frameFields = new Float64Array(1 + MOST_FRAMES * FRAME_NUMBERS)
    this.#video = this.#made(() => new (native().VideoTap)(appsink, timeline, options, this.changes, account))
    return this.#video
  }

  openAudio(appsink: ElementHandle, timeline: Timeline): AudioTap {
    this.#audioFields = new Float64Array(1 + MOST_AUDIO * AUDIO_NUMBERS)
    this.#audio = this.#made(() => new (native().AudioTap)(appsink, timeline, this.changes))
    return this.#audio
  }

  /** If the tap cannot be made, closes the wake-up, which would keep the process alive. */
  #made<T>(make: () => T): T {
    try {
      return make()
    } catch (error) {
      this.close()
      throw error
    }
  }

  #onWake(changes: number): void {
    this.#waiting |= changes & MEDIA
    const own = this.#listener ? changes & ~MEDIA : changes
    if (own !== 0) this.#events.onChange(own)
    // The owner may have made the hub listen in onChange().
    if ((changes & MEDIA) !== 0) this.#listener?.()
    if ((changes & CHANGE.ended) !== 0) this.#events.onEnded?.()
  }

  /** Does the work of the next wake-up at once: while a blocking reader runs, the event loop does not turn. */
  poll(): void {
    const changes = this.changes.take()
    if (changes !== 0) this.#onWake(changes)
  }

  /** Takes the present changes in the middle of a read. An end is reported later, after the hub has handed out. */
  #catchUp(): void {
    const changes = this.changes.take()
    this.#waiting |= changes & MEDIA
    const last = changes & (CHANGE.ended | CHANGE.wrong)
    const own = changes & ~(MEDIA | last)
    if (own !== 0) this.#events.onChange(own)
    if (last !== 0) setImmediate(() => this.#onWake(last))
  }

  listen(listener: (() => void) | null): void {
    this.#listener = listener
    this.#setWakes()
  }

  /** While a hub listens, pictures or sound that no consumer takes do not wake JavaScript. */
  setWanted(pictures: boolean, audio: boolean): void {
    this.#wanted = (pictures ? CHANGE.frames : 0) | (audio ? CHANGE.audio : 0)
    this.#setWakes()
  }

  #setWakes(): void {
    this.changes.wakeFor(this.#listener ? (ALL & ~MEDIA) | this.#wanted : ALL)
    // Media may have come without a wake-up.
    this.lookAgain()
  }

  lookAgain(): void {
    this.#waiting = MEDIA
  }

  get picturesWait(): boolean {
    return (this.#waiting & CHANGE.frames) !== 0
  }

  get audioWaits(): boolean {
    return (this.#waiting & CHANGE.audio) !== 0
  }

  readPictures(max: number): Picture[] {
    const pictures: Picture[] = []
    const [tap, fields] = [this.#video, this.#frameFields]
    let left = tap ? Infinity : 0
    while (tap && fields && left > 0 && pictures.length < max) {
      const buffers = tap.read(max - pictures.length, fields)
      left = fields[0]!
      for (const [i, buffer] of buffers.entries()) pictures.push(frameFromNative(buffer, fields, 1 + i * FRAME_NUMBERS))
    }
    if (left === 0) this.#waiting &= ~CHANGE.frames
    // A reader that goes on without a turn of the event loop must still find the sound of these pictures.
    else this.#catchUp()
    return pictures
  }

  /**
   * The sound that waits now, and nothing that comes meanwhile: a decoder that refills the queue as fast as it is read
   * would give a reader more than its own queue holds.
   */
  readAudio(): NativeAudio[] {
    const audio: NativeAudio[] = []
    const [tap, fields] = [this.#audio, this.#audioFields]
    if (!tap || !fields) {
      this.#waiting &= ~CHANGE.audio
      return audio
    }
    let most = Infinity
    let left = Infinity
    while (left > 0 && audio.length < most) {
      const room = Math.min(MOST_AUDIO, most - audio.length)
      const pieces = tap.read(fields.subarray(0, 1 + room * AUDIO_NUMBERS))
      left = fields[0]!
      if (most === Infinity) most = pieces.length + left
      for (const [i, samples] of pieces.entries()) audio.push(toAudio(samples, fields, 1 + i * AUDIO_NUMBERS))
    }
    if (left === 0) this.#waiting &= ~CHANGE.audio
    return audio
  }

  get audioExpected(): boolean {
    return this.#isAudioExpected()
  }

  wait(ms: number, kind: 'picture' | 'audio'): void {
    if (kind === 'picture') this.#video?.wait(ms)
    else this.#audio?.wait(ms)
    this.poll()
  }

  close(): void {
    this.#video?.close()
    this.#audio?.close()
    this.changes.close()
  }
}

/** Makes a piece of sound. Its numbers begin at `at`, in the order of AUDIO_FIELDS. */
function toAudio(samples: Float32Array, fields: Float64Array, at: number): NativeAudio {
  return {
    samples,
    position: fields[at]!,
    rate: fields[at + 1]!,
    channels: fields[at + 2]!,
    mask: fields[at + 3]!,
    discontinuity: fields[at + 4] === 1,
  }
}
