import * as assert from 'uvu/assert'
import { parseSrtUrl } from '../../../src/core/addresses/srt'
import { RxGstError } from '../../../src/core/errors'
import { parseSrtTarget, sameSrtTarget } from '../../../src/live/output/srt/srt-target'
import { suite } from '../../support/suite'

const test = suite('output: addresses of SRT')

const refused = (text: string) => (error: unknown) =>
  error instanceof RxGstError && error.code === 'ERR_URL' && !error.message.includes(text)

test('an address means the same to a target and to a capture', () => {
  for (const text of [
    'srt://:9000',
    'srt://host:9000?latency=200000',
    'srt://[::1]:9000?mode=listener',
    'srt://host:9000?mode=rendezvous&adapter=192.168.1.7',
    'srt://host:9000?passphrase=correct%20horse&pbkeylen=32&streamid=#!::r=cam,m=publish',
  ]) {
    assert.equal(parseSrtTarget(text), parseSrtUrl(text), text)
  }
})

test('what srtsink cannot do is refused, and not quoted', () => {
  for (const query of [
    'mode=rendezvous&adapter=here',
    'adapter=192.168.1.7',
    'passphrase=short',
    `streamid=${'ä'.repeat(257)}`,
  ])
    assert.throws(() => parseSrtTarget(`srt://host:9000?${query}`), refused(query), query)
})

test('two streams of one server are two targets', () => {
  const at = (query: string) => parseSrtTarget(`srt://host:9000${query}`)
  assert.is(sameSrtTarget(at('?streamid=one'), at('?streamid=two')), false)
  assert.is(sameSrtTarget(at('?streamid=one&latency=200'), at('?streamid=one')), true)
})

test.run()
