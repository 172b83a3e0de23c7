import { canonicalCaps } from './caps-text'
import type { GraphValue, Props } from './graph-data'
import { checkName, graphError, propertyName } from './names'
import { checkValue } from './values'

export interface NamedProps {
  readonly name: string | null
  readonly props: Readonly<Record<string, GraphValue>>
}

/** Properties under their own names, the element's name apart. */
export function checkProps(props: unknown, place: string): NamedProps {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) throw graphError(place, 'expected an object of properties')
  let name: string | null = null
  // Without a prototype, so that a property called __proto__ would be one.
  const checked = new Map<string, GraphValue>()
  for (const [key, value] of Object.entries(props as Props)) {
    // So that a property can be left out with a condition.
    if (value === undefined) continue
    const property = propertyName(key, place)
    if (checked.has(property) || (property === 'name' && name !== null)) throw graphError(place, `the property ${property} is given twice`)
    if (property === 'name') name = checkName(value, place)
    else checked.set(property, setting(property, value, place))
  }
  return { name, props: Object.freeze(Object.fromEntries(checked)) }
}

/** One property's value; caps are checked and made canonical, so that every way of writing them gives one graph. */
export function setting(property: string, value: unknown, place: string): GraphValue {
  const checked = checkValue(value, `${place}, property ${property}`)
  return isCaps(property) ? canonicalCaps(String(checked), `${place}, property ${property}`) : checked
}

export function isCaps(property: string): boolean {
  return property === 'caps' || property.endsWith('::caps')
}
