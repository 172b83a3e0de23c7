import { setImmediate } from 'node:timers'
import * as assert from 'uvu/assert'
import { prepare } from '../../src/engine/prepare'
import { el, pipeline } from '../../src/index'
import { suite } from '../support/suite'

const test = suite('graphs that start at once')

test('are built in a turn of the event loop each', async () => {
  const graph = pipeline(el('fakesrc'), el('fakesink'))
  await prepare(graph)
  let turn = 0
  let over = false
  const count = (): void => {
    turn++
    if (!over) setImmediate(count)
  }
  setImmediate(count)
  const turns = await Promise.all([1, 2, 3].map(() => prepare(graph).then(() => turn)))
  over = true
  assert.is(new Set(turns).size, 3, `turns ${turns.join(', ')}`)
})

test.run()
