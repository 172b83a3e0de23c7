/** The text of the configuration with '***' for its secrets, and back: its comments and its form stay. */
import { placeOf, type Path, type Place } from './place.js'
import { MASK, redactField, restoredTexts } from './redact.js'
import { redactComments, restoreComments } from './redact-comments.js'
import { configSecrets } from './secret-fields.js'
import { parseYaml } from './yaml.js'

/** null: the text is no YAML, and nobody knows where a secret begins and ends in it. */
export function redactText(text: string): string | null {
  const { value, place } = parseYaml('', text)
  if (value === undefined) return null
  const fields = configSecrets(value).map(field => ({ ...field, shown: redactField(field).text }))
  const shown = replaceAt(
    text,
    place,
    fields.filter(({ text: old, shown }) => old !== shown).map(({ path, shown }) => ({ path, text: shown })),
  )
  return redactComments(shown, secretsIn(value))
}

const secretsIn = (value: unknown): string[] => configSecrets(value).flatMap(field => redactField(field).secrets)

/** Throws Problem ERR_SECRET_NEEDED. Text that is no YAML comes back as it is. */
export function restoreText(text: string, old: string): string {
  const changed = parseYaml('', text)
  if (changed.value === undefined || !text.includes(MASK)) return text
  const { value } = parseYaml('', old)
  const texts = restoredTexts(changed.value, configSecrets(changed.value), configSecrets(value), value)
  const restored = replaceAt(text, changed.place, texts)
  return value === undefined ? restored : restoreComments(restored, old, secretsIn(value))
}

function replaceAt(text: string, root: Place | null, texts: readonly { path: Path; text: string }[]): string {
  const places = new Map(
    texts.map(({ path, text: next }) => {
      const place = placeOf(root, path)!
      return [place.valueAt, { from: place.valueAt, to: place.valueEnd, text: JSON.stringify(next) }]
    }),
  )
  const parts: string[] = []
  let done = 0
  // One of an anchor stands there once.
  for (const { from, to, text: next } of [...places.values()].sort((a, b) => a.from - b.from)) {
    const newline = text.slice(from, to).endsWith('\n') ? '\n' : ''
    parts.push(text.slice(done, from), next, newline)
    done = to
  }
  return parts.join('') + text.slice(done)
}
