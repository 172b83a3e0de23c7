import { parseRtmpUrl } from '../core/url'
import type { GraphData } from '../pipelines/graph/data'

/**
 * The peer of an RTMP element, without secrets; undefined: the graph has no address of it, or it is another element.
 */
export function peerOf({ elements }: Pick<GraphData, 'elements'>, name: string): string | undefined {
  const location = elements.find(element => element.name === name)?.props.location
  // librtmp's options follow after a space.
  const [address = ''] = typeof location === 'string' ? location.split(/\s/) : []
  try {
    return parseRtmpUrl(address).display
  } catch {
    return undefined
  }
}
