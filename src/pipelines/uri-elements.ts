import type { GraphValue } from './graph-data'
import { graphError } from './names'

export function uriElement(uri: string, direction: 'source' | 'sink', place: string): { factory: string; props: Readonly<Record<string, GraphValue>> } {
  throw graphError(place, `no ${direction} element for ${uri.length}`)
}
