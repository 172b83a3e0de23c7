import * as assert from 'uvu/assert'
import { maskSecrets, secretForms } from '../../src/core/secrets'
import { suite } from '../support/suite'
import { hostileStrings } from './hostile-strings'

const test = suite('secrets')

test('masks every occurrence, the longest secret first', () => {
  assert.is(maskSecrets('key=abc, again abc', ['abc']), 'key=***, again ***')
  assert.is(maskSecrets('abcdef abc', ['abc', 'abcdef']), '*** ***')
  assert.is(maskSecrets('nothing here', ['abc']), 'nothing here')
  assert.is(maskSecrets('', ['abc']), '')
  assert.is(maskSecrets('abc', []), 'abc')
})

test('overlapping occurrences leave no end behind', () => {
  assert.is(maskSecrets('<abcdefgh>', ['abcd', 'cdefgh']), '<***>')
  assert.is(maskSecrets('<ababa>', ['aba']), '<***>')
  assert.is(maskSecrets('abcabc', ['abc']), '******')
})

test('leaves secrets alone that are in every sentence', () => {
  assert.is(maskSecrets('a rainy day', ['', 'a', 'ai']), 'a rainy day')
})

test('no secret is a pattern', () => {
  assert.is(maskSecrets('aXc a.c', ['a.c']), 'aXc ***')
  assert.is(maskSecrets('(.*)+$ and $& and [x]', ['(.*)+$', '[x]']), '*** and $& and ***')
})

test('hides hostile secrets in hostile texts', () => {
  for (const secret of hostileStrings(500)) {
    if (secret.length < 3 || secret.includes('*')) continue // the mask itself is made of stars
    for (const text of [secret, `before ${secret} after`, `${secret}${secret}`, `"${secret}"`]) {
      const masked = maskSecrets(text, [secret])
      assert.not.ok(masked.includes(secret), JSON.stringify({ secret, text, masked }))
    }
  }
})

test('hides a secret in each spelling that can turn up', () => {
  for (const secret of ['p/a:s@s?w"o\\r%d!', 'schlüssel', 'a b&c=d', "it's", '🔑🔑', 'line\nend', '100%']) {
    const encoded = encodeURIComponent(secret)
    const json = JSON.stringify({ secret })
    const texts = [secret, encoded, encoded.replace(/%../g, hex => hex.toLowerCase()), encodeURI(secret), json]
    const forms = secretForms(secret)
    for (const text of texts) assert.match(maskSecrets(`<${text}>`, forms), /\*\*\*/, `${secret} in ${text}`)
    assert.not.ok(json.length > 4 && maskSecrets(json, forms).includes(secret))
  }
})

test('knows how GStreamer writes strings', () => {
  assert.ok(secretForms('key?t=ü').includes('key\\?t\\=\\303\\274'))
  assert.ok(secretForms('key?t=1').includes('key\\\\?t\\\\=1'), 'as in a dot dump')
})

test('takes a lone surrogate', () => {
  assert.ok(secretForms('abc\ud800').includes('abc\ud800'))
})

test.run()
