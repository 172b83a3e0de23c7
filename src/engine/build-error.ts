import { show } from '../core/check'
import { RxGstError } from '../core/errors'
import { nearestName } from '../core/nearest'
import { debianPackage } from '../pipelines/elements/knowledge'
import type { Graph, GraphElement } from '../pipelines/graph/graph'
import { native } from '../addon/binding'
import type { BuildError } from '../addon/pipeline'

/**
 * Converts a build error of the addon to an RxGstError.
 * @param given the value that was asked for, by property
 * @param mask hides secrets in a text
 */
export function toRxGstError(
  buildError: BuildError,
  given: (property: string) => unknown,
  mask: (text: string) => string,
): RxGstError {
  const { code, element, factory, subject, text, known, kind } = buildError
  const options = { element: element || factory || null }
  // An element whose name comes from its factory is named once.
  const who = new RegExp(`^${factory}\\d*$`).test(element) ? element : `${element} (${factory})`
  switch (code) {
    case 'ERR_UNKNOWN_ELEMENT':
      return unknownElement(subject, element)
    case 'ERR_UNKNOWN_PROPERTY': {
      const near = nearestNames(subject, known)
      return new RxGstError(code, mask(`${who} has no property ${subject}${text ? `: ${text}` : ''}${near}`), options)
    }
    case 'ERR_PROPERTY_VALUE': {
      if (kind !== 'expected') return new RxGstError(code, `the property ${subject} of ${who} is ${text}`, options)
      return new RxGstError(
        code,
        mask(`${text} for the property ${subject} of ${who} but received ${show(given(subject))}`),
        options,
      )
    }
    case 'ERR_LINK':
      return new RxGstError(code, mask(kind === 'no-pad' ? `${who} ${text}` : text), options)
    case 'ERR_GRAPH':
      return new RxGstError(code, mask(text), options)
  }
}

/** The error for a factory that this GStreamer lacks: its name is misspelt, or its package is not installed. */
export function unknownElement(factory: string, element: string): RxGstError {
  const debian = debianPackage(factory)
  const hint =
    debian === null ? nearestNames(factory, native().elementNames()) : `: install the Debian package ${debian}`
  return new RxGstError('ERR_UNKNOWN_ELEMENT', `GStreamer has no element ${factory}${hint}`, { element })
}

/** The element of this name, or ERR_UNKNOWN_ELEMENT. */
export function elementOf({ elements }: Graph, name: string): GraphElement {
  const element = elements.find(each => each.name === name)
  if (element) return element
  const names = elements.map(each => each.name)
  const list = names.length <= 12 ? `; it has ${names.join(', ')}` : ''
  throw new RxGstError(
    'ERR_UNKNOWN_ELEMENT',
    `the graph has no element named ${show(name)}${nearestNames(name, names) || list}`,
  )
}

function nearestNames(name: string, known: readonly string[]): string {
  const near: string[] = []
  for (let rest = known; near.length < 3; ) {
    const next = nearestName(name, rest)
    if (next === null) break
    near.push(next)
    rest = rest.filter(other => other !== next)
  }
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
}
