import { availableParallelism } from 'node:os'
import { RxGstError } from '../core/errors'
import type { Picture } from '../core/frame'
import type { ResolvedCaptureOptions } from '../core/options'
import type { CaptureInfo } from '../core/types'
import type { RtmpUrl } from '../core/url'
import {
  DROP_POLICY_INDEX,
  native,
  PIXEL_FORMAT_INDEX,
  type AudioTap,
  type NativeSound,
  type PadCounter,
  type Timeline,
  type VideoTap,
} from '../native/binding'
import { CAPTURE, captureGraph } from '../pipelines/capture-graph'
import type { Transport } from '../pipelines/transport'
import { prepare } from './prepare'
import { reach } from './reach'
import { Runner } from './runner'
import { toPicture } from './to-picture'

export interface IngestEvents {
  /** Pictures or sound wait in the taps, or one of them ended. */
  onMedia(): void
  /** The connection is over: an error, or null for the end of the stream. */
  onLost(error: RxGstError | null): void
}

/** Which kinds somebody takes. */
export interface Demand {
  readonly pictures: boolean
  readonly sound: boolean
}

const WATCH_INTERVAL = 100
/**
 * rtmp2src makes a buffer of every media message it accepts. A server whose bytes grew in this many looks, past what
 * handshake and commands take, without one is not understood. Pings come too seldom to count this far in time.
 */
const NOT_UNDERSTOOD_LOOKS = 6
const NOT_UNDERSTOOD_BYTES = 5_000

/** One connection to a server, decoded. Made anew for every attempt. */
export class Ingest {
  readonly transport: Transport
  readonly #options: ResolvedCaptureOptions
  readonly #url: RtmpUrl
  readonly #events: IngestEvents
  #runner: Runner | null = null
  #timeline: Timeline | null = null
  #video: VideoTap | null = null
  #audio: AudioTap | null = null
  #flow: PadCounter | null = null
  #videoPackets: PadCounter | null = null
  #audioPackets: PadCounter | null = null
  #watch: NodeJS.Timeout | null = null
  #demand: Demand = { pictures: false, sound: false }
  #lastBuffers = 0
  #lastProgress = 0
  #lastBytes = 0
  #looks = 0
  #live = false
  #over = false

  constructor(url: RtmpUrl, transport: Transport, options: ResolvedCaptureOptions, events: IngestEvents) {
    this.#url = url
    this.transport = transport
    this.#options = options
    this.#events = events
  }

