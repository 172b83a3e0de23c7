import { checkBoolean, checkInteger, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import {
  resolveTransportOptions,
  TRANSPORT_OPTION_NAMES,
  type ResolvedTransportOptions,
} from '../../core/transport-options'
import { AUDIO_SAMPLE_RATES, MAX_BUFFER, MAX_FPS, MAX_SIDE, MIN_FPS, MIN_SIDE } from '../../core/video-options'
import { RxGstError } from '../../core/errors'
import { DEFAULT_HELD_BYTES, FRAMES_CEILING, MIB } from '../../core/video-options'
import { PIXEL_FORMATS } from '../../core/pixel-format'
import { fpsToFraction, type Fraction } from '../../core/rates'
import { checkHosts, checkVariant, type HlsVariant } from '../../core/addresses/hls'
import type { CaptureOptions } from '../../core/addresses/capture-options'
import type { PixelFormat, RTMPCaptureOptions } from '../../core/types'

export interface ResolvedCaptureOptions extends ResolvedTransportOptions {
  /** null: the source's; likewise `height` and `fps`. */
  readonly width: number | null
  readonly height: number | null
  readonly fps: number | null
  readonly fpsFraction: Fraction | null
  readonly format: PixelFormat
  /** Whether anything is decoded. */
  readonly decode: boolean
  /** Whether pictures are decoded, and whether sound is. */
  readonly video: boolean
  readonly audio: boolean
  /** What is decoded for meters alone; null: nothing. */
  readonly analyse: 'keyframes' | 'all' | null
  /** null: the source's; likewise the channels. */
  readonly audioSampleRate: number | null
  readonly audioChannels: 1 | 2 | null
  readonly bufferSize: number
  readonly maxHeldBytes: number
  readonly dropPolicy: 'oldest' | 'newest' | 'block'
  readonly outputCorrupt: boolean
  readonly maxWidth: number
  readonly maxHeight: number
  readonly maxFps: number
  readonly videoTrack: number
  readonly audioTrack: number
  readonly pace: 'realtime' | 'none'
  readonly loop: boolean
  readonly rtspTransport: 'auto' | 'tcp' | 'udp'
  readonly variant: HlsVariant
  readonly hosts: readonly string[]
}

/** The limits of H.264 itself, level 6.2: a side of 16 × √(139264 × 8), and 300 pictures a second. */
const LARGEST_INPUT_SIDE = 16_880
const FASTEST_INPUT_FPS = 300
/** A track's number has 8 bits in Enhanced RTMP. */
const MOST_TRACK = 255

const NAMES = [
  'decode',
  'video',
  'audio',
  'analyse',
  'width',
  'height',
  'fps',
  'format',
  'audioSampleRate',
  'audioChannels',
  'bufferSize',
  'maxHeldBytes',
  'dropPolicy',
  'outputCorrupt',
  'maxWidth',
  'maxHeight',
  'maxFps',
  'videoTrack',
  'audioTrack',
  ...TRANSPORT_OPTION_NAMES,
] as const satisfies readonly (keyof RTMPCaptureOptions)[]

/** Those of other addresses than RTMP's. */
const INPUT_NAMES = [
  'pace',
  'loop',
  'rtspTransport',
  'variant',
  'hosts',
] as const satisfies readonly (keyof CaptureOptions)[]

function decodedKinds(given: Readonly<Record<string, unknown>>): { decode: boolean; video: boolean; audio: boolean } {
  const decode = checkBoolean('decode', given.decode ?? true)
  const video = checkBoolean('video', given.video ?? true) && decode
  const audio = checkBoolean('audio', given.audio ?? true) && decode
  return { decode: video || audio, video, audio }
}

/** What is decoded, whoever looks at it. */
export function decodedFor({ video, audio, analyse }: Pick<ResolvedCaptureOptions, 'video' | 'audio' | 'analyse'>): {
  readonly pictures: boolean
  readonly sound: boolean
} {
  return { pictures: video || analyse !== null, sound: audio || analyse !== null }
}

function analysed({ analyse }: Readonly<Record<string, unknown>>, decode: boolean): 'keyframes' | 'all' | null {
  if (analyse === undefined) return null
  const asked = checkOneOf('analyse', analyse, ['keyframes', 'all'])
  if (!decode) return asked
  throw new RxGstError('ERR_OPTION', 'analyse is for decode: false; what is decoded is measured in any case')
}

/**
 * Checks the caller's options and fills in defaults. Nothing checks them again after this.
 * @param any whether the address may have any scheme
 */
export function resolveCaptureOptions(options: unknown = {}, any = false): ResolvedCaptureOptions {
  const given = checkRecord('options', options, any ? [...NAMES, ...INPUT_NAMES] : NAMES)
  const pace = checkOneOf('pace', given['pace'] ?? 'realtime', ['realtime', 'none'])
  const {
    format = 'RGB',
    bufferSize = 10,
    maxHeldBytes = DEFAULT_HELD_BYTES,
    dropPolicy = pace === 'none' ? 'block' : 'oldest',
    maxWidth = 4096,
    maxHeight = 2304,
    maxFps = MAX_FPS,
  } = given
  const fps = given.fps == null ? null : checkNumber('fps', given.fps, MIN_FPS, MAX_FPS)
  const shared = resolveTransportOptions(given)
  const track = (name: 'videoTrack' | 'audioTrack'): number => {
    const id = checkInteger(name, given[name] ?? 0, 0, MOST_TRACK)
    if (id > 0 && (shared.transport === 'rtmp2' || shared.transport === 'librtmp'))
      throw new RxGstError('ERR_OPTION', `${name} ${id} needs transport 'rxrtmp': ${shared.transport} knows one track`)
    return id
  }
  const kinds = decodedKinds(given)
  const analyse = analysed(given, kinds.decode)
  return {
    ...shared,
    // Nothing watches over a device whose pictures nobody takes.
    gpuAcceleration: shared.gpuAcceleration && analyse === null,
    analyse,
    pace,
    loop: checkBoolean('loop', given['loop'] ?? false),
    rtspTransport: checkOneOf('rtspTransport', given['rtspTransport'] ?? 'auto', ['auto', 'tcp', 'udp']),
    variant: checkVariant(given['variant']),
    hosts: checkHosts(given['hosts']),
    videoTrack: track('videoTrack'),
    audioTrack: track('audioTrack'),
    width: given.width == null ? null : checkInteger('width', given.width, MIN_SIDE, MAX_SIDE),
    height: given.height == null ? null : checkInteger('height', given.height, MIN_SIDE, MAX_SIDE),
    fps,
    fpsFraction: fps === null ? null : fpsToFraction(fps),
    ...kinds,
    format: checkOneOf('format', format, PIXEL_FORMATS),
    audioSampleRate:
      given.audioSampleRate === undefined
        ? null
        : checkOneOf('audioSampleRate', given.audioSampleRate, AUDIO_SAMPLE_RATES),
    audioChannels: given.audioChannels === undefined ? null : checkOneOf('audioChannels', given.audioChannels, [1, 2]),
    bufferSize: checkInteger('bufferSize', bufferSize, 1, MAX_BUFFER),
    maxHeldBytes: checkInteger('maxHeldBytes', maxHeldBytes, MIB, FRAMES_CEILING),
    dropPolicy: checkOneOf('dropPolicy', dropPolicy, ['oldest', 'newest', 'block']),
    outputCorrupt: checkBoolean('outputCorrupt', given.outputCorrupt ?? false),
    maxWidth: checkInteger('maxWidth', maxWidth, MIN_SIDE, LARGEST_INPUT_SIDE),
    maxHeight: checkInteger('maxHeight', maxHeight, MIN_SIDE, LARGEST_INPUT_SIDE),
    maxFps: checkNumber('maxFps', maxFps, MIN_FPS, FASTEST_INPUT_FPS),
  }
}
