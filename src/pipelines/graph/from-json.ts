import type { Draft, DraftElement, DraftLink } from './data'
import { finishGraph, type Graph } from './value'
import { checkFactory, graphError, parsePad, shown } from '../elements/names'
import { checkProps } from '../elements/props'

/** Makes a graph from the result of toJSON(), or from a file, and checks all of it. ERR_GRAPH names the place. */
export function fromJSON(json: unknown): Graph {
  const { elements = [], links = [] } = record(json, 'fromJSON', ['elements', 'links'])
  const draft: Draft = {
    elements: list(elements, 'elements').map((element, at) => readElement(element, `elements[${at}]`)),
    links: list(links, 'links').map((link, at) => readLink(link, `links[${at}]`)),
  }
  return finishGraph(draft, 'fromJSON')
}

function readElement(json: unknown, place: string): DraftElement {
  const { factory, name, props = {} } = record(json, place, ['factory', 'name', 'props'])
  record(props, `${place}.props`, null)
  if ('name' in (props as object)) throw graphError(`${place}.props`, 'the name stands beside the props')
  const checked = checkFactory(factory, `${place}.factory`)
  return {
    factory: checked,
    ...checkProps(checked, name === undefined ? props : { ...(props as object), name }, `${place}.props`),
  }
}

function readLink(json: unknown, place: string): DraftLink {
  const { from, to } = record(json, place, ['from', 'to'])
  return { from: parsePad(from, `${place}.from`), to: parsePad(to, `${place}.to`) }
}

function record(json: unknown, place: string, known: readonly string[] | null): Record<string, unknown> {
  if (Object.prototype.toString.call(json) !== '[object Object]')
    throw graphError(
      place,
      `expected an object, not ${Array.isArray(json) ? 'an array' : json === null ? 'null' : typeof json}`,
    )
  for (const key of Object.keys(json as object)) {
    if (known && !known.includes(key))
      throw graphError(place, `unknown name ${shown(key)}: expected ${known.join(', ')}`)
  }
  return json as Record<string, unknown>
}

function list(json: unknown, place: string): readonly unknown[] {
  if (Array.isArray(json)) return json
  throw graphError(place, `expected an array, not ${json === null ? 'null' : typeof json}`)
}
