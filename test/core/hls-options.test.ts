import * as assert from 'uvu/assert'
import { checkHosts, checkVariant } from '../../src/core/addresses/hls'
import { suite } from '../support/suite'

const test = suite('options of HLS')

test('variants and hosts, and what is none', () => {
  assert.is(checkVariant(), 'best')
  assert.equal(checkVariant({ maxHeight: 720 }), { maxHeight: 720 })
  assert.equal(checkHosts(['CDN.local', '10.0.0.1:8443', '*', '[::1]']), ['cdn.local', '10.0.0.1:8443', '*', '[::1]'])
  assert.equal(checkHosts(['a:65535', 'a:080']), ['a:65535', 'a:80'])
  for (const bad of ['worst', null, { maxHeight: 0 }, { bitrate: 1 }, 3])
    assert.throws(
      () => checkVariant(bad),
      (error: { code: string }) => error.code === 'ERR_OPTION',
    )
  for (const bad of ['cdn', [1], ['http://a'], ['a/b'], ['a b'], [''], ['a:0'], ['a:65536'], ['[::1]:99999']])
    assert.throws(
      () => checkHosts(bad),
      (error: { code: string }) => error.code === 'ERR_OPTION',
    )
})

test.run()
