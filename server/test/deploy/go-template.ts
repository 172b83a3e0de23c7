/**
 * As much of Helm's templates as the chart uses, and nothing else: an unknown word is an error. A machine with `helm`
 * compares both.
 */
import { stringify } from 'yaml'

type Values = Readonly<Record<string, unknown>>
type Node =
  | { readonly text: string }
  | { readonly show: string }
  | { readonly kind: 'if' | 'range'; readonly of: string; readonly body: readonly Node[] }

export class Chart {
  private readonly named = new Map<string, readonly Node[]>()

  constructor(
    private readonly root: Values,
    helpers: string,
  ) {
    const DEFINE = /\{\{- define "([^"]+)" -\}\}([^]*?)\{\{- end \}\}/g
    for (const [, name, body] of helpers.matchAll(DEFINE)) this.named.set(name!, parse(body!.trimStart()))
  }

  render(template: string): string {
    return this.text(parse(template), this.root)
  }

  private text(nodes: readonly Node[], dot: unknown): string {
    return nodes.map(node => this.one(node, dot)).join('')
  }

  private one(node: Node, dot: unknown): string {
    if ('text' in node) return node.text
    if ('show' in node) return String(this.value(node.show, dot))
    const value = this.value(node.of, dot)
    if (node.kind === 'range') return (value as unknown[]).map(item => this.text(node.body, item)).join('')
    return isEmpty(value) ? '' : this.text(node.body, dot)
  }

  private value(pipeline: string, dot: unknown): unknown {
    const [first = '', ...rest] = pipeline.split('|').map(part => part.trim())
    return rest.reduce((value, part) => this.apply(part.split(/\s+/), value, dot), this.head(first.split(/\s+/), dot))
  }

  private head([word = '', ...words]: readonly string[], dot: unknown): unknown {
    if (word.startsWith('.')) return at(dot, word)
    if (word === 'toYaml') return stringify(at(dot, words[0]!)).trimEnd()
    if (word === 'include') return this.text(this.named.get(JSON.parse(words[0]!) as string)!, at(dot, words[1]!))
    throw new Error(`the chart uses '${word}'`)
  }

  private apply([word, ...words]: readonly string[], value: unknown, dot: unknown): unknown {
    if (word === 'quote') return JSON.stringify(String(value))
    if (word === 'default') return isEmpty(value) ? at(dot, words[0]!) : value
    const indent = `\n${' '.repeat(Number(words[0]))}`
    if (word === 'nindent') return `\n${String(value)}`.replaceAll('\n', indent)
    throw new Error(`the chart uses '${word}'`)
  }
}

/** What Go calls empty. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '' || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function at(dot: unknown, path: string): unknown {
  const names = path.split('.').filter(name => name !== '')
  return names.reduce((value, name) => {
    if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`there is no ${path}`)
    return (value as Values)[name]
  }, dot)
}

function parse(template: string): Node[] {
  // A minus takes the white space beside it away.
  const text = template.replace(/\s*\{\{- /g, '{{ ').replace(/ -\}\}\s*/g, ' }}')
  const stack: { kind: 'if' | 'range'; of: string; body: Node[] }[] = [{ kind: 'if', of: '', body: [] }]
  for (const [i, part] of text.split(/\{\{ | \}\}/).entries()) {
    const top = stack.at(-1)!
    const block = /^(if|range) (.*)$/.exec(part)
    if (i % 2 === 0) top.body.push({ text: part })
    else if (block) stack.push({ kind: block[1] as 'if' | 'range', of: block[2]!, body: [] })
    else if (part !== 'end') top.body.push({ show: part })
    else stack.at(-2)!.body.push(stack.pop()!)
  }
  if (stack.length !== 1) throw new Error('an end is missing')
  return stack[0]!.body
}
