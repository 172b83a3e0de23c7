import * as assert from 'uvu/assert'
import { sumSrt, worstSrt } from '../../../src/core/addresses/srt-stats'
import { readSrtStats } from '../../../src/live/capture/inputs/srt-stats'
import { SentStats } from '../../../src/live/output/srt/sent-stats'
import { suite } from '../../support/suite'

const test = suite('srt: statistics')

const numbers = (sent: number, callers: number) => ({
  'packets-sent': sent,
  'packets-sent-lost': sent / 10,
  'packets-retransmitted': sent / 10,
  'packets-sent-dropped': 0,
  'send-rate-mbps': 2 * callers,
  'rtt-ms': 30 * callers,
  'negotiated-latency-ms': 120 * callers,
  callers,
})

test('of a listener: a mean of its callers, their sums, and what those had who have left', () => {
  const stats = new SentStats()
  assert.is(stats.stats, null)
  stats.look({ callers: 0 })
  assert.is(stats.stats, null, 'nobody is connected')
  stats.look(numbers(300, 2))
  const both = {
    rttMs: 30,
    latencyMs: 120,
    bitrate: 4e6,
    sent: 300,
    received: 0,
    lost: 30,
    retransmitted: 30,
    dropped: 0,
  }
  assert.equal(stats.stats, both)
  stats.look(numbers(100, 1))
  assert.equal(stats.stats, { ...both, bitrate: 2e6 })
  stats.look(numbers(150, 1))
  assert.equal(stats.stats, { ...both, bitrate: 2e6, sent: 350, lost: 35, retransmitted: 35 })
})

test('of a capture: what GStreamer does not tell is null, and not 0', () => {
  const text = 'application/x-srt-statistics, packets-received=(gint64)90, packets-received-lost=(int)3, '
  const found = readSrtStats(
    `${text}receive-rate-mbps=(double)2.5, rtt-ms=(double)1.25, negotiated-latency-ms=(int)80;`,
  )!
  const expected = { rttMs: 1.25, latencyMs: 80, bitrate: 2_500_000, sent: 0, received: 90, lost: 3 }
  assert.equal(found, { ...expected, retransmitted: null, dropped: null })
  const told = { ...found, retransmitted: 4 }
  assert.equal(sumSrt(found, told), { ...told, received: 180, lost: 6 })
  assert.equal(worstSrt([null, { ...told, rttMs: 9 }, found]), {
    ...told,
    rttMs: 9,
    bitrate: 5_000_000,
    received: 180,
    lost: 6,
  })
  assert.is(worstSrt([null]), null)
})

test.run()
