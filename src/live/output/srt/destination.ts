import { badValue } from '../../../core/check'
import { namedEncoder, type ResolvedOutputOptions } from '../../options'
import type { Destination } from '../destination'
import type { TargetTools } from '../target'
import { isSrt } from '../target-url'
import { SrtPublisher } from './publisher'
import { parseSrtTarget, sameSrtTarget } from './srt-target'

/** A peer of SRT. ERR_URL; ERR_OPTION: a transport stream takes no AV1. */
export function srtDestination(target: string, options: ResolvedOutputOptions, { clock }: TargetTools): Destination {
  const url = parseSrtTarget(target)
  const { connectTimeout, stallTimeout, logger, codec } = options
  if (codec === 'av1') throw badValue('an encoder of H.264 or HEVC for srt://', 'vcodec', namedEncoder(options))
  return {
    display: url.display,
    isRecording: false,
    needsPicture: true,
    same(other) {
      try {
        return isSrt(other) && sameSrtTarget(parseSrtTarget(other), url)
      } catch {
        return false // it is no URL
      }
    },
    explain: async () => null,
    open: (encoding, events) =>
      new SrtPublisher(encoding, { url, connectTimeout, stallTimeout, logger, clock }, events),
  }
}
