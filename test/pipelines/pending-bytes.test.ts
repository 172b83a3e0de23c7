import * as assert from 'uvu/assert'
import { pendingBytes } from '../../src/pipelines/pending-bytes'
import { suite } from '../support/suite'

const test = suite('pending bytes')

test('what comes out does not add up, however long and with whatever overhead', () => {
  // 128-byte chunks, ten packets of 200 bytes each look: 10 × (12 + 1) bytes of headers, FLV's own are 15 a packet.
  let pending = 0
  for (let i = 0; i < 1e6; i++) pending = pendingBytes(pending, 10 * (200 + 13), 10 * (200 + 15))
  assert.is(pending, 0)
})

test('what does not come out adds up, and a long message that ends is forgotten', () => {
  let pending = 0
  for (let i = 0; i < 10; i++) pending = pendingBytes(pending, 100_000, 0)
  assert.ok(pending > 990_000 && pending <= 1_000_000, String(pending))
  assert.is(pendingBytes(pending, 1000, 1_001_000), 0)
})

test('silence and pings are nothing', () => {
  let pending = 0
  for (let i = 0; i < 1000; i++) pending = pendingBytes(pending, i % 100 ? 0 : 18, 0)
  assert.is(pending, 0)
})

test.run()
