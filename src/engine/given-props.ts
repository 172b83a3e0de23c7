import { badOption } from '../core/check'
import { RxGstError } from '../core/errors'
import type { GraphElement, GstValue, Props } from '../pipelines/graph/graph'
import { graphSecrets } from '../pipelines/graph/secrets'

/** Properties that a program sets while a graph runs. ERR_OPTION; ERR_PROPERTY_VALUE: no value that GStreamer takes. */
export function givenProps(element: string, props: Props): [name: string, value: GstValue][] {
  if (typeof props !== 'object' || props === null) throw badOption('an object of properties', 'props', props)
  return Object.entries(props).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return [[name, value as GstValue]]
    const expected = `expected text, a number, a bigint or a truth value for the property ${name} of ${element}`
    throw new RxGstError('ERR_PROPERTY_VALUE', expected, { element })
  })
}

/** What of them is no news for a log. */
export function secretsOf({ name, factory }: GraphElement, props: readonly (readonly [string, GstValue])[]): string[] {
  const plain = props.map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value] as const)
  return [...graphSecrets({ elements: [{ name, named: true, factory, props: Object.fromEntries(plain) }], links: [] })]
}
