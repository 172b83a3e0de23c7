import { checkRecord } from '../../core/check'
import { RxGstError } from '../../core/errors'
import type { RTMPTargetOptions } from '../../core/types'
import { checkStreamKey, parseRtmpUrl, type RtmpUrl } from '../../core/url'
import { RecordTarget } from '../record/record'

/** Where an output sends to: a URL, a URL with its key apart, or what `record()` makes. */
export type Target = string | RTMPTargetOptions | RecordTarget

export function targetUrl(target: Exclude<Target, RecordTarget>): RtmpUrl {
  if (typeof target !== 'object' || target === null) return parseRtmpUrl(target)
  const { url, streamKey } = checkRecord('the target', target, ['url', 'streamKey'])
  return parseRtmpUrl(url as string, checkStreamKey('streamKey', streamKey))
}

/** Whether this is the address of an SRT peer. */
export function isSrt(target: unknown): target is string {
  return typeof target === 'string' && /^srt:/i.test(target)
}

/** The targets of an output; its option `streamKey` is for one, since a key is one server's alone. */
export function targetList(given: Target | readonly Target[], streamKey: string | null): readonly Target[] {
  const targets = Array.isArray(given) ? (given as readonly Target[]) : [given as Target]
  if (targets.length === 0) throw new RxGstError('ERR_URL', 'expected at least one URL')
  if (streamKey === null) return targets
  const urls = targets.filter(target => !(target instanceof RecordTarget))
  const [url] = urls
  if (urls.length !== 1 || typeof url !== 'string' || isSrt(url))
    throw new RxGstError('ERR_OPTION', 'the option streamKey is for one URL; a target can be { url, streamKey }')
  return targets.map(target => (target === url ? { url, streamKey } : target))
}
