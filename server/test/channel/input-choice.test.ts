import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { InputChoice } from '../../src/channel/input-choice.js'

const test = suite('channel: choice of the input on air')

const good = { live: true, silentMs: 10 }
const silent = { live: true, silentMs: 5000 }
const away = { live: false, silentMs: 10 }

test('the first healthy one is on air; a preferred one comes back after holdBack', () => {
  const choice = new InputChoice(2, 3000)
  assert.is(choice.step([away, away], 0), null)
  assert.is(choice.step([away, good], 100), 1)
  assert.is(choice.step([good, good], 200), 1)
  assert.is(choice.step([good, good], 3199), 1)
  assert.is(choice.step([good, good], 3200), 0)
  assert.is(choice.step([silent, good], 4000), 1)
  // A break of its health begins the wait anew.
  assert.is(choice.step([good, good], 5000), 1)
  assert.is(choice.step([silent, good], 7000), 1)
  assert.is(choice.step([good, good], 7500), 1)
  assert.is(choice.step([good, good], 9000), 1)
  assert.is(choice.step([away, away], 9100), null)
  assert.is(choice.step([good, away], 9200), 0)
})

test('a choice by hand holds until that input is lost', () => {
  const choice = new InputChoice(3, 0)
  choice.step([good, good, away], 0)
  assert.is(choice.switchTo(2), false)
  assert.is(choice.onAir, 0)
  assert.is(choice.switchTo(1), true)
  assert.is(choice.step([good, good, good], 60_000), 1)
  assert.is(choice.step([good, silent, good], 60_100), 0)
  assert.is(choice.step([good, good, good], 60_200), 0)
})

test.run()
