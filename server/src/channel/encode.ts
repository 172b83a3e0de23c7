/** The encode: an output that gets the pictures and the sound of the input on air. */
import { catchError, combineLatest, distinctUntilChanged, EMPTY, merge, NEVER, switchMap, type Observable } from 'rxjs'
import { Output, writeTo, type AudioChunk, type Logger, type OutputOptions, type VideoFrame } from 'rxgst'
import type { Target } from 'rxgst'
import type { ChannelConfig, EncodeConfig } from '../core/schema.js'
import type { Fill } from './slate.js'
import type { Source } from './sources.js'

export interface EncodeSize {
  readonly width: number
  readonly height: number
  readonly fps: number
}

/** Rates that cameras have; what is measured is near one of them. */
const USUAL_RATES = [15, 20, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 48, 50, 60_000 / 1001, 60]
const NEAR = 0.0005
/** Frames that wait while JavaScript is busy. */
const VIEW_FRAMES = 10
const FALLBACK: EncodeSize = { width: 1280, height: 720, fps: 30 }
const [MOST_FPS, SMALLEST_SIDE, LARGEST_SIDE] = [120, 16, 4096]

/** What the output is made with. Absent sides keep the shape of the input's picture. */
export function encodeSize(
  wanted: Partial<Pick<EncodeConfig, 'width' | 'height' | 'fps'>>,
  input: { readonly width: number; readonly height: number; readonly fps: number } | null,
): EncodeSize {
  const from = input ?? FALLBACK
  const { width, height } = wanted
  return {
    width: width ?? even(height === undefined ? from.width : (height * from.width) / from.height),
    height: height ?? even(width === undefined ? from.height : (width * from.height) / from.width),
    fps: wanted.fps ?? usualRate(from.fps),
  }
}

const even = (side: number): number => Math.min(LARGEST_SIDE, Math.max(SMALLEST_SIDE, 2 * Math.round(side / 2)))

function usualRate(fps: number): number {
  if (fps <= 0) return FALLBACK.fps
  const nearest = USUAL_RATES.reduce((best, rate) => (Math.abs(rate - fps) < Math.abs(best - fps) ? rate : best))
  const rate = Math.abs(nearest - fps) / nearest < NEAR ? nearest : Math.round(fps)
  return Math.min(MOST_FPS, Math.max(1, rate))
}

/** ERR_URL, ERR_OPTION. */
export function makeOutput(
  config: ChannelConfig,
  size: EncodeSize,
  { fill, slate }: Fill,
  place: Target,
  logger: Logger,
): Output {
  const encode: Partial<EncodeConfig> = config.mode === 'copy' ? {} : config.mode.encode
  const options: OutputOptions = { ...size, logger, reconnect: { first: true } }
  if (encode.bitrate !== undefined) options.bitrate = encode.bitrate
  if (encode.keyframeInterval !== undefined) options.keyframeInterval = encode.keyframeInterval
  // Platforms ask for a constant bitrate, and recordings take no harm.
  const platforms = Object.values(config.targets).some(it => 'platform' in it && it.platform !== 'custom')
  if (platforms) options.rateControl = 'cbr'
  options.fill = fill
  if (slate && fill === 'slate') options.slate = slate.data
  return new Output(place, options)
}

/** Writes what the source on air gives, as long as the output runs. Unsubscribing ends it. */
export function feed(
  output$: Observable<Output | null>,
  onAir$: Observable<Source | null>,
  size: () => EncodeSize | null,
  onError: (error: unknown) => void,
): Observable<unknown> {
  return combineLatest([output$, onAir$.pipe(distinctUntilChanged())]).pipe(
    switchMap(([output, source]) => {
      const wanted = size()
      if (!output || !source || !wanted) return NEVER
      return mediaOf(source, wanted).pipe(
        writeTo(output),
        catchError((error: unknown) => {
          onError(error)
          return EMPTY
        }),
      )
    }),
  )
}

function mediaOf({ capture }: Source, { width, height }: EncodeSize): Observable<VideoFrame | AudioChunk> {
  // I420 is what decoders give and encoders take: nothing is converted on the way.
  const view = capture.view({ width, height, format: 'I420', bufferSize: VIEW_FRAMES })
  // What ends is no error here: another input goes on air, or the output fills.
  return merge(view.frames$, capture.audio$).pipe(catchError(() => EMPTY))
}
