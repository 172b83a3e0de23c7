import { CAPS_PROPERTIES, ELEMENT_PROPERTIES, ENDS, HARDWARE, PACKAGES, STARTS } from './table'

/**
 * What is known of elements without asking GStreamer: that of Debian 12, for messages and for how graphs nest. The
 * registry of the machine has the last word.
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

/** The Debian package of an element, with what else it needs; null for one that no package of Debian 12 has. */
export function debianPackage(factory: string): string | null {
  return packages().get(factory) ?? null
}

const starts = set(STARTS)
const ends = set(ENDS)

/** Whether nothing can be linked to it. */
export function startsRow(factory: string): boolean {
  return starts().has(factory)
}

/** Whether it can be linked to nothing. */
export function endsRow(factory: string): boolean {
  return ends().has(factory)
}

const capsProperties = set(CAPS_PROPERTIES)

/** Whether a property holds caps; of a child too. */
export function holdsCaps(property: string): boolean {
  return capsProperties().has(property.slice(property.lastIndexOf(':') + 1))
}

const elementProperties = set(ELEMENT_PROPERTIES)

/** Whether a property holds an element: gst-launch makes one from its text, so no value may get there. */
export function holdsElement(factory: string, property: string): boolean {
  return elementProperties().has(`${factory}.${property}`)
}
