import { graphError } from '../elements/names'

export type Token =
  | { readonly kind: 'setting'; readonly name: string; readonly value: string; readonly at: number }
  | { readonly kind: 'link'; readonly all: boolean; readonly caps: string | null; readonly at: number }
  | { readonly kind: 'reference'; readonly element: string; readonly pad: string | null; readonly at: number }
  | {
      readonly kind: 'pad' | 'name' | 'bin' | 'uri' | 'preset' | 'sign' | 'end'
      readonly text: string
      readonly at: number
    }

const NAME = '[A-Za-z0-9_][A-Za-z0-9\\-_%:]*'
/** A quoted "…" continues after a quotation mark with a backslash before it. */
const TEXT = `(?:"(?:\\\\"|[^"])*"|'(?:\\\\'|[^'])*'|(?:\\\\.|\\S)+)`
const sticky = (source: string): RegExp => new RegExp(source, 'y')

/** The same rule as in GStreamer's lexer: the longest match counts; of two with the same length, the first. */
const PATTERNS = {
  quoted: sticky(`(${NAME})\\s*=\\s*("(?:\\\\"|[^"])*")`),
  single: sticky(`(${NAME})\\s*=\\s*('(?:\\\\'|[^'])*')`),
  setting: sticky(`(${NAME})\\s*=\\s*((?:\\\\.|\\S)+)`),
  preset: sticky(`@preset\\s*=\\s*${TEXT}`),
  pad: sticky(`\\.(${NAME})`),
  reference: sticky(`(${NAME})\\.(${NAME})?`),
  bin: sticky(`(${NAME})\\s*\\.\\s*\\(`),
  name: sticky(NAME),
  // A scheme is at most this long; without the limit, every word of a long list would be searched to the end of the
  // list.
  uri: sticky(`[A-Za-z][A-Za-z0-9+.,-]{0,40}://(?:${TEXT})?|[".{_a-z}]?/${TEXT}`),
} as const

const SPACE = /(?:\s|\\\r?\n)+/y
const MEDIA_TYPE = /[A-Za-z0-9-]+\/[A-Za-z0-9-]+/y

export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; ; ) {
    at += matched(SPACE, text, at)?.[0].length ?? 0
    if (at >= text.length) return [...tokens, { kind: 'end', text: '', at }]
    const [token, length] = tokenAt(text, at)
    tokens.push(token)
    at += length
  }
}

function tokenAt(text: string, at: number): readonly [Token, number] {
  if (text[at] === '!' || text[at] === ':') return link(text, at)
  let best: RegExpExecArray | null = null
  let kind: keyof typeof PATTERNS | 'sign' = 'sign'
  for (const name of Object.keys(PATTERNS) as (keyof typeof PATTERNS)[]) {
    const found = matched(PATTERNS[name], text, at)
    if (!found || found[0].length <= (best?.[0].length ?? 0)) continue
    best = found
    kind = name
  }
  if (!best) return [{ kind: 'sign', text: text[at]!, at }, 1]
  const [whole, first = '', second] = best
  const length = whole.length
  if (kind === 'quoted' || kind === 'single' || kind === 'setting')
    return [{ kind: 'setting', name: first, value: second!, at }, length]
  if (kind === 'reference') return [{ kind, element: first, pad: second ?? null, at }, length]
  return [{ kind, text: kind === 'pad' || kind === 'bin' ? first : whole, at }, length]
}

/** Reads `!`, or `!` with caps up to the next `!`. The caps can be in quotes, which are the shell's. */
function link(text: string, at: number): readonly [Token, number] {
  const all = text[at] === ':'
  const alone = [{ kind: 'link', all, caps: null, at }, 1] as const
  let from = at + 1
  from += matched(SPACE, text, from)?.[0].length ?? 0
  const quoted = matched(/(["'])([A-Za-z0-9-]+\/[^]*?)\1\s*([!:])/y, text, from)
  if (quoted)
    return [{ kind: 'link', all: all || quoted[3] === ':', caps: quoted[2]!, at }, from + quoted[0].length - at]
  let end = from
  for (;;) {
    const media = matched(MEDIA_TYPE, text, end)
    if (!media) return alone
    end += media[0].length
    while (end < text.length && text[end] !== '!' && text[end] !== ';') end += text[end] === '\\' ? 2 : 1
    if (end >= text.length) return alone
    if (text[end] === '!') return [{ kind: 'link', all, caps: text.slice(from, end).trim(), at }, end + 1 - at]
    end++
    end += matched(SPACE, text, end)?.[0].length ?? 0
  }
}

/** Whether caps can stand between two `!` and parse as the same caps. */
export function isInlineCaps(caps: string): boolean {
  const [token] = tokenise(`! ${caps} !`)
  return token?.kind === 'link' && token.caps === caps
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Line and column of a place in the text, for messages, because the text itself can contain secrets. */
export function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n')
  const line = lines.length
  const column = lines.at(-1)!.length + 1
  return line === 1 ? `gst, character ${column}` : `gst, line ${line}, character ${column}`
}

export function syntaxError(text: string, at: number, message: string): Error {
  return graphError(placeOf(text, at), message)
}
