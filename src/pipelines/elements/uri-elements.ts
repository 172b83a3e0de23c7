import { URI_SINKS, URI_SOURCES } from './table'
import type { GraphValue } from '../graph/data'
import { graphError } from './names'

export interface UriElement {
  readonly factory: string
  readonly props: Readonly<Record<string, GraphValue>>
}

/** The element that GStreamer makes for a URI at the end of a chain, as in `file:///a.mp4 ! decodebin ! …`. */
export function uriElement(uri: string, direction: 'source' | 'sink', place: string): UriElement {
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(uri) ?? []
  if (scheme === undefined) {
    // gst-launch also takes a path for a URI and then has no element for it; usually it is caps without their second
    // '!'.
    throw graphError(
      place,
      `no ${direction} element for this URI: caps stand between two '!', a path is filesrc location=…`,
    )
  }
  if (scheme === 'file')
    return {
      factory: direction === 'source' ? 'filesrc' : 'filesink',
      props: Object.freeze({ location: filePath(uri, place) }),
    }
  const table = direction === 'source' ? URI_SOURCES : URI_SINKS
  const entry = table.split(' ').find(one => one.startsWith(`${scheme.toLowerCase()}:`))
  const [, factory, property] = entry?.split(/[:.]/) ?? []
  if (factory === undefined || property === undefined)
    throw graphError(place, `no ${direction} element for URIs of ${scheme}`)
  return { factory, props: Object.freeze({ [property]: uri }) }
}

function filePath(uri: string, place: string): string {
  const [, host, path = ''] = /^file:\/\/([^/]*)(\/.*)$/i.exec(uri) ?? []
  if (host !== '' && host !== 'localhost') throw graphError(place, 'a file URI is file:///path')
  try {
    return decodeURIComponent(path)
  } catch {
    throw graphError(place, 'a file URI whose % is no escape')
  }
}
