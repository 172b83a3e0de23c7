import { CAPS_PROPERTIES, ELEMENT_PROPERTIES, ENDS, HARDWARE, PACKAGES, STARTS } from './table'

/**
 * Facts about elements that need no GStreamer call: those of Debian 12, for messages and for the nesting of graphs. At
 * run time, the machine's registry decides.
 */

const lazy = <T>(make: () => T): (() => T) => {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}

const set = (words: string): (() => ReadonlySet<string>) => lazy(() => new Set(words.split(' ')))

const packages = lazy(() => {
  const found = new Map<string, string>()
  for (const [name, words] of Object.entries(PACKAGES)) for (const factory of words.split(' ')) found.set(factory, name)
  for (const [name, needs] of Object.entries(HARDWARE)) {
    for (const [need, words] of Object.entries(needs))
      for (const factory of words.split(' ')) found.set(factory, `${name} (${need})`)
  }
  return found
})

/** The Debian package of an element, with its further needs; null if Debian 12 has none. */
export function debianPackage(factory: string): string | null {
  return packages().get(factory) ?? null
}

const starts = set(STARTS)
const ends = set(ENDS)

/** Whether the element has no input. */
export function startsRow(factory: string): boolean {
  return starts().has(factory)
}

/** Whether the element has no output. */
export function endsRow(factory: string): boolean {
  return ends().has(factory)
}

const capsProperties = set(CAPS_PROPERTIES)

/** Whether a property contains caps; also for a child's property. */
export function holdsCaps(property: string): boolean {
  return capsProperties().has(property.slice(property.lastIndexOf(':') + 1))
}

const elementProperties = set(ELEMENT_PROPERTIES)

/** Whether a property contains an element: gst-launch makes an element from its text, so no value is allowed. */
export function holdsElement(factory: string, property: string): boolean {
  return elementProperties().has(`${factory}.${property}`)
}
