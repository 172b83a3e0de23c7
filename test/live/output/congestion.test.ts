import * as assert from 'uvu/assert'
import { Congestion } from '../../../src/live/output/congestion'
import { suite } from '../../support/suite'

const test = suite('congestion')

const BITRATE = 2_000_000
const MIN = 200_000
const BESIDE = 150_000
const FPS = 25
const LOOK_INTERVAL_MS = 50

/** An encoder that holds its bitrate, a queue, and a link of so many bit/s: what waits, and what was decided. */
class Link {
  readonly congestion = new Congestion({ bitrate: BITRATE, min: MIN, beside: BESIDE, pictureMs: 1000 / FPS })
  readonly changes: { at: number; bitrate: number }[] = []
  now = 0
  worst = 0
  #queue: { bits: number; ms: number }[] = []
  #out = 0
  #connection = {}

  /** ms of pictures that wait. */
  get queueMs(): number {
    return this.#queue.reduce((sum, { ms }) => sum + ms, 0)
  }

  run(seconds: number, link: number): this {
    for (const until = this.now + seconds * 1000; this.now < until; ) {
      this.now += 10
      this.#queue.push({ bits: (this.congestion.bitrate + BESIDE) / 100, ms: 10 })
      let room = link / 100
      for (let first = this.#queue[0]; first && room > 0; first = this.#queue[0]) {
        const sent = Math.min(room, first.bits)
        room -= sent
        this.#out += sent / 8
        if (sent === first.bits) this.#queue.shift()
        else {
          first.ms *= 1 - sent / first.bits
          first.bits -= sent
        }
      }
      this.worst = Math.max(this.worst, this.queueMs)
      if (this.now % LOOK_INTERVAL_MS !== 0) continue
      const bitrate = this.congestion.observe({
        now: this.now,
        connection: this.#connection,
        queueMs: this.queueMs,
        outBytes: this.#out,
      })
      if (bitrate !== null) this.changes.push({ at: this.now, bitrate })
    }
    return this
  }

  /** The queue is lost, and bytes count from zero. */
  reconnect(): void {
    this.#queue = []
    this.#out = 0
    this.#connection = {}
  }
}

const ENOUGH = 2 * BITRATE

test('a network that takes it all: nothing changes', () => {
  const link = new Link().run(600, ENOUGH)
  assert.equal(link.changes, [])
})

test('half of it: lower within a second, the queue is empty, then what the network takes within three more', () => {
  const link = new Link().run(10, ENOUGH).run(4, BITRATE / 2)
  const [first, last] = [link.changes[0]!, link.changes.at(-1)!]
  assert.ok(first.at - 10_000 <= 1000, `${first.at}`)
  assert.ok(last.at - first.at <= 3000, `${last.at}`)
  assert.ok(last.bitrate > 0.7 * (BITRATE / 2) && last.bitrate + BESIDE < BITRATE / 2, `${last.bitrate}`)
  assert.ok(link.worst < 700, `${link.worst} ms waited`)
})

test('the network is as it was: back at the full bitrate in steps, and there it stays', () => {
  const link = new Link().run(10, ENOUGH).run(10, BITRATE / 2)
  const before = link.congestion.bitrate
  link.run(60, ENOUGH)
  assert.is(link.congestion.bitrate, BITRATE)
  const up = link.changes.filter(({ at }) => at > 20_000).map(({ bitrate }) => bitrate)
  for (const [index, bitrate] of up.entries())
    assert.ok(bitrate > (up[index - 1] ?? before) && bitrate - (up[index - 1] ?? before) <= BITRATE / 10 + 1)
  const { length } = link.changes
  link.run(600, ENOUGH)
  assert.is(link.changes.length, length)
})

test('a network that stays narrow: tries become rare, and none makes more than half a second wait', () => {
  const link = new Link().run(60, BITRATE / 2)
  link.worst = 0
  link.run(600, BITRATE / 2)
  const tries = link.changes.filter(
    ({ at, bitrate }, index) =>
      at > 60_000 && bitrate > (link.changes[index - 1]?.bitrate ?? 0) && bitrate + BESIDE > BITRATE / 2,
  )
  assert.ok(tries.length >= 2 && tries.length <= 30, `${tries.length} tries in ten minutes`)
  assert.ok(link.worst < 500, `${link.worst} ms waited`)
})

test('a narrower network still: never below the least', () => {
  const link = new Link().run(5, ENOUGH).run(20, MIN / 2)
  assert.is(link.congestion.bitrate, MIN)
  assert.ok(link.changes.every(({ bitrate }) => bitrate >= MIN))
})

test('a network that takes nothing for a while, then all', () => {
  const link = new Link().run(5, ENOUGH).run(3, 0).run(90, ENOUGH)
  assert.is(link.congestion.bitrate, BITRATE)
})

test('a busy moment is no congestion', () => {
  const link = new Link()
  for (let n = 0; n < 60; n++) link.run(0.9, ENOUGH).run(0.1, 0)
  assert.equal(link.changes, [])
})

test('another connection is measured anew', () => {
  const link = new Link().run(10, ENOUGH)
  link.reconnect()
  link.run(3, BITRATE / 2)
  assert.ok(
    link.congestion.bitrate + BESIDE < BITRATE / 2 && link.congestion.bitrate > BITRATE / 4,
    `${link.congestion.bitrate}`,
  )
})

test('five pictures a second: one that waits is none too many', () => {
  const slow = new Congestion({ bitrate: BITRATE, min: MIN, beside: BESIDE, pictureMs: 200 })
  for (let now = 0; now < 60_000; now += 100)
    assert.is(slow.observe({ now, connection: slow, queueMs: now % 200 === 0 ? 200 : 0, outBytes: now * 250 }), null)
})

test.run()
