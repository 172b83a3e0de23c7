/** The text of the configuration with '***' for its secrets, and back: its comments and its form stay. */
import { placeOf, type Path, type Place } from './place.js'
import { MASK, redactField, restoredTexts } from './redact.js'
import { configSecrets } from './secret-fields.js'
import { parseYaml } from './yaml.js'

/** A text that is no YAML is masked roughly: where a secret ends in it, nobody knows. */
export function redactText(text: string): string {
  const { value, place } = parseYaml('', text)
  if (value === undefined)
    return text
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'#,}\]]+/gi, `$1${MASK}`)
      .replace(/((?:streamKey|secret|token)["']?\s*:\s*).+/gi, `$1${MASK}`)
  const fields = configSecrets(value).map(field => ({ ...field, shown: redactField(field).text }))
  return replaceAt(
    text,
    place,
    fields.filter(({ text: old, shown }) => old !== shown).map(({ path, shown }) => ({ path, text: shown })),
  )
}

/** Throws Problem ERR_SECRET_NEEDED. Text that is no YAML comes back as it is. */
export function restoreText(text: string, old: string): string {
  const changed = parseYaml('', text)
  if (changed.value === undefined || !text.includes(MASK)) return text
  const { value } = parseYaml('', old)
  const texts = restoredTexts(changed.value, configSecrets(changed.value), configSecrets(value), value)
  return replaceAt(text, changed.place, texts)
}

function replaceAt(text: string, root: Place | null, texts: readonly { path: Path; text: string }[]): string {
  const places = new Map(
    texts.map(({ path, text: next }) => {
      const place = placeOf(root, path)!
      return [place.valueAt, { from: place.valueAt, to: place.valueEnd, text: JSON.stringify(next) }]
    }),
  )
  // From the end, so that the places before stay right. One of an anchor stands there once.
  return [...places.values()]
    .sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: next }) => {
      const newline = whole.slice(from, to).endsWith('\n') ? '\n' : ''
      return whole.slice(0, from) + next + newline + whole.slice(to)
    }, text)
}
