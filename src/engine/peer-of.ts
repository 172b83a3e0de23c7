import { parseRtmpUrl } from '../core/url'
import type { GraphData } from '../pipelines/graph/data'

/**
 * Whom an element of RTMP talks to, without secrets; undefined: its graph names no address, or it is of another kind.
 */
export function peerOf({ elements }: Pick<GraphData, 'elements'>, name: string): string | undefined {
  const location = elements.find(element => element.name === name)?.props.location
  // librtmp's options come behind a blank.
  const [address = ''] = typeof location === 'string' ? location.split(/\s/) : []
  try {
    return parseRtmpUrl(address).display
  } catch {
    return undefined
  }
}
