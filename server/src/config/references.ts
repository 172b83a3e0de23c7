/** References to secrets in a text: `${env:NAME}`, `${file:/path}`, `${credential:name}`. */

export interface Reference {
  readonly kind: 'env' | 'file' | 'credential'
  readonly name: string
  /** As it was written. */
  readonly text: string
}

const ANY = /\$\{([^{}]*)\}/g
const NAMES = {
  env: /^[A-Za-z_][A-Za-z0-9_]{0,254}$/,
  file: /^\/[^\p{C}]{1,1000}$/u,
  credential: /^[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,254}$/,
} as const

export interface References {
  readonly references: readonly Reference[]
  /** What is wrong with one of them; quotes nothing. */
  readonly problems: readonly string[]
}

export function referencesIn(text: string): References {
  const references: Reference[] = []
  const problems: string[] = []
  for (const [whole, inner = ''] of text.matchAll(ANY)) {
    const colon = inner.indexOf(':')
    const kind = inner.slice(0, Math.max(0, colon))
    const name = inner.slice(colon + 1)
    if (kind !== 'env' && kind !== 'file' && kind !== 'credential')
      problems.push('a reference is ${env:NAME}, ${file:/path} or ${credential:name}')
    else if (!NAMES[kind].test(name))
      problems.push(
        {
          env: 'a variable has letters, digits and _',
          file: 'the path of a secret begins with /',
          credential: 'a credential is a name without /',
        }[kind],
      )
    else references.push({ kind, name, text: whole })
  }
  if (/\$\{/.test(text.replace(ANY, ''))) problems.push("a reference has no '}' at its end")
  return { references, problems }
}

export function hasReference(text: string): boolean {
  return text.includes('${')
}

/** Puts a value in the place of each reference, which begins at `offset`. */
export function replaceReferences(text: string, fill: (reference: Reference, offset: number) => string): string {
  const { references } = referencesIn(text)
  return text.replace(ANY, (whole: string, _inner: string, offset: number) => {
    const reference = references.find(one => one.text === whole)
    return reference === undefined ? whole : fill(reference, offset)
  })
}

/** Whether it is nothing but references: beside them, other characters may be secret. */
export function isReference(text: string): boolean {
  const { references, problems } = referencesIn(text)
  return references.length > 0 && problems.length === 0 && text.replace(ANY, '') === ''
}

/** Whether the text has a word of its own that looks like a stand-in. */
export function hasStandIn(text: string): boolean {
  return /rxgstref\d+x/i.test(text)
}

const STAND_IN = /rxgstref(\d+)x/g

/** The text with words in place of its references, so that it can be parsed as an address; and the way back. */
export function withStandIns(text: string): { readonly text: string; readonly restore: (part: string) => string } {
  const { references } = referencesIn(text)
  // An address with such a word of its own is not shown wrongly: it has no reference behind it.
  const numbers = new Map(references.map((reference, index) => [reference.text, index]))
  const replaced = replaceReferences(text, ({ text: whole }) => `rxgstref${numbers.get(whole)}x`)
  const restore = (part: string): string =>
    part.replace(
      STAND_IN,
      (word, index: string) => references.find(({ text: whole }) => numbers.get(whole) === Number(index))?.text ?? word,
    )
  return { text: replaced, restore }
}
