import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export const repository = join(__dirname, '../../..')

/** The documents for users, as paths in the repository. */
export function documents(): string[] {
  const docs = ['docs', 'docs/server'].flatMap(folder =>
    readdirSync(join(repository, folder))
      .filter(name => name.endsWith('.md'))
      .map(name => `${folder}/${name}`),
  )
  return ['README.md', 'CONTRIBUTING.md', ...docs].filter(file => existsSync(join(repository, file)))
}

export function textOf(file: string): string {
  return readFileSync(join(repository, file), 'utf8')
}

export interface CodeBlock {
  file: string
  /** Of its first line of code, from 1. */
  line: number
  language: string
  code: string
  /** Complete: it can be run. A block without imports is a part of a program. */
  program: boolean
}

export function codeBlocks(file: string): CodeBlock[] {
  const text = textOf(file)
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    language: language!,
    code: code!,
    program: /^import /m.test(code!),
  }))
}

/** Headings' anchors, as GitHub makes them. */
export function anchors(file: string): string[] {
  const headings = textOf(file)
    .replace(/^```[^]*?^```$/gm, '')
    .matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
