/**
 * The placeholder of an interpolated value in text: a noncharacter, which no readable text contains. So the syntax
 * around it never comes from a value.
 */
export const HOLE = '\uffff'

/**
 * gst_string_unwrap(): the content of "…", with \ooo for a byte and \x for any other character; null if the quotes do
 * not match.
 */
export function unwrap(quoted: string): string | null {
  const bytes: Buffer[] = []
  for (let at = 1; at < quoted.length; ) {
    const char = String.fromCodePoint(quoted.codePointAt(at)!)
    if (char === '"') return at === quoted.length - 1 ? Buffer.concat(bytes).toString() : null
    if (char !== '\\') {
      bytes.push(Buffer.from(char))
      at += char.length
      continue
    }
    const next = quoted[at + 1]
    if (next === undefined) return null
    if (next < '0' || next > '3') {
      const escaped = String.fromCodePoint(quoted.codePointAt(at + 1)!)
      bytes.push(Buffer.from(escaped))
      at += 1 + escaped.length
      continue
    }
    const [octal] = /^[0-3][0-7]{2}/.exec(quoted.slice(at + 1, at + 4)) ?? []
    if (octal === undefined || octal === '000') return null
    bytes.push(Buffer.from([parseInt(octal, 8)]))
    at += 4
  }
  return null
}
