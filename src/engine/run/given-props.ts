import { badOption } from '../../core/check'
import { RxGstError } from '../../core/errors'
import type { GraphElement, GstValue, Props } from '../../pipelines/graph/graph'
import { graphSecrets } from '../../pipelines/graph/secrets'

/** Checks the properties of set(). ERR_OPTION; ERR_PROPERTY_VALUE: a value of a type that GStreamer does not take. */
export function givenProps(element: string, props: Props): [name: string, value: GstValue][] {
  if (typeof props !== 'object' || props === null) throw badOption('an object of properties', 'props', props)
  return Object.entries(props).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return [[name, value as GstValue]]
    const expected = `expected a string, number, bigint or boolean for the property ${name} of ${element}`
    throw new RxGstError('ERR_PROPERTY_VALUE', expected, { element })
  })
}

/** The values among these properties that no log may show. */
export function secretsOf({ name, factory }: GraphElement, props: readonly (readonly [string, GstValue])[]): string[] {
  const plain = props.map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value] as const)
  return [...graphSecrets({ elements: [{ name, named: true, factory, props: Object.fromEntries(plain) }], links: [] })]
}
