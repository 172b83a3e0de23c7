import { RxGstError } from '../../core/errors'
import { checkRecord } from '../../core/check'
import type { MayConnect, MayConnectOption } from '../../core/transport-options'
import type { RTMPTargetOptions } from '../../core/types'
import { sameStream } from '../../core/url'
import { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import type { PacketSource } from '../record/packet-source'
import { isSrt, mayConnectOf, targetUrl } from '../output/target-url'
import { RecordTarget } from '../record/record'
import { AddressInput } from './address-input'
import { CaptureInput } from './capture-input'
import type { InputParts } from './fed-input'
import type { InputPart } from './input-part'
import type { ResolvedRelayOptions } from './options'
import { packetPlace, PacketTarget } from './packet-target'
import { RelayInput } from './relay-input'
import type { ConnectionEvents, RelayTools } from './relay-peer'
import { RelayTarget, type KnownCodec } from './relay-target'
import type { TargetPart } from './target-part'
import type { RelayWire } from './wire'

/** An address: of a stream, or of a server of RTMP with the key apart. */
export type RelayAddress = string | RTMPTargetOptions
/** Where a relay copies from: any address that a `Capture` takes, or a capture of the program. */
export type RelaySource = RelayAddress | Capture
/** A target of a relay, with options of its own: `rtmp(s)://` or `srt://`. */
export interface RelayTargetOptions extends RTMPTargetOptions, MayConnectOption {}
/** Where it copies to: rtmp(s):, srt:, or what `record()` makes. */
export type RelayDestination = RelayAddress | RelayTargetOptions | RecordTarget

/** A list, with something in it. ERR_URL. */
export function listOf<One>(given: One | readonly One[], what: string): readonly One[] {
  const all = Array.isArray(given) ? (given as readonly One[]) : [given as One]
  if (all.length === 0) throw new RxGstError('ERR_URL', `expected at least one URL of ${what}`)
  return all
}

/** Whether the address is one of RTMP; anything that is no address counts as one, and is refused as such. */
function isRtmp(given: RelayAddress): given is RelayAddress {
  return typeof given !== 'string' || !/^(?!rtmps?:)[a-z][a-z\d+.-]*:/i.test(given)
}

/** ERR_URL; ERR_NAME_TAKEN: one comes twice. */
export function checkSources(sources: readonly RelaySource[]): void {
  sources.forEach((source, i) => {
    if (sources.slice(0, i).some(other => sameSource(source, other)))
      throw new RxGstError('ERR_NAME_TAKEN', `${shown(source)} is an input already`)
  })
}

function sameSource(one: RelaySource, other: RelaySource): boolean {
  if (one === other || one instanceof Capture || other instanceof Capture) return one === other
  return isRtmp(one) && isRtmp(other) && sameStream(targetUrl(one), targetUrl(other))
}

function shown(source: RelaySource): string {
  if (source instanceof Capture) return `the capture of ${source[PACKETS].display}`
  return isRtmp(source) ? targetUrl(source).display : 'the address'
}

/** ERR_URL. */
export function makeInput(source: RelaySource, parts: InputParts): InputPart {
  if (source instanceof Capture) return new CaptureInput(source, parts)
  if (!isRtmp(source)) return new AddressInput(source, parts)
  const { rank, options, wire, events, tools } = parts
  return new RelayInput(targetUrl(source), rank, options, wire, events, tools)
}

/** Where a target leads, and whether it is asked before it connects. */
interface SplitDestination {
  readonly place: RelayAddress | RecordTarget
  readonly mayConnect: MayConnect | null
}

/** ERR_OPTION. */
function splitDestination(given: RelayDestination): SplitDestination {
  if (typeof given !== 'object' || given === null || given instanceof RecordTarget)
    return { place: given, mayConnect: null }
  const { url, streamKey, mayConnect } = checkRecord('the target', given, ['url', 'streamKey', 'mayConnect'])
  const place = streamKey === undefined && isSrt(url) ? url : ({ url, streamKey } as RTMPTargetOptions)
  return { place, mayConnect: mayConnectOf(mayConnect) }
}

const isPacketPlace = (given: RelayAddress | RecordTarget): given is string | RecordTarget =>
  given instanceof RecordTarget || isSrt(given)

/** ERR_URL, ERR_OPTION. */
export function checkDestination(given: RelayDestination): void {
  const { place } = splitDestination(given)
  if (isPacketPlace(place)) packetPlace(place)
  else targetUrl(place)
}

export function makeTarget(
  given: RelayDestination,
  options: ResolvedRelayOptions,
  [wire, packets]: readonly [RelayWire, PacketSource],
  codec: () => KnownCodec,
  events: ConnectionEvents,
  tools: RelayTools,
): RelayTarget | PacketTarget {
  const { place, mayConnect } = splitDestination(given)
  if (isPacketPlace(place)) return new PacketTarget(place, options, packets, codec, { ...events, mayConnect }, tools)
  return new RelayTarget(targetUrl(place), options, wire, codec, { ...events, mayConnect }, tools)
}

/** Whether the target is this place, in whatever spelling. ERR_URL. */
export function leadsTo(target: TargetPart, given: RelayDestination): boolean {
  const { place } = splitDestination(given)
  if (isPacketPlace(place)) return target instanceof PacketTarget && target.same(place)
  return target instanceof RelayTarget && target.leadsTo(targetUrl(place))
}
