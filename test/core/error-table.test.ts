import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ERRORS, type ErrorCode } from '../../src/core/errors'
import { suite } from '../support/suite'

// The compiled test lies three folders below the project, unless somebody compiled it elsewhere.
const above = join(__dirname, '../../..')
const root = existsSync(join(above, 'docs/errors.md')) ? above : process.cwd()

/** The rows of the page as arrays of cells, without heading and ruler. */
function documentedRows(): string[][] {
  return readFileSync(join(root, 'docs/errors.md'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| `ERR_'))
    .map(line => line.slice(2, -2).split(' | '))
}

const test = suite('error table')

test('docs/errors.md shows every code, in the order of the table, word for word', () => {
  const expected = Object.entries(ERRORS).map(([code, { fault, retryable, summary, remedy }]) => [
    `\`${code}\``,
    fault,
    retryable ? 'yes' : 'no',
    summary,
    remedy,
  ])
  assert.equal(documentedRows(), expected)
})

test('docs/errors.md shows nothing else', () => {
  const codes = documentedRows().map(([code]) => code!.slice(1, -1))
  assert.equal(
    codes.filter(code => !(code in ERRORS)),
    [],
  )
  assert.is(new Set(codes).size, codes.length)
})

test('every code used under src/ and native/ is in the table', () => {
  const unknown: string[] = []
  const sources = ['src', 'native'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => /\.(ts|cc|h)$/.test(file))
      .map(file => join(folder, file)),
  )
  assert.ok(sources.length > 200, 'the sources were found')
  for (const file of sources) {
    for (const [code] of readFileSync(join(root, file), 'utf8').matchAll(/\bERR_[A-Z0-9_]*[A-Z0-9]\b/g)) {
      if (!(code in ERRORS)) unknown.push(`${file}: ${code}`)
    }
  }
  assert.equal(unknown, [])
})

test('codes, faults and sentences have their form', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { fault, retryable, summary, remedy } = ERRORS[code]
    assert.match(code, /^ERR_[A-Z]+(?:_[A-Z]+)*$/)
    assert.ok(['options', 'peer', 'machine', 'engine'].includes(fault), code)
    for (const text of [summary, remedy]) {
      assert.match(text, /^(?:[A-Z].*|clone\(\).*|start\(\).*)\.$/, code)
      assert.not.match(text, /\|/, `${code}: a bar would break the page's table`)
    }
    assert.not.ok(fault === 'options' && retryable, `${code}: the same call fails the same way`)
  }
})

test.run()
