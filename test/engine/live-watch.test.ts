import * as assert from 'uvu/assert'
import type { RxGstError } from '../../src/index'
import { LiveWatch } from '../../src/engine/live-watch'
import type { PadCounts, Standstill } from '../../src/native/binding'
import { gst } from '../../src/pipelines/graph'
import { isLiveGraph, lastElements, liveChoice } from '../../src/pipelines/live-graph'
import { FakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'

const test = suite('live graphs: when they have started, and when they never will')

const never = { lastTimestamp: null, lastRunning: null, lastArrival: null, caps: null }
const none: PadCounts = { buffers: 0, bytes: 0, keyframes: 0, ended: false, ...never }

function watch(patience: number) {
  const clock = new FakeClock()
  const counts: Record<string, PadCounts> = {}
  const heard: string[] = []
  let still: Standstill | null = null
  const graph = gst`rtmp2src ! flvdemux name=d  d.video ! fakesink name=v  d.audio ! fakesink name=a`
  let held = false
  const pads = {
    held: () => held,
    pads: () => ({ now: ['sink'] }),
    counts: (pad: string) => counts[pad] ?? null,
    standstill: () => still,
  }
  const onDead = ({ code }: RxGstError): void => void heard.push(code)
  const events = { onStarted: () => heard.push('started'), onDead }
  const watching = new LiveWatch(graph, pads, events, { patience, stallTimeout: 30_000 }, clock)
  const stand = (at: Standstill | null): void => void (still = at)
  const hold = (on: boolean): void => void (held = on)
  return { clock, counts, heard, watching, stand, hold }
}

test('started: every end has its first buffer, or its end', () => {
  const { clock, counts, heard, watching } = watch(10_000)
  clock.pass(1000)
  assert.equal(watching.waiting, ['v', 'a'])
  counts['a.sink'] = { ...none, buffers: 1 }
  counts['v.sink'] = none
  clock.pass(1000)
  assert.equal([watching.waiting, heard], [['v'], []])
  counts['v.sink'] = { ...none, ended: true }
  clock.pass(1000)
  assert.equal(heard, ['started'])
  watching[Symbol.dispose]()
  assert.is(clock.timers, 0)
})

test('a standstill is told once, when nothing has moved for three seconds, or for the patience', () => {
  const at: Standstill = { held: 'm.audio_0', starved: 'm.video_0', queue: null, buffers: 10 }
  for (const [patience, from, to] of [[10_000, 2900, 3600], [300, 250, 900]] as const) {
    const { clock, heard, stand } = watch(patience)
    stand(at)
    clock.pass(from)
    assert.equal(heard, [])
    clock.pass(to - from)
    assert.equal(heard, ['ERR_STANDSTILL'])
    assert.is(clock.timers, 0)
  }
  const { clock, heard, stand } = watch(10_000)
  for (let buffers = 0; buffers < 20; buffers++) {
    stand({ ...at, buffers })
    clock.pass(1000)
    stand({ ...at, buffers, starved: 'm.video_1' })
    clock.pass(2000)
    stand(null)
    clock.pass(500)
  }
  assert.equal(heard, [])
})

test('a source that has brought something and falls silent is lost; one whose bytes are held back is not', () => {
  const { clock, counts, heard, hold } = watch(10_000)
  clock.pass(100_000)
  counts['rtmp2src0.src'] = { ...none, buffers: 5 }
  hold(true)
  clock.pass(100_000)
  hold(false)
  clock.pass(29_000)
  assert.equal(heard, [])
  counts['rtmp2src0.src'] = { ...none, buffers: 6 }
  clock.pass(29_000)
  assert.equal(heard, [])
  clock.pass(2000)
  assert.equal(heard, ['ERR_STALLED'])
  assert.is(clock.timers, 0)
})

test('which graphs are live, and what the program has set itself', () => {
  const live = [gst`rtmp2src ! fakesink`, gst`rtmpsrc ! fakesink`, gst`uridecodebin uri="rtmp://h/a/b" ! fakesink`]
  const others = [
    gst`filesrc ! fakesink`,
    gst`videotestsrc is-live=true ! flvmux ! rtmp2sink location="rtmp://h/a/b"`,
    gst`uridecodebin uri="file:///x" ! fakesink`,
  ]
  assert.equal([...live, ...others].map(isLiveGraph), [true, true, true, false, false, false])
  const graph = gst`rtmp2src ! queue name=q max-size-time=0 ! tee name=t
    t. ! queue name=p silent=true ! fakesink name=a async=true
    t. ! queue name=r leaky=downstream ! fakesink name=b sync=true`
  assert.equal(liveChoice(graph), { async: ['a'], limits: ['q', 'r'] })
  assert.equal(lastElements(graph).map(({ name }) => name), ['a', 'b'])
})

test.run()
