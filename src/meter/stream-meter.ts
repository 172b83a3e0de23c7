import type { HlsStats } from '../core/addresses/hls-stats'
import type { SrtStats } from '../core/addresses/srt-stats'
import type { DetailName, DropCause, Meter, Reading, Totals, Track } from './meter'
import type { MetricName } from './metrics'
import type { StreamPhase } from '../core/types'
import { native } from '../addon/binding'
import type { NativeMeter, NativeMeterReading } from '../addon/meter'
import type { DropCounts, MeterConnection, Meters, PadPoint } from './meters'

type Values = Partial<Record<MetricName, number | null>>
type Details = Partial<Record<DetailName, number | null>>

/** Metrics of encoded packets. If none of them is requested, no probe reads packets. */
const PACKET_METRICS: readonly MetricName[] = [
  'bitrate',
  'fps',
  'lateness',
  'endToEndLatency',
  'droppedFrames',
  'jitter',
  'keyframeInterval',
  'avDrift',
  'noData',
]
const PICTURE_METRICS: readonly MetricName[] = ['freeze', 'black']
const AUDIO_METRICS: readonly MetricName[] = ['silence', 'loudness', 'truePeak']

/** Queue length at which a network is congested: there OBS drops B-frames. */
const CONGESTED_MS = 700
/** Window of droppedRatio. */
const RATIO_WINDOW_MS = 10_000
/** Phases in which no data is expected. */
const QUIET: readonly StreamPhase[] = ['idle', 'connecting', 'stopping', 'stopped']

/** One meter of one stream. The addon counts; this class turns its numbers into metrics. */
export class StreamMeter implements Meter {
  readonly direction: Meter['direction']
  readonly #meters: Meters
  readonly #wanted: ReadonlySet<MetricName>
  readonly #onClose: () => void
  readonly #native: NativeMeter
  readonly #watched = new Map<MeterConnection, number[]>()
  readonly #openedAt: number
  readonly #droppedBefore: DropCounts
  readonly #reconnectsBefore: number
  #history: { at: number; frames: number; dropped: number }[] = []
  #last: Reading | null = null
  #closed = false

  constructor(meters: Meters, metrics: readonly MetricName[], onClose: () => void) {
    this.#meters = meters
    this.#openedAt = meters.clock.now()
    this.#wanted = new Set(metrics)
    this.#onClose = onClose
    this.direction = meters.host.direction
    const counted = metrics.filter(name => name !== 'endToEndLatency' || this.direction !== 'out')
    this.#native = new (native().Meter)(Object.fromEntries(counted.map(name => [name, true])))
    this.#droppedBefore = meters.dropped()
    this.#reconnectsBefore = meters.reconnects
  }

