/** Looks at a stream for some seconds: what it is, what it takes, and what is wrong with it. */
import { Capture, flv, StreamMonitor, type CaptureInfo, type Logger } from 'rxgst'
import { Problem } from '../core/problem.js'
import type { AudioFacts, Finding, StreamFacts, VideoFacts } from './stream-facts.js'
import { ratesOf, TagMeter } from './tag-meter.js'

export interface ProbeOptions {
  readonly streamKey?: string
  /** How long it looks. Default: 10. */
  readonly seconds?: number
  readonly signal?: AbortSignal
  readonly logger?: Logger
  /** Told of each second that has passed. */
  readonly onProgress?: (seconds: number, of: number) => void
}

export interface ProbeResult {
  readonly facts: StreamFacts
  /** What any receiver would object to. */
  readonly findings: readonly Finding[]
}

const DEFAULT_SECONDS = 10
const CONNECT_TIMEOUT_MS = 10_000
const LOOK_MS = 1000
/** Seconds of black, frozen or silent that a probe tells. */
const LEAST_FAULT_S = 2
const LONG_KEYFRAME_INTERVAL_S = 4
const LOUD_LUFS = -9
const SOFT_LUFS = -40
const MOST_TRUE_PEAK_DBTP = -1

type ContentName = 'black' | 'freeze' | 'silence' | 'loudness' | 'truePeak'
const CONTENT: readonly ContentName[] = ['black', 'freeze', 'silence', 'loudness', 'truePeak']

/** Rejects with the library's errors: no connection, no such stream, no media. */
export async function probe(url: string, options: ProbeOptions = {}): Promise<ProbeResult> {
  const { streamKey, seconds = DEFAULT_SECONDS, signal, logger, onProgress } = options
  const capture = new Capture(url, {
    decode: false,
    analyse: 'all',
    reconnect: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(streamKey !== undefined && { streamKey }),
    ...(signal && { signal }),
    ...(logger && { logger }),
  })
  const monitor = new StreamMonitor([...CONTENT, 'noData'], { rules: [] })
  const meter = new TagMeter()
  const content = new Map<ContentName, number[]>(CONTENT.map(name => [name, []]))
  try {
    monitor.attachStream(capture, 'probe')
    const tags = flv(capture).subscribe(({ bytes, start }) => meter.add(bytes, start))
    await capture.start()
    const from = performance.now()
    const passed = (): number => (performance.now() - from) / 1000
    while (passed() < seconds && capture.state.phase === 'live') {
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
      const values = monitor.getSample('probe')?.values
      for (const name of CONTENT) {
        const value = values?.[name]
        if (typeof value === 'number') content.get(name)!.push(value)
      }
      onProgress?.(Math.min(seconds, Math.round(passed())), seconds)
    }
    tags.unsubscribe()
    const facts = factsOf(urlOf(url), capture.info, meter, content)
    if (!facts.video && !facts.audio) throw nothing()
    return { facts, findings: findingsOf(facts, content) }
  } finally {
    monitor[Symbol.dispose]()
    await capture.stop()
  }
}

const nothing = (): Problem =>
  new Problem(422, 'ERR_NO_MEDIA', 'neither pictures nor sound came', {
    fault: 'peer',
    retryable: true,
    remedy: 'Check that somebody publishes this stream now.',
  })

/** Without key and credentials. */
function urlOf(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return ''
  }
}

function factsOf(
  url: string,
  info: CaptureInfo | null,
  meter: TagMeter,
  content: ReadonlyMap<ContentName, readonly number[]>,
): StreamFacts {
  const { video, audio } = meter
  const pictures = ratesOf(video)
  const videoFacts: VideoFacts | null = info?.video
    ? {
        codec: info.video.codec,
        profile: meter.profile,
        level: meter.level,
        width: info.video.width,
        height: info.video.height,
        fps: round(pictures.rate, 2),
        bitrate: Math.round(pictures.bitrate),
        bitratePeak: meter.bitratePeak,
        keyframeInterval: meter.keyframeInterval,
        keyframeIntervalLeast: meter.keyframeIntervalLeast,
        bFrames: meter.bFrames,
      }
    : null
  const audioFacts: AudioFacts | null = info?.audio
    ? {
        ...info.audio,
        bitrate: Math.round(ratesOf(audio).bitrate),
        loudness: median(content.get('loudness')!),
        truePeak: highest(content.get('truePeak')!),
      }
    : null
  const last = Math.max(video.last - (video.first ?? video.last), audio.last - (audio.first ?? audio.last))
  return { url, seconds: round(last / 1000, 1), video: videoFacts, audio: audioFacts }
}

function findingsOf(
  { video, audio }: StreamFacts,
  content: ReadonlyMap<ContentName, readonly number[]>,
): readonly Finding[] {
  const findings: Finding[] = []
  const add = (id: string, severity: Finding['severity'], message: string): void =>
    void findings.push({ id, severity, message, source: null, date: null })
  const lasting = (name: ContentName): number => highest(content.get(name)!) ?? 0
  if (!video) add('noPictures', 'warning', 'There are no pictures.')
  if (!audio) add('noSound', 'warning', 'There is no sound: some players wait for it.')
  for (const [name, text] of [
    ['black', 'The picture was black for'],
    ['freeze', 'The picture did not move for'],
    ['silence', 'The sound was silent for'],
  ] as const) {
    if (lasting(name) >= LEAST_FAULT_S) add(name, 'warning', `${text} ${Math.round(lasting(name))} s.`)
  }
  if (video && video.keyframeInterval === null) {
    add('keyframes', 'warning', 'Fewer than two keyframes came: a viewer waits long for the first picture.')
  } else if (video && video.keyframeInterval! > LONG_KEYFRAME_INTERVAL_S) {
    add('keyframes', 'warning', `Keyframes are up to ${round(video.keyframeInterval!, 1)} s apart; 2 s is usual.`)
  }
  if (audio?.loudness != null && (audio.loudness > LOUD_LUFS || audio.loudness < SOFT_LUFS)) {
    const how = audio.loudness > LOUD_LUFS ? 'loud' : 'soft'
    add('loudness', 'warning', `The sound is very ${how}: ${round(audio.loudness, 1)} LUFS.`)
  }
  if (audio?.truePeak != null && audio.truePeak > MOST_TRUE_PEAK_DBTP)
    add('truePeak', 'warning', `The sound reaches ${round(audio.truePeak, 1)} dBTP: players may clip it.`)
  return findings
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
const highest = (values: readonly number[]): number | null => (values.length > 0 ? Math.max(...values) : null)
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length > 0 ? sorted[Math.floor(sorted.length / 2)]! : null
}
