import * as assert from 'uvu/assert'
import { gst, run, RxGstError, type ErrorCode, type RunOptions } from '../../../src/index'
import { isRetryable } from '../../../src/engine/run/retryable'
import { suite } from '../../support/suite'

const test = suite('run: what is tried again')

const RESOURCE = 'gst-resource-error-quark'
const said = (factory: string, domain = RESOURCE): RxGstError =>
  new RxGstError('ERR_PIPELINE', 'it failed', { gst: { element: 'x', factory, domain, code: 9, text: '', debug: '' } })

test('faults of the network and of peers, and what elements of a network say of their connection', () => {
  for (const code of ['ERR_CONNECTION_LOST', 'ERR_STALLED', 'ERR_HOST_NOT_FOUND', 'ERR_NAME_IN_USE'] as const)
    assert.is(isRetryable(new RxGstError(code, 'lost')), true, code)
  for (const factory of ['srtsrc', 'rtspsrc', 'tcpclientsink', 'souphttpsrc', 'udpsrc', 'rtpbin'])
    assert.is(isRetryable(said(factory)), true, factory)
})

test('nothing else', () => {
  const codes: ErrorCode[] = ['ERR_PROPERTY_VALUE', 'ERR_LINK', 'ERR_MISSING_PLUGIN', 'ERR_STANDSTILL', 'ERR_PIPELINE']
  for (const code of codes) assert.is(isRetryable(new RxGstError(code, 'wrong')), false, code)
  for (const error of [said('filesrc'), said('identity'), said('srtsrc', 'gst-core-error-quark'), said('alsasink')])
    assert.is(isRetryable(error), false, error.gst!.factory)
  // What an error itself says counts more than its code.
  assert.is(isRetryable(new RxGstError('ERR_CONNECTION_LOST', 'for good', { retryable: false })), false)
})

test('options that are none', () => {
  const graph = gst`fakesrc ! fakesink`
  for (const reconnect of [true, null, 3, { atEnd: 'go on' }, { maxDelay: 0 }, { often: 3 }]) {
    assert.throws(
      () => run(graph, { reconnect } as unknown as RunOptions),
      (error: RxGstError) => error.code === 'ERR_OPTION' && /reconnect/.test(error.message),
    )
  }
})

test.run()
