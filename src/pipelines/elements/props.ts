import { canonicalCaps } from '../caps/text'
import { holdsCaps, holdsElement } from './knowledge'
import type { GraphValue, Props } from '../graph/data'
import { checkName, graphError, propertyName } from './names'
import { checkValue } from '../caps/values'

export interface NamedProps {
  readonly name: string | null
  readonly props: Readonly<Record<string, GraphValue>>
}

/** Checks the properties of an element and separates its name. */
export function checkProps(factory: string, props: unknown, place: string): NamedProps {
  if (typeof props !== 'object' || props === null || Array.isArray(props))
    throw graphError(place, 'expected an object of properties')
  let name: string | null = null
  // A Map, because an object would treat a property called __proto__ differently.
  const checked = new Map<string, GraphValue>()
  for (const [key, value] of Object.entries(props as Props)) {
    // undefined leaves a property out, so that a condition can do it.
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

/** Checks one property's value. Caps become canonical, so that all spellings give one graph. */
export function setting(property: string, value: unknown, place: string): GraphValue {
  const checked = checkValue(value, `${place}, property ${property}`)
  return holdsCaps(property) ? canonicalCaps(String(checked), `${place}, property ${property}`) : checked
}

/** Refuses properties that no value can set. */
export function checkSettable(factory: string, property: string, place: string): void {
  if (holdsElement(factory, property))
    throw graphError(place, `the property ${property} holds an element: build that part of the graph yourself`)
}
