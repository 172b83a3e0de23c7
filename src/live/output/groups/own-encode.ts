import { badValue, checkNumber, checkOneOf, checkRecord } from '../../../core/check'
import type { EncodeOptions } from '../../../core/encode/options'
import { RxGstError } from '../../../core/errors'
import { checkBitrate, fpsToFraction } from '../../../core/rates'
import { checkOutputSize, MAX_FPS, MIN_FPS } from '../../../core/video-options'
import { OUTPUT_CODECS, outputCodec } from '../../../pipelines/candidates'
import {
  checkAdaptive,
  checkAudioBitrate,
  checkCarrier,
  PRESETS,
  VIDEO_CODECS,
  type ResolvedOutputOptions,
} from '../../options'

export const ENCODE_NAMES = [
  'bitrate',
  'rateControl',
  'adaptiveBitrate',
  'width',
  'height',
  'fps',
  'codec',
  'vcodec',
  'preset',
  'keyframeInterval',
  'audioBitrate',
] as const satisfies readonly (keyof EncodeOptions)[]

type Own = Readonly<Record<string, unknown>>

/**
 * The options of an output for a target with an encode of its own. ERR_OPTION, whose message names the target.
 *
 * @param name of the target, safe to show
 * @param isRtmp whether it is a server of RTMP
 */
export function resolveOwnEncode(
  own: Own,
  output: ResolvedOutputOptions,
  name: string,
  isRtmp: boolean,
): ResolvedOutputOptions {
  try {
    const options = resolve(own, output)
    if (isRtmp) checkCarrier(output, options)
    // librtmp does not tell how many bytes have left.
    if (isRtmp && output.transport === 'librtmp' && options.adaptiveBitrate !== null)
      throw badValue("false with the transport 'librtmp'", 'adaptiveBitrate', own.adaptiveBitrate)
    return options
  } catch (error) {
    if (error instanceof RxGstError) throw new RxGstError(error.code, `target ${name}: ${error.message}`)
    throw error
  }
}

function resolve(own: Own, output: ResolvedOutputOptions): ResolvedOutputOptions {
  checkRecord('the encode', own, ENCODE_NAMES)
  const has = (name: (typeof ENCODE_NAMES)[number]): boolean => own[name] !== undefined
  const bitrate = has('bitrate') ? checkBitrate('bitrate', own.bitrate) : output.bitrate
  return {
    ...output,
    ...sizeOf(own, output),
    ...rateOf(own, output),
    ...encoderOf(own, output),
    bitrate,
    ownBitrate: has('bitrate'),
    rateControl: has('rateControl')
      ? checkOneOf('rateControl', own.rateControl, ['cbr', 'capped'])
      : output.rateControl,
    adaptiveBitrate: has('adaptiveBitrate') ? checkAdaptive(own.adaptiveBitrate, bitrate) : sameShare(output, bitrate),
    preset: has('preset') ? checkOneOf('preset', own.preset, PRESETS) : output.preset,
    keyframeInterval: has('keyframeInterval')
      ? checkNumber('keyframeInterval', own.keyframeInterval, 0.1, 60)
      : output.keyframeInterval,
    audioBitrate: has('audioBitrate') ? checkAudioBitrate(own.audioBitrate, output.audioChannels) : output.audioBitrate,
  }
}

/** The lowest bitrate is as far below the full one as that of the output. */
function sameShare({ bitrate, adaptiveBitrate }: ResolvedOutputOptions, own: number): number | null {
  return adaptiveBitrate === null ? null : Math.round((own * adaptiveBitrate) / bitrate)
}

/** One side alone: the other one keeps the shape of the output. */
function sizeOf(own: Own, output: ResolvedOutputOptions): { width: number; height: number } {
  const even = (side: number): number => Math.max(2, 2 * Math.round(side / 2))
  const { width, height } = own
  if (width === undefined && height === undefined) return { width: output.width, height: output.height }
  return checkOutputSize(
    width ?? (typeof height === 'number' ? even((height * output.width) / output.height) : output.width),
    height ?? (typeof width === 'number' ? even((width * output.height) / output.width) : output.height),
  )
}

/** All groups have the slots of one clock: a group has all of them, or every second, third … */
function rateOf({ fps }: Own, output: ResolvedOutputOptions) {
  const { fpsFraction, every } = output
  if (fps === undefined) return { fps: output.fps, fpsFraction, every }
  const { n, d } = fpsToFraction(checkNumber('fps', fps, MIN_FPS, MAX_FPS))
  const exact = (fpsFraction.n * d) / (fpsFraction.d * n)
  const ratio = Math.round(exact)
  if (ratio < 1 || Math.abs(exact - ratio) > RATE_TOLERANCE * ratio)
    throw badValue(`the output's ${output.fps} divided by a whole number`, 'fps', fps)
  return { fps: output.fps / ratio, fpsFraction: { n: fpsFraction.n, d: fpsFraction.d * ratio }, every: ratio }
}
/** 14.99 is half of 29.97. */
const RATE_TOLERANCE = 0.001

/** `codec` and `vcodec`: at most one of them chooses. */
function encoderOf(own: Own, output: ResolvedOutputOptions) {
  const codec = own.codec === undefined ? null : checkOneOf('codec', own.codec, OUTPUT_CODECS)
  if (own.vcodec === undefined) {
    const same = codec === null || codec === output.codec
    return { codec: codec ?? output.codec, vcodec: same ? output.vcodec : null }
  }
  const vcodec = checkOneOf('vcodec', own.vcodec, VIDEO_CODECS)
  if (codec !== null && codec !== outputCodec(vcodec)) throw badValue(`an encoder of ${codec}`, 'vcodec', vcodec)
  return { codec: outputCodec(vcodec), vcodec }
}

/** Groups have different keys. */
export function keyOf(options: ResolvedOutputOptions): string {
  const { width, height, every, bitrate, ownBitrate, rateControl, adaptiveBitrate } = options
  const { codec, vcodec, preset, keyframeInterval, audioBitrate } = options
  const encoder = [codec, vcodec, preset, keyframeInterval, audioBitrate]
  return JSON.stringify([width, height, every, bitrate, ownBitrate, rateControl, adaptiveBitrate, ...encoder])
}
