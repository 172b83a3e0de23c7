import { canonicalCaps } from '../caps/text'
import { holdsCaps, holdsElement } from './knowledge'
import type { GraphValue, Props } from '../graph/data'
import { checkName, graphError, propertyName } from './names'
import { checkValue } from '../caps/values'

export interface NamedProps {
  readonly name: string | null
  readonly props: Readonly<Record<string, GraphValue>>
}

/** Properties under their own names, the element's name apart. */
export function checkProps(factory: string, props: unknown, place: string): NamedProps {
  if (typeof props !== 'object' || props === null || Array.isArray(props))
    throw graphError(place, 'expected an object of properties')
  let name: string | null = null
  // Without a prototype, so that a property called __proto__ would be one.
  const checked = new Map<string, GraphValue>()
  for (const [key, value] of Object.entries(props as Props)) {
    // So that a property can be left out with a condition.
    if (value === undefined) continue
    const property = propertyName(key, place)
    if (checked.has(property) || (property === 'name' && name !== null))
      throw graphError(place, `the property ${property} is given twice`)
    checkSettable(factory, property, place)
    if (property === 'name') name = checkName(value, place)
    else checked.set(property, setting(property, value, place))
  }
  return { name, props: Object.freeze(Object.fromEntries(checked)) }
}

/** One property's value; caps are checked and made canonical, so that every way of writing them gives one graph. */
export function setting(property: string, value: unknown, place: string): GraphValue {
  const checked = checkValue(value, `${place}, property ${property}`)
  return holdsCaps(property) ? canonicalCaps(String(checked), `${place}, property ${property}`) : checked
}

/** Refuses what no value can be. */
export function checkSettable(factory: string, property: string, place: string): void {
  if (holdsElement(factory, property))
    throw graphError(place, `the property ${property} holds an element: build that part of the graph yourself`)
}
