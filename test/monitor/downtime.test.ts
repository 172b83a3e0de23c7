import * as assert from 'uvu/assert'
import type { StreamPhase } from '../../src/core/types'
import { Downtime } from '../../src/monitor/downtime'
import type { Reading } from '../../src/monitor/observation'
import { suite } from '../support/suite'
import { reading } from './readings'

const test = suite('downtime of an output')

test('counts what is away, from when it went', () => {
  const it = new Downtime()
  const look = (second: number, phase: StreamPhase, live: number | false) =>
    Object.values(it.look(reading({ phase, live }) as Reading, second * 1000))
  assert.equal(look(0, 'idle', false), [null, null])
  assert.equal(look(1, 'connecting', false), [null, null])
  assert.equal(look(2, 'live', 2000), [0, 0])
  assert.equal(look(3, 'stalled', 2000), [0, 0])
  assert.equal(look(5, 'reconnecting', 2000), [2, 0], 'one of two')
  assert.equal(look(6, 'reconnecting', false), [3, 0], 'the other one too')
  assert.equal(look(9, 'failed', false), [6, 3])
  assert.equal(look(10, 'reconnecting', 9500), [7, 0])
  assert.equal(look(11, 'live', 9500), [0, 0])
  assert.equal(look(12, 'stopping', false), [null, null])
  assert.equal(look(13, 'stopped', false), [null, null])
})

test.run()
