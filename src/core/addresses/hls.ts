import { badOption, checkInteger, checkNumber, checkOneOf, checkRecord } from '../check'
import { MAX_SIDE } from '../video-options'

/**
 * Which variant of an HLS stream is taken: the one of the highest bit rate whose pictures can be decoded, that of the
 * lowest, or the best within limits (of none within them the lowest).
 */
export type HlsVariant =
  | 'best'
  | 'lowest'
  | {
      /** bit/s, as the playlist tells it. */
      readonly maxBitrate?: number
      /** Pixels. */
      readonly maxHeight?: number
    }

const MOST_HOSTS = 100
const HOST = /^(\[[\da-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?$/iu

export function checkVariant(value: unknown = 'best'): HlsVariant {
  if (typeof value !== 'object') return checkOneOf('variant', value, ['best', 'lowest'])
  const { maxBitrate, maxHeight } = checkRecord('variant', value, ['maxBitrate', 'maxHeight'])
  return {
    ...(maxBitrate !== undefined && { maxBitrate: checkNumber('variant.maxBitrate', maxBitrate, 1, Infinity) }),
    ...(maxHeight !== undefined && { maxHeight: checkInteger('variant.maxHeight', maxHeight, 1, MAX_SIDE) }),
  }
}

export function checkHosts(value: unknown = []): readonly string[] {
  if (!Array.isArray(value) || value.length > MOST_HOSTS) throw badOption('an array of hosts', 'hosts', value)
  return value.map((host: unknown) => {
    if (host === '*') return host
    const [, name = '', port = ''] = (typeof host === 'string' && HOST.exec(host)) || []
    const number = port === '' ? null : Number(port.slice(1))
    const odd = number !== null && (number < 1 || number > 65_535)
    if (name === '' || odd || !URL.canParse(`http://${name}`))
      throw badOption("'name', 'name:port' or '*'", 'hosts', host)
    // As URLs have it: in small letters, of other scripts encoded, and without zeros before the port.
    return `${new URL(`http://${name}`).hostname}${number === null ? '' : `:${number}`}`
  })
}