  attach(connection: MeterConnection): void {
    const { packets = [], pictures = [], audio = [], entries = [], exits = [], tap, pacer, relay } = connection.points
    const wants = (names: readonly MetricName[]): boolean => names.some(name => this.#wanted.has(name))
    if (connection.whole) this.#native.reset()
    const ids: (number | null)[] = []
    if (wants(PACKET_METRICS)) for (const { element, pad } of packets) ids.push(this.#native.watchPackets(element, pad))
    if (relay && wants(PACKET_METRICS)) this.#native.watchRelay(relay)
    const raw = [...(wants(PICTURE_METRICS) ? pictures : []), ...(wants(AUDIO_METRICS) ? audio : [])]
    for (const { element, pad } of distinct(raw)) ids.push(this.#native.watchRaw(element, pad))
    if (wants(['latency'])) {
      for (const { element, pad } of entries) ids.push(this.#native.watchEntry(element, pad))
      for (const { element, pad, tags } of exits) ids.push(this.#native.watchExit(element, pad, tags ?? false))
      if (pacer) this.#native.watchPacer(pacer)
    }
    if (tap && wants(['latency', 'endToEndLatency'])) this.#native.watchTap(tap)
    this.#watched.set(
      connection,
      ids.filter(id => id !== null),
    )
  }

  detach(connection: MeterConnection): void {
    for (const id of this.#watched.get(connection) ?? []) this.#native.unwatch(id)
    this.#watched.delete(connection)
    if (connection.points.tap) this.#native.watchTap(null)
    if (connection.points.pacer) this.#native.watchPacer(null)
    if (connection.points.relay) this.#native.watchRelay(null)
    // Without a connection the gauges have no value.
    if (connection.whole) this.#native.reset()
  }

  close(): void {
    if (this.#closed) return
    this.read()
    this.#closed = true
    this.#native.close()
    this.#watched.clear()
    this.#onClose()
  }

  /** A new reading; after close() the last one again. */
  read(): Reading {
    const measured = this.#closed ? null : this.#native.read()
    if (measured) this.#last = this.#reading(measured)
    return this.#last!
  }

  #reading(of: NativeMeterReading): Reading {
    const { host, liveSince } = this.#meters
    const phase = host.phase()
    const dropped = this.#dropped(of)
    const values: Values = {}
    const tracks: Record<Track, Values> = { video: {}, audio: {} }
    const details: Details = {}
    const put = (name: MetricName, value: () => number | null, more?: () => void): void => {
      if (!this.#wanted.has(name)) return
      values[name] = value()
      more?.()
    }
    const each = (name: MetricName, value: (track: Track) => number | null): void => {
      for (const track of TRACKS) tracks[track][name] = value(track)
    }
    const { video, audio } = of
    const srt = this.#wanted.has('queueMs') ? (host.srt?.() ?? null) : null
    const hls = this.#wanted.has('queueMs') ? (host.hls?.() ?? null) : null

    put(
      'bitrate',
      () => total(video.bitsPerSecond, audio.bitsPerSecond),
      () => each('bitrate', track => of[track].bitsPerSecond ?? null),
    )
    put(
      'fps',
      () => video.perSecond ?? null,
      () => {
        details.fpsPts = video.perSecondPts ?? null
        if (host.fpsTarget !== undefined) details.fpsTarget = host.fpsTarget
      },
    )
    put(
      'latency',
      () => of.latency ?? null,
      () => (details.latencyP95 = of.latencyP95 ?? null),
    )
    put('lateness', () => (host.direction === 'in' ? (video.lateness ?? audio.lateness ?? null) : null))
    put(
      'endToEndLatency',
      () => of.endToEnd ?? null,
      () => (details.endToEndLatencyP95 = of.endToEndP95 ?? null),
    )
    put(
      'droppedFrames',
      () => Object.values(dropped).reduce((sum, count) => sum + count, 0),
      () => (details.droppedRatio = this.#ratio(video.packets, dropped)),
    )
    put(
      'jitter',
      () => greatest(video.jitter, audio.jitter),
      () => {
        each('jitter', track => of[track].jitter ?? null)
        for (const track of TRACKS) {
          details[`jitterP50.${track}`] = of[track].jitterP50 ?? null
          details[`jitterP90.${track}`] = of[track].jitterP90 ?? null
          details[`jitterP99.${track}`] = of[track].jitterP99 ?? null
        }
      },
    )
    put(
      'keyframeInterval',
      () => video.keyframeLast ?? null,
      () => {
        details.keyframeMax5 = video.keyframeMax5 ?? null
        details.keyframeAge = video.keyframeAge ?? null
        details.hasBFrames = video.reordered ?? null
      },
    )
    put(
      'avDrift',
      () => difference(difference(audio.late, video.late), difference(audio.lateAtFirst, video.lateAtFirst)),
      () => (details.avSkew = difference(audio.late, video.late)),
    )
    if (this.#wanted.has('noData')) {
      const since = this.#sinceData(of, phase)
      values.noData = since.any
      each('noData', track => since[track])
    }
    put('freeze', () => of.freeze ?? null)
    put('black', () => of.black ?? null)
    put(
      'silence',
      () => of.silence ?? null,
      () => of.silentChannels?.forEach((seconds, i) => (details[`silence.${i + 1}`] = seconds)),
    )
    put(
      'loudness',
      () => of.shortTerm ?? null,
      () => {
        details.loudnessMomentary = of.momentary ?? null
        details.loudnessIntegrated = of.integrated ?? null
      },
    )
    put('truePeak', () => of.truePeak ?? null)
    put(
      'queueMs',
      () => (liveSince === null ? null : (host.queueMs?.() ?? null)),
      () => {
        details.congestion = values.queueMs == null ? null : values.queueMs / CONGESTED_MS
        if (host.direction === 'out') details.ackLagBytes = this.#meters.ackLagBytes()
        if (srt && liveSince !== null) {
          details.srtRtt = srt.rttMs
          details.srtLatency = srt.latencyMs
          details.srtBitrate = srt.bitrate
        }
        if (hls && liveSince !== null) {
          details.hlsBandwidth = hls.bandwidth
          details.hlsBehind = hls.behindMs
        }
      },
    )
    put(
      'reconnects',
      () => this.#meters.reconnects - this.#reconnectsBefore,
      () => host.shortLives && (details.shortLives = host.shortLives()),
    )
    put('uptime', () => (liveSince === null ? null : (this.#meters.clock.now() - liveSince) / 1000))

    return {
      values,
      tracks,
      totals: {
        bytes: { video: video.bytes, audio: audio.bytes },
        frames: { video: video.packets, audio: audio.packets, keyframe: video.keyframes },
        dropped,
        ...(srt && { srt: srtPackets(srt) }),
        ...(hls && { hls: hlsSegments(hls) }),
      },
      details,
      intervals: of.intervals,
      liveSince,
      phase,
      groups: host.groups?.(),
    }
  }

  #dropped({ video }: NativeMeterReading): DropCounts {
    const { holes = 'source' } = this.#meters.host
    const counts: Partial<Record<DropCause, number>> = {}
    for (const [cause, count] of Object.entries(this.#meters.dropped()) as [DropCause, number][]) {
      counts[cause] = count - (this.#droppedBefore[cause] ?? 0)
    }
    if (holes !== null) counts[holes] = (counts[holes] ?? 0) + video.missing
    return counts
  }

  #ratio(frames: number, counts: DropCounts): number | null {
    const now = this.#meters.clock.now()
    const dropped = Object.values(counts).reduce((sum, count) => sum + count, 0)
    this.#history.push({ at: now, frames, dropped })
    while (this.#history.length > 2 && this.#history[1]!.at < now - RATIO_WINDOW_MS) this.#history.shift()
    const first = this.#history[0]!
    const [came, went] = [frames - first.frames, dropped - first.dropped]
    return came + went > 0 ? went / (came + went) : null
  }

  /** Seconds since the last data of a stream that should have some; without data, since it could have come. */
  #sinceData({ video, audio }: NativeMeterReading, phase: StreamPhase): Record<Track | 'any', number | null> {
    if (QUIET.includes(phase)) return { any: null, video: null, audio: null }
    const now = this.#meters.clock.now()
    const since = (at: number | null | undefined): number | null => (at == null ? null : (now - at) / 1000)
    const { host, liveSince } = this.#meters
    const write = host.lastWrite?.()
    const tracks = write
      ? { video: since(write.video), audio: since(write.audio) }
      : { video: video.sinceLast, audio: audio.sinceLast }
    const known = [tracks.video, tracks.audio].filter(value => value !== null)
    const start = Math.max(this.#openedAt, liveSince ?? 0)
    return { any: known.length > 0 ? Math.min(...known) : since(start), ...tracks }
  }
}

function srtPackets({ sent, received, lost, retransmitted, dropped }: SrtStats): NonNullable<Totals['srt']> {
  return {
    ...(sent > 0 ? { sent } : { received }),
    lost,
    ...(retransmitted !== null && { retransmitted }),
    ...(dropped !== null && { dropped }),
  }
}

function hlsSegments({ segments, retries, lost }: HlsStats): NonNullable<Totals['hls']> {
  return { loaded: segments, retried: retries, lost }
}

const TRACKS = ['video', 'audio'] as const

type Maybe = number | null | undefined

function total(...parts: readonly Maybe[]): number | null {
  const known = parts.filter(part => part != null)
  return known.length > 0 ? known.reduce((sum, part) => sum + part, 0) : null
}

function greatest(...parts: readonly Maybe[]): number | null {
  const known = parts.filter(part => part != null)
  return known.length > 0 ? Math.max(...known) : null
}

function difference(a: Maybe, b: Maybe): number | null {
  return a == null || b == null ? null : a - b
}

function distinct(points: readonly PadPoint[]): PadPoint[] {
  return points.filter(
    (point, i) => points.findIndex(({ element, pad }) => element === point.element && pad === point.pad) === i,
  )
}
