import { checkFunction, checkRecord } from '../../core/check'
import type { EncodeOptions, OutputTargetOptions } from '../../core/encode/options'
import { RxGstError } from '../../core/errors'
import type { MayConnect } from '../../core/transport-options'
import type { RTMPTargetOptions } from '../../core/types'
import { checkStreamKey, parseRtmpUrl, type RtmpUrl } from '../../core/url'
import { RecordTarget } from '../record/record'
import { ENCODE_NAMES, resolveOwnEncode } from './groups/own-encode'
import type { ResolvedOutputOptions } from './options'
import { parseSrtTarget } from './srt/srt-target'

/** A recording as a target with an encode of its own. */
export interface RecordTargetOptions extends EncodeOptions {
  /** What `record()` makes. */
  record: RecordTarget
}

/** Where a target sends to: a URL, a URL with its key apart, or what `record()` makes. */
export type TargetAddress = string | RTMPTargetOptions | RecordTarget

/** A target of an output: where it sends to, and perhaps an encode of its own. */
export type Target = TargetAddress | OutputTargetOptions | RecordTargetOptions

export function targetUrl(target: Exclude<TargetAddress, RecordTarget>): RtmpUrl {
  if (typeof target !== 'object' || target === null) return parseRtmpUrl(target)
  const { url, streamKey } = checkRecord('the target', target, ['url', 'streamKey'])
  return parseRtmpUrl(url as string, checkStreamKey('streamKey', streamKey))
}

/** Whether this is the address of an SRT peer. */
export function isSrt(target: unknown): target is string {
  return typeof target === 'string' && /^srt:/i.test(target)
}

/** The option of a target; null: it has none. ERR_OPTION. */
export function mayConnectOf(value: unknown): MayConnect | null {
  return value === undefined ? null : checkFunction<MayConnect>('mayConnect', value)
}

/** A target in its parts. */
export interface SplitTarget {
  readonly address: TargetAddress
  /** What it asks of its encode, not yet checked; null: nothing. */
  readonly own: Readonly<Record<string, unknown>> | null
  /** null: it is not asked for. */
  readonly mayConnect: MayConnect | null
}

/** ERR_OPTION: an unknown name. */
export function splitTarget(target: Target): SplitTarget {
  if (typeof target !== 'object' || target === null || target instanceof RecordTarget)
    return { address: target, own: null, mayConnect: null }
  const { url, streamKey, record, mayConnect: asks, ...rest } = checkRecord('the target', target, NAMES)
  const mayConnect = mayConnectOf(asks)
  const own = Object.values(rest).some(value => value !== undefined) ? rest : null
  if (record === undefined) {
    const alone = streamKey === undefined && typeof url === 'string'
    return { address: alone ? url : ({ url, streamKey } as RTMPTargetOptions), own, mayConnect }
  }
  if (!(record instanceof RecordTarget) || url !== undefined || streamKey !== undefined)
    throw new RxGstError('ERR_OPTION', 'a target is { url } or { record: record(…) }, with options of its encode')
  if (mayConnect) throw new RxGstError('ERR_OPTION', 'a recording connects to nobody, and has no mayConnect')
  return { address: record, own, mayConnect }
}
const NAMES = ['url', 'streamKey', 'record', 'mayConnect', ...ENCODE_NAMES] as const

/** The options that hold for a target. ERR_URL, ERR_OPTION. */
export function targetOptions({ address, own }: SplitTarget, output: ResolvedOutputOptions): ResolvedOutputOptions {
  if (own === null) return output
  if (address instanceof RecordTarget) return resolveOwnEncode(own, output, address.folder, false)
  if (isSrt(address)) return resolveOwnEncode(own, output, parseSrtTarget(address).display, false)
  return resolveOwnEncode(own, output, targetUrl(address).display, true)
}

/** The targets of an output; its option `streamKey` is for one, since a key is one server's alone. */
export function targetList(given: Target | readonly Target[], streamKey: string | null): readonly SplitTarget[] {
  const targets = (Array.isArray(given) ? (given as readonly Target[]) : [given as Target]).map(splitTarget)
  if (targets.length === 0) throw new RxGstError('ERR_URL', 'expected at least one URL')
  if (streamKey === null) return targets
  const urls = targets.map(({ address }) => address).filter(address => !(address instanceof RecordTarget))
  const [url] = urls
  if (urls.length !== 1 || typeof url !== 'string' || isSrt(url))
    throw new RxGstError('ERR_OPTION', 'the option streamKey is for one URL; a target can be { url, streamKey }')
  return targets.map(target => (target.address === url ? { ...target, address: { url, streamKey } } : target))
}
