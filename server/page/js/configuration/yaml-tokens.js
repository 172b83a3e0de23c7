/** Parts of a line of YAML, for colours alone: what is wrong with it, the server says. */

const KEY = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[^\s#:'"{[][^:#]*?)(:)(?=\s|$)/
const PART = /("(?:[^"\\]|\\.)*"?|'[^']*'?)|((?:^|(?<=\s))#.*$)|(\$\{[^}]*\}?)/g

/** Pairs of a kind ('' for plain text, 'key', 'string', 'comment', 'secret') and its text. */
export function tokensOf(line) {
  const key = KEY.exec(line)
  const tokens = key
    ? [
        ['', key[1]],
        ['key', key[2]],
        ['', key[3]],
      ]
    : []
  const rest = line.slice(key?.[0].length ?? 0)
  let at = 0
  for (const { 0: text, 1: string, 2: comment, index } of rest.matchAll(PART)) {
    tokens.push(['', rest.slice(at, index)])
    tokens.push([kindOf(string, comment), text])
    at = index + text.length
  }
  tokens.push(['', rest.slice(at)])
  return tokens.filter(([, text]) => text !== '')
}

function kindOf(string, comment) {
  if (comment !== undefined) return 'comment'
  if (string === undefined) return 'secret'
  return string.includes('${') ? 'secret' : 'string'
}
