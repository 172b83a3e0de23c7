import * as assert from 'uvu/assert'
import { indexLine, parseIndex } from '../../../src/live/record/index-file'
import { suite } from '../../support/suite'

// What an index says, also one that was cut.
const test = suite('record: index')

const segment = { file: 'a.mp4', begin: 1000, end: 3000, duration: 2000, bytes: 77, torn: false }

test('the last line about a file counts; what began and has no end is open', () => {
  const text = [
    '{"file":"a.mp4","begin":"1970-01-01T00:00:01.000Z"}\n',
    indexLine(segment),
    '{"file":"b.mp4","begin":"1970-01-01T00:00:03.000Z"}\n',
    '{"file":"gone.mp4","begin":"1970-01-01T00:00:00.000Z"}\n',
    '{"file":"gone.mp4","removed":true}\n',
    '{"file":"c.mp4","beg',
  ].join('')
  assert.equal(parseIndex(text), { finished: [segment], open: [{ file: 'b.mp4', begin: 3000 }] })
})

test('files outside of the folder, and what is no line, are left out', () => {
  const lines = ['../a.mp4', '/etc/passwd', 'x/../../y', '', 7].map(file =>
    JSON.stringify({ file, begin: '2026-01-01T00:00:00Z', end: '2026-01-01T00:00:01Z' }),
  )
  assert.equal(parseIndex([...lines, 'null', '[]', '{}', '\0'].join('\n')), { finished: [], open: [] })
})

test.run()
