import type { CaptureOptions } from '../../../core/addresses/capture-options'
import { RxGstError } from '../../../core/errors'
import type { ResolvedCaptureOptions } from '../../options'
import { FileInput } from './file-input'
import { HlsInput } from './hls-input'
import type { CaptureInput } from './input'
import { RtmpInput } from './rtmp-input'
import { RtspInput } from './rtsp-input'
import { SrtInput } from './srt-input'

/** Options that mean something to some schemes alone. */
const OWN_OPTIONS: { readonly [name in keyof CaptureOptions]?: readonly string[] } = {
  pace: ['file', 'http', 'https'],
  loop: ['file'],
  rtspTransport: ['rtsp', 'rtsps'],
  variant: ['http', 'https'],
  hosts: ['http', 'https'],
  streamKey: ['rtmp', 'rtmps'],
  transport: ['rtmp', 'rtmps'],
  videoTrack: ['rtmp', 'rtmps'],
  audioTrack: ['rtmp', 'rtmps'],
}

/**
 * The input of an address, by its scheme. ERR_URL; ERR_OPTION: an option that such an address does not have.
 * @param given what the caller wrote; `options` has it with the defaults
 */
export function openInput(address: string, options: ResolvedCaptureOptions, given: CaptureOptions = {}): CaptureInput {
  const input = inputOf(address, options)
  const scheme = address.slice(0, address.indexOf(':')).toLowerCase()
  for (const [name, schemes] of Object.entries(OWN_OPTIONS)) {
    if (given[name as keyof CaptureOptions] !== undefined && !schemes.includes(scheme))
      throw new RxGstError('ERR_OPTION', `${name} is an option of ${schemes[0]}: addresses, and this is ${scheme}:`)
  }
  return input
}

function inputOf(address: string, options: ResolvedCaptureOptions): CaptureInput {
  const text: unknown = address
  if (typeof text !== 'string')
    throw new RxGstError('ERR_URL', `the URL must be a string: of a URL object, its href (received ${typeof text})`)
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(text) ?? []
  switch (scheme.toLowerCase()) {
    case 'rtmp':
    case 'rtmps':
      return new RtmpInput(address, options)
    case 'rtsp':
    case 'rtsps':
      return new RtspInput(address, options.rtspTransport)
    case 'srt':
      return new SrtInput(address)
    case 'file':
      return new FileInput(address, options)
    case 'http':
    case 'https':
      return new HlsInput(address, options)
    default:
      throw new RxGstError('ERR_URL', `the URL begins with none of ${SCHEMES.map(each => `${each}:`).join(', ')}`)
  }
}

const SCHEMES = ['rtmp', 'rtmps', 'rtsp', 'rtsps', 'srt', 'http', 'https', 'file']
