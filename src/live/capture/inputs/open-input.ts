import { RxGstError } from '../../../core/errors'
import type { ResolvedCaptureOptions } from '../../options'
import { FileInput } from './file-input'
import type { CaptureInput } from './input'
import { RtmpInput } from './rtmp-input'
import { RtspInput } from './rtsp-input'
import { SrtInput } from './srt-input'

/** The input of an address, by its scheme. ERR_URL */
export function openInput(address: string, options: ResolvedCaptureOptions): CaptureInput {
  const given: unknown = address
  if (typeof given !== 'string')
    throw new RxGstError('ERR_URL', `the URL must be a string: of a URL object, its href (received ${typeof given})`)
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(given) ?? []
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
      throw new RxGstError('ERR_URL', 'http: is not taken: the playlists of HLS could name any file or server')
    default:
      throw new RxGstError('ERR_URL', `the URL begins with none of ${SCHEMES.map(each => `${each}:`).join(', ')}`)
  }
}

const SCHEMES = ['rtmp', 'rtmps', 'rtsp', 'rtsps', 'srt', 'file']
