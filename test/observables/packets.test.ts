import { take } from 'rxjs'
import * as assert from 'uvu/assert'
import type { Packet } from '../../src/core/pipeline-types'
import { PacketHub } from '../../src/observables/packets'
import { suite } from '../support/suite'

const test = suite('packets')

const packet = (n: number): Packet => ({
  data: Uint8Array.of(n),
  caps: 'application/x-test',
  timestamp: n,
  dts: n,
  duration: 1,
  keyframe: true,
  header: false,
})

function hubOf() {
  const queue: Packet[] = []
  const demands: boolean[] = []
  const hub = new PacketHub(
    max => queue.splice(0, max),
    wanted => void demands.push(wanted),
  )
  return {
    hub,
    queue,
    demands,
    fill: (count: number) => void queue.push(...Array.from({ length: count }, (_, n) => packet(n))),
  }
}

test('what waits is given in order, past the bound of one turn; demand is told once', () => {
  const { hub, demands, fill, queue } = hubOf()
  fill(1000)
  hub.pump()
  assert.is(queue.length, 1000, 'nobody takes it')
  const seen: number[] = []
  const first = hub.packets$.subscribe(({ timestamp }) => void seen.push(timestamp!))
  const second = hub.packets$.subscribe()
  hub.pump()
  assert.equal(
    seen,
    Array.from({ length: 1000 }, (_, n) => n),
  )
  first.unsubscribe()
  assert.equal(demands, [true])
  second.unsubscribe()
  assert.equal(demands, [true, false])
})

test('who leaves in the middle of a packet gets no other; the rest stays', () => {
  const { hub, queue, fill } = hubOf()
  fill(300)
  let seen = 0
  hub.packets$.pipe(take(2)).subscribe(() => seen++)
  hub.pump()
  assert.is(seen, 2)
  assert.is(queue.length, 300 - 256, 'one turn was taken off')
})

test('one that asks for more in the middle is served by the loop', () => {
  const { hub, fill, queue } = hubOf()
  const seen: number[] = []
  hub.packets$.subscribe(({ timestamp }) => {
    seen.push(timestamp!)
    if (seen.length === 1) fill(2), hub.pump()
  })
  queue.push(packet(9))
  hub.pump()
  assert.equal(seen, [9, 0, 1])
})

test('the end and an error reach all, and those that come later', () => {
  for (const error of [null, new Error('gone')]) {
    const { hub } = hubOf()
    const log: unknown[] = []
    const observer = { error: (caught: unknown) => void log.push(caught), complete: () => void log.push(null) }
    hub.packets$.subscribe(observer)
    hub.packets$.subscribe(observer)
    hub.end(error)
    hub.end(new Error('twice'))
    hub.packets$.subscribe(observer)
    assert.equal(log, [error, error, error])
  }
})

test.run()
