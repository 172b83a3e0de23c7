import { RxGstError } from '../../core/errors'
import type { RTMPTargetOptions } from '../../core/types'
import { sameStream } from '../../core/url'
import { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import type { PacketSource } from '../record/packet-source'
import { isSrt, targetUrl } from '../output/target-url'
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
/** Where it copies to: rtmp(s):, srt:, or what `record()` makes. */
export type RelayDestination = RelayAddress | RecordTarget

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

const isPacketPlace = (given: RelayDestination): given is string | RecordTarget =>
  given instanceof RecordTarget || isSrt(given)

/** ERR_URL. */
export function checkDestination(given: RelayDestination): void {
  if (isPacketPlace(given)) packetPlace(given)
  else targetUrl(given)
}

export function makeTarget(
  given: RelayDestination,
  options: ResolvedRelayOptions,
  [wire, packets]: readonly [RelayWire, PacketSource],
  codec: () => KnownCodec,
  events: ConnectionEvents,
  tools: RelayTools,
): RelayTarget | PacketTarget {
  if (isPacketPlace(given)) return new PacketTarget(given, options, packets, codec, events, tools)
  return new RelayTarget(targetUrl(given), options, wire, codec, events, tools)
}

/** Whether the target is this place, in whatever spelling. ERR_URL. */
export function leadsTo(target: TargetPart, given: RelayDestination): boolean {
  if (isPacketPlace(given)) return target instanceof PacketTarget && target.same(given)
  return target instanceof RelayTarget && target.leadsTo(targetUrl(given))
}
