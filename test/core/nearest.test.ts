import * as assert from 'uvu/assert'
import { nearestName } from '../../src/core/nearest'
import { suite } from '../support/suite'

const test = suite('nearestName')

const KNOWN = ['width', 'height', 'fps', 'bufferSize', 'audioSampleRate']

test('finds typing errors, other cases and other separators', () => {
  assert.is(nearestName('widht', KNOWN), 'width')
  assert.is(nearestName('wdth', KNOWN), 'width')
  assert.is(nearestName('Height', KNOWN), 'height')
  assert.is(nearestName('buffer_size', KNOWN), 'bufferSize')
  assert.is(nearestName('audio-sample-rates', KNOWN), 'audioSampleRate')
})

test('guesses nothing that is far away', () => {
  for (const name of ['', 'x', 'colour', 'fill', 'depth9', 'a'.repeat(100_000)]) {
    assert.is(nearestName(name, KNOWN), null, name.slice(0, 20))
  }
  assert.is(nearestName('width', []), null)
})

test.run()
