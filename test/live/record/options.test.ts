import * as assert from 'uvu/assert'
import { record, type RxGstError } from '../../../src/index'
import { suite } from '../../support/suite'

// What a program may say of a recording.
const test = suite('record: options')

const codeOf = (make: () => unknown): string => {
  try {
    make()
    return 'none'
  } catch (error) {
    return (error as RxGstError).code
  }
}

test('a folder gets the usual names; a pattern has its own, and its ending is the format', () => {
  const { place, segmentMs, keepMs, maxBytes } = record('/rec')
  assert.equal(place, { folder: '/rec', pattern: '%Y-%m-%dT%H-%M-%SZ.mp4', format: 'mp4' })
  assert.equal([segmentMs, keepMs, maxBytes], [600_000, Infinity, Infinity])
  assert.is(record('/rec', { format: 'ts' }).place.pattern, '%Y-%m-%dT%H-%M-%SZ.ts')
  assert.equal(record('/rec/cam/%Y/%m-%d/%H%M%S.flv').place, {
    folder: '/rec/cam',
    pattern: '%Y/%m-%d/%H%M%S.flv',
    format: 'flv',
  })
  assert.is(record('rec').folder, `${process.cwd()}/rec`)
})

test('lengths of time and sizes are numbers or text', () => {
  const { segmentMs, keepMs, maxBytes } = record('/rec', { segment: '1.5m', keep: '7d', maxSize: '20G' })
  assert.equal([segmentMs, keepMs, maxBytes], [90_000, 604_800_000, 20e9])
  assert.is(record('/rec', { segment: 5000 }).segmentMs, 5000)
})

for (const [what, make] of [
  ['no place', () => record('')],
  ['a place that is no text', () => record(7 as never)],
  ['an unknown field', () => record('/rec/%Q.mp4')],
  ['a field at the end that is none', () => record('/rec/a%')],
  ['an ending beside another format', () => record('/rec/%Y.ts', { format: 'mp4' })],
  ['an unknown option', () => record('/rec', { segments: '1m' } as never)],
  ['a segment that is too short', () => record('/rec', { segment: '10ms' })],
  ['a length of time without a unit', () => record('/rec', { keep: '7' })],
  ['a size that is too small', () => record('/rec', { maxSize: '1k' })],
  ['an unknown format', () => record('/rec', { format: 'mkv' as never })],
] as const) {
  test(`${what} is ERR_OPTION`, () => assert.is(codeOf(make), 'ERR_OPTION'))
}

test.run()
