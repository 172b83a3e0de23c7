// Text of YAML from people who mean well, and from others.
import { parseDocument } from 'yaml'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import support from '../../../test/support/fast-check.js'
import { MAX_DEPTH, parseYaml } from '../../src/config/yaml.js'
import { placeOf } from '../../src/config/place.js'
import { HOSTILE } from './hostile-yaml.js'

const { default: fc, runs } = support
const test = suite('yaml')

const parse = (text: string) => parseYaml('a.yaml', text)
/** '3:5 message' of each problem. */
const faults = (text: string) => parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

test('an empty text is an empty configuration', () => {
  for (const text of ['', '\n', '# nothing yet\n', '---\n', '\ufeff'])
    assert.equal([parse(text).value, faults(text)], [{}, []], JSON.stringify(text))
})

test('each value has its place, its key another', () => {
  const { value, place } = parse('a:\n  b: [1, {c: x}]\n  "d e":\n    - |\n      text\n')
  assert.equal(value, { a: { b: [1, { c: 'x' }], 'd e': ['text\n'] } })
  const at = (...path: (string | number)[]) => {
    const found = placeOf(place, path)!
    const { line, column } = found.source.at(found.valueAt)
    const key = found.keyAt === null ? null : found.source.at(found.keyAt)
    return [line, column, key?.line ?? null, key?.column ?? null]
  }
  assert.equal(at('a', 'b'), [2, 6, 2, 3])
  assert.equal(at('a', 'b', 0), [2, 7, null, null])
  assert.equal(at('a', 'b', 1, 'c'), [2, 14, 2, 11])
  assert.equal(at('a', 'd e', 0), [4, 7, null, null])
})

test('faults of writing have places, all of them at once, and quote nothing', () => {
  assert.equal(faults('a: 1\nb: 2\na: 3\nc:\n  d: 1\n  d: 2\n'), ['3:1 a stands here twice', '6:3 d stands here twice'])
  assert.equal(faults('a:\n\tb: 1\n'), ['2:1 a tab: YAML is indented with spaces'])
  assert.match(faults('a: {rtmp://h/secret-key\n').join('\n'), /2:1 a bracket is not closed/)
  for (const text of [
    'a: {rtmp://h/secret-key\n',
    'url: "rtmp://h/secret-key\n',
    '- a\nsecret-key\n',
    'a: !secret-key 1',
  ])
    assert.not.match(JSON.stringify(parse(text).problems), /secret/)
})

test('a second document, tags, keys that are no texts and names of JavaScript are refused', () => {
  assert.equal(faults('a: 1\n---\nb: 2\n').length, 1)
  for (const text of ['a: !js/function "x"', 'a: !!binary aGk=', 'a: !!set {b}', 'a: !mine {b: 1}', 'a: !!omap [b: 1]'])
    assert.match(faults(text).join('\n'), /unknown tag/, text)
  for (const text of ['1: a', '? [a]\n: 1', '? {a: 1}\n: 1', 'true: 1', '&a x: 1\n*a : 2'])
    assert.match(faults(text).join('\n'), /a key is a text/, text)
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    assert.match(faults(`${name}: {polluted: 1}`).join('\n'), /cannot be a key/, name)
    assert.match(faults(`a: {"${name}": 1}`).join('\n'), /cannot be a key/, name)
  }
  assert.is(({} as { polluted?: number }).polluted, undefined)
  assert.is(Object.getPrototypeOf(parse('a: {__proto__: {b: 1}}').value), Object.prototype)
})

test('anchors and merges give copies with their places', () => {
  const text = 'base: &base {x: 1, y: 2}\none:\n  <<: *base\n  y: 3\ntwo: *base\n'
  const { value, place, problems } = parse(text)
  assert.equal(problems, [])
  assert.equal(value, { base: { x: 1, y: 2 }, one: { y: 3, x: 1 }, two: { x: 1, y: 2 } })
  const merged = placeOf(place, ['one', 'x'])!
  assert.equal(merged.source.at(merged.valueAt), { line: 1, column: 17 })
  assert.match(faults('a: &a [*a]').join('\n'), /in which it stands/)
  assert.match(faults('a: *b').join('\n'), /does not stand before it/)
  assert.match(faults('a:\n  <<: [1]').join('\n'), /takes maps/)
})

// All of them, in processes whose memory is limited: hostile.test.ts.
for (const name of ['ten megabytes', 'anchors that multiply', 'brackets without end', 'documents without end']) {
  test(`${name}: no harm`, () => {
    const from = performance.now()
    assert.is(parse(HOSTILE[name]!()).problems.length, 1)
    assert.ok(performance.now() - from < 10_000, `it took ${performance.now() - from} ms`)
  })
}

test('it reads what it writes itself, as the package does', () => {
  const leaf = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.boolean(), fc.constant(null))
  const key = fc
    .string({ minLength: 1, maxLength: 8 })
    .filter(name => !/^(__proto__|constructor|prototype|<<)$/.test(name))
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 5, noNullPrototype: true }), value => {
      const document = parseDocument('{}')
      document.contents = document.createNode(value) as never
      const { value: read, problems } = parse(String(document))
      assert.equal(problems, [])
      assert.equal(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: runs(300) },
  )
})

test('no text throws', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '\t',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '<<: ',
      '!!str ',
      '"',
      "'",
      '|',
      '>',
      '#',
      '%',
    ],
    ...['---\n', '...\n', '? ', ',', '\0', '\\x', '${env:A}', '@', '`', '1', 'null', '\r\n', '\u2028', '\ufeff'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
      const { problems } = parse(pieces.join(''))
      for (const { line, column } of problems) assert.ok(line === null || (line >= 1 && column! >= 1))
    }),
    { numRuns: runs(2000) },
  )
})

test('the depth of a configuration is far from the limit', () => {
  const nested = (depth: number) => `${Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n')} 1\n`
  assert.equal(faults(nested(MAX_DEPTH - 2)), [])
  assert.match(faults(nested(MAX_DEPTH + 2)).join('\n'), /nested deeper/)
})

test('a text with a hundred thousand mistakes is given up at the first hundred', () => {
  const before = process.cpuUsage()
  const problems = faults(`a: 1\nb: [${'}'.repeat(100_000)}]`)
  const { user, system } = process.cpuUsage(before)
  assert.equal(problems, ['2:6 too many mistakes of writing, from here on'])
  assert.ok(user + system < 1_000_000, `it took ${(user + system) / 1000} ms of the processor`)
})

test.run()
