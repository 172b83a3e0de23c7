const PIECES = [
  'a',
  'key',
  'live',
  'rtmp://',
  '/',
  '//',
  '\\',
  '?',
  '#',
  '@',
  ':',
  '[',
  ']',
  '::1',
  '%',
  '%2F',
  '%00',
  '%zz',
  '!',
  '&',
  '=',
  ';',
  '"',
  "'",
  '`',
  '$&',
  '$1',
  '(.*)+',
  '*',
  '***',
  '|',
  '<',
  '>',
  '{',
  '}',
  '^',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '\x7f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u2028',
  '\ufeff',
  '\u202e',
  'ü',
  'é',
  '。',
  '１',
  '🔑',
  '\ud800',
  '\udc00',
  '__proto__',
  '..',
  '1935',
  '65536',
  '-1',
  '%25',
  '%E2%80%AE',
  'socks=evil:1',
  ' tcUrl=x',
]

/** The same `count` strings in every run: characters that end, split or rewrite texts, in any order. */
export function* hostileStrings(count: number): Generator<string> {
  yield* PIECES
  let state = 20_240_229
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  for (let i = 0; i < count; i++) {
    let text = ''
    for (let pieces = 1 + below(8); pieces > 0; pieces--) text += PIECES[below(PIECES.length)]
    yield text
  }
}
