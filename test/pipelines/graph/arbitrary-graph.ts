import fc from '../../support/fast-check'
import { HOSTILE_VALUES } from '../launch/hostile-values'

/** What ends, splits or escapes texts, in any order: worse than what a random string ever is. */
const PIECES = [
  'a',
  '1',
  ' ',
  '"',
  '\\',
  '\\"',
  '""',
  "'",
  '!',
  ' ! ',
  ';',
  ',',
  '=',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '.',
  ':',
  '/',
  '$',
  '`',
  '\n',
  '\t',
  '\r',
  '(int)',
  'true',
  'NULL',
  'video/x-raw',
  '-5',
  '007',
  '0x1',
  'ü',
  '🔑',
  '\u2028',
  '\u0085',
  '\ufeff',
  '%',
  '@',
  '#',
  '\x7f',
  '\x01',
  '\\101',
]

/** Any text that a value can be: no NUL, no half surrogates, which are refused elsewhere. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map(pieces => pieces.join('')),
  fc.constantFrom(...HOSTILE_VALUES),
  fc.string({ unit: 'binary', maxLength: 12 }).map(text => text.replace(/\0|\p{Surrogate}/gu, '')),
)

/** Numbers that GstValues can be, with their text forms: 1e-7, -0.5, 2⁵³ − 1. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter(value => !/^-?\d+$/.test(String(value)) || Number.isSafeInteger(value)),
)

export const gstValue = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  number,
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
)

const property = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter(name => name !== 'name' && !name.endsWith('caps'))
const padName = fc.option(fc.constantFrom('src', 'sink_%u', 'video', 'sink_0'), { nil: null })

const CAPS = [
  'video/x-raw',
  'video/x-raw,format=I420',
  'video/x-raw(memory:X), width=[1,5]; image/jpeg,a={1,2}',
  'a/b,c="d ! e; f\\"g"',
  'ANY',
]

type Link = [from: number, to: number, source: string | null, sink: string | null]

/** A graph as fromJSON() takes it: elements and links in any order, numbered elements referred to, pads or none. */
export const graphJson = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          factory: fc.constantFrom('queue', 'a', 'b-c', 'tee', 'x264enc'),
          name: fc.option(fc.stringMatching(/^[a-z][a-z0-9_-]{0,3}$/), { nil: undefined }),
          props: fc.dictionary(property, gstValue, { maxKeys: 3 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          factory: fc.constant('capsfilter'),
          name: fc.constant(undefined),
          props: fc.constantFrom(...CAPS).map(caps => ({ caps })),
        }),
      },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(elements => {
    const seen = new Set<string>()
    return elements.map(({ name, ...element }) =>
      name === undefined || seen.has(name) ? element : (seen.add(name), { ...element, name }),
    )
  })
  .chain(elements => {
    const index = fc.nat({ max: elements.length - 1 })
    // Mostly one behind the other, as people write; but also across, back and twice.
    const step: fc.Arbitrary<Link> = fc
      .tuple(fc.nat({ max: Math.max(0, elements.length - 2) }), padName, padName)
      .map(([at, from, to]) => [at, Math.min(at + 1, elements.length - 1), from, to])
    const across: fc.Arbitrary<Link> = fc.tuple(index, index, padName, padName)
    const links: fc.Arbitrary<Link[]> = fc.oneof(
      fc.constant(elements.slice(1).map((_, at): Link => [at, at + 1, null, null])),
      fc.array(fc.oneof({ weight: 2, arbitrary: step }, across), { maxLength: 6 }),
    )
    return fc.record({ elements: fc.constant(elements), links })
  })
