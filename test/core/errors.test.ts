import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { suite } from '../support/suite'

const test = suite('RxGstError')

test('takes fault and retryable from its code', () => {
  const error = new RxGstError('ERR_STALLED', 'no bytes for 3000 ms')
  assert.instance(error, Error)
  assert.is(error.code, 'ERR_STALLED')
  assert.is(error.fault, 'peer')
  assert.is(error.retryable, true)
  assert.is(error.element, null)
  assert.is(error.message, 'no bytes for 3000 ms')
  assert.not.ok('cause' in error)
})

test('carries element, cause and its own retryable', () => {
  const cause = new Error('inner')
  const error = new RxGstError('ERR_CONNECTION_LOST', 'gone', { element: 'src', cause, retryable: false })
  assert.is(error.element, 'src')
  assert.is(error.cause, cause)
  assert.is(error.retryable, false)
})

test('says its name in String(), stack and inspect', () => {
  const error = new RxGstError('ERR_URL', 'bad')
  assert.is(String(error), 'RxGstError: bad')
  assert.match(error.stack!, /^RxGstError: bad\n/)
  assert.match(inspect(error), /RxGstError: bad[^]*code: 'ERR_URL'/)
})

test('toJSON() tells all but stack and cause', () => {
  const error = new RxGstError('ERR_DECODE', 'bad picture', { element: 'dec', cause: new Error('rtmp://h/a/key') })
  assert.equal(JSON.parse(JSON.stringify(error)), {
    name: 'RxGstError',
    code: 'ERR_DECODE',
    message: 'bad picture',
    fault: 'peer',
    retryable: true,
    element: 'dec',
    hint: null,
  })
})

test.run()
