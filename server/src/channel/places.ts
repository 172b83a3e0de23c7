/** A target of the configuration as the library takes it. */
import { record, type MayConnect, type RecordTarget, type RelayDestination, type RelayTargetOptions } from 'rxgst'
import type { Target } from 'rxgst'
import type { EncodeConfig, InputConfig, TargetConfig } from '../core/schema.js'

/** ERR_OPTION. A recording connects to nobody: a file of this machine is no other's. */
function addressOf(target: TargetConfig, mayConnect: MayConnect | null): RelayTargetOptions | RecordTarget {
  if ('record' in target) {
    const { format, segment, keep, maxSize } = target
    return record(target.record, {
      format,
      ...(segment !== undefined && { segment }),
      ...(keep !== undefined && { keep }),
      ...(maxSize !== undefined && { maxSize }),
    })
  }
  const { url, streamKey } = target
  return { url, ...(streamKey !== undefined && { streamKey }), ...(mayConnect && { mayConnect }) }
}

/** For a relay. */
export function copyPlace(target: TargetConfig, mayConnect: MayConnect | null): RelayDestination {
  return addressOf(target, mayConnect)
}

/**
 * For an output.
 * @param programme the encode of the channel; null: the channel is a copy
 */
export function encodePlace(
  target: TargetConfig,
  programme: EncodeConfig | null,
  mayConnect: MayConnect | null,
): Target {
  const address = addressOf(target, mayConnect)
  // The options of an output name an encoder, and those of a target a codec.
  const codec = programme && programme.codec !== 'h264' ? { codec: programme.codec } : {}
  const own = { ...codec, ...target.encode }
  if (Object.keys(own).length === 0) return address
  return 'url' in address ? { ...address, ...own } : { record: address, ...own }
}

export function kindOf(target: TargetConfig): 'rtmp' | 'srt' | 'record' {
  if ('record' in target) return 'record'
  return /^srt:/i.test(target.url) ? 'srt' : 'rtmp'
}

/** Where it sends to, without key, login and query. */
export function displayOf(target: TargetConfig): string {
  return 'record' in target ? target.record : shown(target.url, target.streamKey === undefined)
}

export function inputDisplay(input: InputConfig): string {
  if ('file' in input) return input.file
  return 'url' in input ? shown(input.url, input.streamKey === undefined) : ''
}

/** @param keyed the key of an RTMP stream ends the address */
function shown(url: string, keyed: boolean): string {
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z\d+.-]*):\/\/(?:[^/?]*@)?([^/?]*)([^?]*)/i.exec(url) ?? []
  if (!/^rtmps?$/i.test(scheme)) return `${scheme}://${host}${path}`
  return `${scheme}://${host}${keyed ? path.replace(/(?<=\/[^/]+\/).+$/, '***') : path}`
}
