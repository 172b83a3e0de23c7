import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/index'
import { untaken, withCodec } from '../../../src/live/output/untaken-codec'
import { suite } from '../../support/suite'

const test = suite('what a server says of an output’s codec')

test('a server that names what it takes, without the codec', () => {
  assert.is(untaken('hevc', 'avc1'), 'says that it takes avc1, and not hvc1: it may not pass on HEVC')
  assert.match(untaken('hevc', 'avc1 av01')!, /takes avc1, av01, and not hvc1/)
  assert.is(untaken('hevc', 'avc1 hvc1'), null)
  assert.is(untaken('av1', 'avc1 hvc1'), 'says that it takes avc1, hvc1, and not av01: it may not pass on AV1')
  assert.is(untaken('h264', 'av01'), null, 'H.264 is taken by all')
})

test('a connection that was lost soon: perhaps because of its codec', () => {
  const lost = new RxGstError('ERR_CONNECTION_LOST', 'it was closed', { element: 'rxrtmpsink', retryable: false })
  const told = withCodec(lost, 'hevc', 300)
  assert.is(told.message, 'it was closed; perhaps the server does not take HEVC')
  assert.equal([told.code, told.element, told.retryable], [lost.code, lost.element, lost.retryable])
  assert.is(withCodec(lost, 'h264', 300), lost)
  assert.is(withCodec(lost, 'hevc', 60_000), lost)
  const other = new RxGstError('ERR_STALLED', 'it took no bytes')
  assert.is(withCodec(other, 'hevc', 300), other)
})

test.run()