  /** Begins to connect; everything else comes by the events. */
  async start(): Promise<void> {
    const options = this.#options
    const graph = captureGraph({
      url: this.#url,
      transport: this.transport,
      timeout: Math.max(1, Math.ceil(options.connectTimeout / 1000)),
      decoder: 'avdec_h264',
      throughput: options.dropPolicy === 'block',
      cores: availableParallelism(),
      audioSampleRate: options.audioSampleRate,
      audioChannels: options.audioChannels,
    })
    await prepare(graph)
    if (this.transport === 'librtmp') await reach(this.#url, options.connectTimeout)
    if (this.#over) return
    const n = native()
    const timeline = new n.Timeline()
    this.#timeline = timeline
    const runner = new Runner(graph, {
      secrets: this.#url.secrets,
      logger: options.logger,
      timeline,
      ...(this.transport === 'librtmp' && { restless: CAPTURE.source }),
      wasLive: () => this.#live,
      onError: (error) => this.#lose(error),
      onEos: () => this.#end(),
      onUnlinked: (pad, caps) => this.#refuse(pad, caps),
    })
    this.#runner = runner
    const change = (): void => {
      this.#events.onMedia()
      this.#checkEnd()
    }
    this.#video = new n.VideoTap(
      runner.address(CAPTURE.video),
      timeline,
      {
        format: PIXEL_FORMAT_INDEX[options.format],
        width: options.width ?? 0,
        height: options.height ?? 0,
        fpsN: options.fpsFraction?.n ?? 0,
        fpsD: options.fpsFraction?.d ?? 1,
        capacity: options.bufferSize,
        policy: DROP_POLICY_INDEX[options.dropPolicy],
      },
      change,
    )
    this.#video.watchArrival(runner.address(CAPTURE.videoParser))
    timeline.watchHeader(runner.address(CAPTURE.source))
    this.#audio = new n.AudioTap(runner.address(CAPTURE.audio), timeline, change)
    this.setDemand(this.#demand)
    this.#flow = runner.counter(CAPTURE.source, 'src')
    this.#videoPackets = runner.counter(CAPTURE.videoParser, 'sink')
    this.#audioPackets = runner.counter(CAPTURE.audioParser, 'src')
    this.#watch = setInterval(() => this.watch(), WATCH_INTERVAL)
    const ok = await runner.setState('PLAYING')
    // A failed start has said why on the bus; where it has not, this is all there is to know.
    runner.poll()
    if (!ok) this.#lose(new RxGstError('ERR_STATE_CHANGE', 'the capture pipeline did not start', { element: CAPTURE.source }))
  }

  /** From now on an error means a lost connection, and silence a stalled one. */
  setLive(): void {
    this.#live = true
    this.#lastProgress = performance.now()
  }

  get hasPicture(): boolean {
    return (this.#videoPackets?.read().buffers ?? 0) > 0
  }

  get hasSound(): boolean {
    return (this.#audio?.stats().rate ?? 0) > 0
  }

  /** False where the stream's metadata says that it has no sound, and none has come. */
  get soundExpected(): boolean {
    return this.#timeline?.soundAnnounced() !== false || this.hasSound
  }

  readPictures(max: number): Picture[] {
    return (this.#video?.read(max) ?? []).map(toPicture)
  }

  readSounds(): NativeSound[] {
    return this.#audio?.read() ?? []
  }

  /** Blocks the JS thread until media is there, at most `ms`, and hears what the bus has to say. */
  wait(ms: number, kind: 'picture' | 'sound'): void {
    if (kind === 'picture') this.#video?.wait(ms)
    else this.#audio?.wait(ms)
    this.#runner?.poll()
    this.#checkEnd()
    this.watch()
  }

  /**
   * What is being taken. With 'block', who takes sound alone must not be held back by pictures that nobody takes, nor
   * the other way round; where nobody takes anything yet, both wait for the first to come.
   */
  setDemand(demand: Demand): void {
    this.#demand = demand
    if (this.#options.dropPolicy !== 'block') return
    this.#video?.setPolicy(DROP_POLICY_INDEX[demand.pictures || !demand.sound ? 'block' : 'oldest'])
    this.#audio?.setBlock(demand.sound || !demand.pictures)
  }

  get audioFormat(): { rate: number; channels: number } | null {
    const stats = this.#audio?.stats()
    return stats && stats.rate > 0 ? { rate: stats.rate, channels: stats.channels } : null
  }

  info(): CaptureInfo {
    const video = this.#video?.stats()
    const audio = this.audioFormat
    return {
      transport: this.transport,
      video:
        video && video.width > 0
          ? { width: video.width, height: video.height, fps: video.fpsN / (video.fpsD || 1), codec: 'h264', decoder: 'avdec_h264' }
          : null,
      audio: audio && this.#encodedSound(audio),
    }
  }

  /** As the stream carries it: what comes out may have been converted on the way. */
  #encodedSound(decoded: { rate: number; channels: number }): CaptureInfo['audio'] {
    const caps = this.#audioPackets?.read().caps ?? ''
    const field = (name: string): number => Number(new RegExp(`\\b${name}=\\(int\\)(\\d+)`).exec(caps)?.[1])
    return { sampleRate: field('rate') || decoded.rate, channels: field('channels') || decoded.channels, codec: 'aac' }
  }

  stats(): { decoded: number; dropped: number; held: number; bytes: number; audioDropped: number } {
    const video = this.#video?.stats()
    return {
      decoded: video?.decoded ?? 0,
      dropped: (video?.droppedQueue ?? 0) + (video?.droppedHeld ?? 0) + (video?.droppedBad ?? 0),
      held: video?.droppedHeld ?? 0,
      bytes: (this.#videoPackets?.read().bytes ?? 0) + (this.#audioPackets?.read().bytes ?? 0),
      audioDropped: this.#audio?.stats().dropped ?? 0,
    }
  }

  async stop(): Promise<void> {
    this.#over = true
    if (this.#watch) clearInterval(this.#watch)
    // First the taps, since one may hold its streaming thread ('block'), which NULL waits for.
    this.#video?.close()
    this.#audio?.close()
    this.#flow?.close()
    this.#videoPackets?.close()
    this.#audioPackets?.close()
    await this.#runner?.stop()
  }

  /** Bytes that do not move, and bytes that mean nothing: what no element ever reports. */
  watch(): void {
    if (this.#over || !this.#runner || !this.#flow) return
    const now = performance.now()
    const buffers = this.#flow.read().buffers
    if (buffers !== this.#lastBuffers) {
      this.#lastBuffers = buffers
      this.#lastProgress = now
    }
    if (this.#live) {
      if (now - this.#lastProgress > this.#options.stallTimeout && !this.#blocked()) {
        this.#lose(new RxGstError('ERR_STALLED', `no bytes from ${this.#url.display} for ${this.#options.stallTimeout} ms`))
      }
      return
    }
    const stats = this.transport === 'rtmp2' ? native().transportStats(this.#runner.address(CAPTURE.source)) : null
    if (!stats || stats.inBytes === 0) return
    if (stats.inBytes > this.#lastBytes) this.#looks++
    this.#lastBytes = stats.inBytes
    // The first buffer is the FLV header, which the source makes itself.
    if (buffers <= 1 && stats.inBytes > NOT_UNDERSTOOD_BYTES && this.#looks >= NOT_UNDERSTOOD_LOOKS) {
      this.#lose(new RxGstError('ERR_BAD_STREAM', NOT_UNDERSTOOD, { element: 'rtmp2src' }))
    }
  }

  /** A reader that holds the stream back on purpose ('block') is no stall. */
  #blocked(): boolean {
    const stats = this.#video?.stats()
    return this.#options.dropPolicy === 'block' && (stats?.queued ?? 0) >= this.#options.bufferSize
  }

  #refuse(pad: string, caps: string): void {
    const codec = /^[a-z]+\/[\w-]+/.exec(caps)?.[0] ?? 'unknown'
    this.#options.logger.warn(`${this.#url.display} carries ${codec} on ${pad}, which is not decoded: only H.264 and AAC are`)
    if (!this.#live) this.#lose(new RxGstError('ERR_UNSUPPORTED_MEDIA', `the stream carries ${codec}; RTMP in H.264 and AAC is supported`))
  }

  #end(): void {
    if (!this.#over) this.#finish(null)
  }

  /** The pipeline says that it ended when all its sinks have; the branch of a kind that never came is not told. */
  #checkEnd(): void {
    const [video, audio] = [this.#video?.stats().ended ?? false, this.#audio?.stats().ended ?? false]
    if (video === audio) return
    const other = video ? this.#audioPackets : this.#videoPackets
    if (other?.read().buffers === 0) this.#end()
  }

  #lose(error: RxGstError): void {
    if (!this.#over) this.#finish(error)
  }

  #finish(error: RxGstError | null): void {
    this.#over = true
    if (this.#watch) clearInterval(this.#watch)
    this.#events.onLost(error)
  }
}

const NOT_UNDERSTOOD = 'bytes arrive but no media that rtmp2src accepts'
/** Whether another transport may understand the server better. */
export function isNotUnderstood(error: RxGstError | null): boolean {
  return error?.message === NOT_UNDERSTOOD
}
