import * as assert from 'uvu/assert'
import { RxGstError, type ErrorCode } from '../../../src/core/errors'
import { mayRetry } from '../../../src/live/output/target-fault'
import { suite } from '../../support/suite'

const test = suite('target: faults')

const again = (code: ErrorCode, first: boolean) => mayRetry(new RxGstError(code, ''), first)

test('a name that is still held, a server that is away, one that stands still: again, at any attempt', () => {
  for (const code of [
    'ERR_NAME_IN_USE',
    'ERR_CONNECTION_REFUSED',
    'ERR_CONNECTION_LOST',
    'ERR_STALLED',
    'ERR_CONNECT_TIMEOUT',
    'ERR_HOST_NOT_FOUND',
    'ERR_CONNECT_REJECTED',
  ] as const) {
    assert.equal([again(code, true), again(code, false)], [true, true], code)
  }
})

test('credentials, certificates, plugins stay as they are', () => {
  for (const code of ['ERR_AUTHENTICATION', 'ERR_TLS', 'ERR_MISSING_PLUGIN', 'ERR_URL'] as const) {
    assert.equal([again(code, true), again(code, false)], [false, false], code)
  }
})

test('a refused publication is final as the first answer alone', () => {
  assert.equal([again('ERR_PUBLISH_REJECTED', true), again('ERR_PUBLISH_REJECTED', false)], [false, true])
})

test('an error that knows better than its code', () => {
  assert.is(mayRetry(new RxGstError('ERR_TLS', '', { retryable: true }), true), true)
})

test.run()
