// Texts of YAML that take long, or all memory, of a reader without limits. As a program: reads the one that is named.
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { MAX_TEXT_BYTES, parseYaml } from '../../src/config/yaml.js'

/** Each line has the one before it nine times. */
const multiplied = (first: string, levels: number, line: (nine: string) => string): string => {
  const nine = (level: number) => Array(9).fill(`*a${level}`).join(', ')
  const more = Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} ${line(nine(i))}\n`)
  return `a0: &a0 ${first}\n${more.join('')}`
}

const MiB = MAX_TEXT_BYTES - 64
export const HOSTILE: Readonly<Record<string, () => string>> = {
  'ten megabytes': () => `a: ${'x'.repeat(10_000_000)}`,
  'anchors that multiply': () => multiplied('[x, x, x, x, x, x, x, x, x]', 9, nine => `[${nine}]`),
  'merges that multiply': () => multiplied('{b: 1, c: 2, d: 3}', 30, nine => `{<<: [${nine}]}`),
  'brackets without end': () => '['.repeat(MiB),
  'braces without end': () => '{a: '.repeat(MiB / 4),
  'compact lists without end': () => '- '.repeat(MiB / 2),
  'explicit keys without end': () => '? '.repeat(MiB / 2),
  'indentation without end': () => Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
  'a million commas': () => `a: [${','.repeat(MiB)}]`,
  'a long list': () => `a: [${'1,'.repeat(MiB / 2 - 10)}]`,
  'keys by the ten thousand': () => Array.from({ length: 90_000 }, (_, i) => `k${i}: 1\n`).join(''),
  'the same key again and again': () => 'key: 1\n'.repeat(140_000),
  'documents without end': () => '---\n'.repeat(MiB / 4),
  'directives without end': () => '%A\n'.repeat(MiB / 3),
  'anchors without end': () => `a: ${'&a '.repeat(MiB / 3)}`,
  'one long line': () => `a: "${'\\'.repeat(MiB / 2)}`,
  'a long name': () => `${'k'.repeat(MiB)}: 1`,
  'quotes without end': () => `"${'a\n'.repeat(MiB / 2)}`,
  'tabs without end': () => `a:\n${'\t'.repeat(MiB)}`,
  'comments without end': () => '# a\n'.repeat(MiB / 4),
  'closing brackets without end': () => `[${'}'.repeat(MiB)}]`,
  zeroes: () => '\0'.repeat(MiB),
  'aliases without end': () => `a: &a 1\nb: [${'*a,'.repeat(MiB / 4)}]`,
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const text = HOSTILE[argv[2]!]!()
  const from = performance.now()
  const { problems } = parseYaml('hostile.yaml', text)
  console.log(JSON.stringify({ problems: problems.length, ms: performance.now() - from, first: problems[0]?.message }))
}
