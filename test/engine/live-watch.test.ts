import * as assert from 'uvu/assert'
import type { RxGstError } from '../../src/index'
import { LiveWatch, standstill } from '../../src/engine/live-watch'
import type { PadCounts, Standstill } from '../../src/addon/pipeline'
import { el, gst, pipeline } from '../../src/pipelines/graph/graph'
import type { GraphData } from '../../src/pipelines/graph/data'
import { isLiveGraph, lastElements, liveChoice } from '../../src/pipelines/live'
import { withQueues } from '../../src/pipelines/live-queues'
import { FakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'

const test = suite('live graphs: when they have started, and when they never will')

const never = { lastTimestamp: null, lastRunning: null, lastArrival: null, caps: null }
const none: PadCounts = { buffers: 0, bytes: 0, keyframes: 0, ended: false, ...never }

function padOf(pad: string, element: string): string | null {
  const [owner, name] = pad.split('.') as [string, string]
  return owner === element ? name : null
}

const PLAYER = gst`rtmp2src ! flvdemux name=d  d.video ! fakesink name=v  d.audio ! fakesink name=a`

function watch(patience: number, graph = PLAYER) {
  const clock = new FakeClock()
  const counts: Record<string, PadCounts> = {}
  const reported: string[] = []
  let still: Standstill | null = null
  let held = false
  const pads = {
    held: () => held,
    pads: (element: string) => ({ now: Object.keys(counts).flatMap(pad => padOf(pad, element) ?? []) }),
    counts: (pad: string) => counts[pad] ?? null,
    standstill: () => still,
  }
  const onDead = ({ code }: RxGstError): void => void reported.push(code)
  const events = { onStarted: () => reported.push('started'), onDead }
  const watching = new LiveWatch(graph, pads, events, { patienceMs: patience, stallTimeout: 30_000 }, clock)
  const stand = (at: Standstill | null): void => void (still = at)
  const hold = (on: boolean): void => void (held = on)
  return { clock, counts, reported, watching, stand, hold }
}

test('started: every end has its first buffer, or its end', () => {
  const { clock, counts, reported, watching } = watch(10_000)
  clock.pass(1000)
  assert.equal(watching.waiting, ['v', 'a'])
  counts['a.sink'] = { ...none, buffers: 1 }
  counts['v.sink'] = none
  clock.pass(1000)
  assert.equal([watching.waiting, reported], [['v'], []])
  counts['v.sink'] = { ...none, ended: true }
  clock.pass(1000)
  assert.equal(reported, ['started'])
  watching[Symbol.dispose]()
  assert.is(clock.timers, 0)
})

test('a standstill is told once, when nothing has moved for three seconds, or for the patience', () => {
  const at: Standstill = { held: 'm.audio_0', starved: 'm.video_0', queue: null, buffers: 10 }
  for (const [patience, from, to] of [
    [10_000, 2900, 3600],
    [300, 250, 900],
  ] as const) {
    const { clock, reported, stand } = watch(patience)
    stand(at)
    clock.pass(from)
    assert.equal(reported, [])
    clock.pass(to - from)
    assert.equal(reported, ['ERR_STANDSTILL'])
    assert.is(clock.timers, 0)
  }
  // A process that stood still finds the graph as it was: it had no turn to move.
  const asleep = watch(10_000)
  asleep.stand(at)
  asleep.clock.pass(500)
  asleep.clock.block(60_000)
  asleep.clock.pass(1000)
  assert.equal(asleep.reported, [])
  asleep.clock.pass(1000)
  assert.equal(asleep.reported, ['ERR_STANDSTILL'])
  const { clock, reported, stand } = watch(10_000)
  for (let buffers = 0; buffers < 20; buffers++) {
    stand({ ...at, buffers })
    clock.pass(1000)
    stand({ ...at, buffers, starved: 'm.video_1' })
    clock.pass(2000)
    stand(null)
    clock.pass(500)
  }
  assert.equal(reported, [])
})

test('the error names the pad that waits, the one it waits for, and what to change', () => {
  const at = { held: 'm.audio_0', starved: 'm.video_0', queue: null, buffers: 1 }
  const what = 'the graph stands still: m.audio_0 waits for m.video_0, and what would bring that waits as well'
  assert.is(standstill(at).message, `${what}; put a queue before each pad of m`)
  assert.is(standstill(at).element, 'm')
  assert.match(standstill({ ...at, queue: 'q' }).message, /; the queue q is full: raise its max-size-time/)
  const first = standstill({ ...at, held: 'a.sink', starved: 'v.sink' })
  assert.match(first.message, /; put a queue before a, or set its async to false$/)
})

test('a source that has brought something and falls silent is lost; one whose bytes are held back is not', () => {
  const { clock, counts, reported, hold } = watch(10_000)
  clock.pass(100_000)
  counts['rtmp2src0.src'] = { ...none, buffers: 5 }
  hold(true)
  clock.pass(100_000)
  hold(false)
  clock.pass(29_000)
  assert.equal(reported, [])
  counts['rtmp2src0.src'] = { ...none, buffers: 6 }
  clock.pass(29_000)
  assert.equal(reported, [])
  clock.pass(2000)
  assert.equal(reported, ['ERR_STALLED'])
  assert.is(clock.timers, 0)
})

test('a process that stood still has seen little', () => {
  const { clock, counts, reported, stand } = watch(10_000)
  counts['rtmp2src0.src'] = { ...none, buffers: 5 }
  stand({ held: 'm.audio_0', starved: 'm.video_0', queue: null, buffers: 10 })
  clock.pass(1000)
  // Of a gap a second counts.
  clock.block(60_000)
  clock.pass(500)
  assert.equal(reported, [])
  stand(null)
  clock.pass(26_000)
  assert.equal(reported, [])
  clock.pass(2000)
  assert.equal(reported, ['ERR_STALLED'])
})

test('so is one that makes its source itself, once all of its pads are silent', () => {
  for (const factory of ['uridecodebin', 'uridecodebin3', 'urisourcebin']) {
    const graph = pipeline(el(factory, { name: 'u', uri: 'rtmp://h/a/b' }), el('fakesink', { name: 'v' }))
    const { clock, counts, reported } = watch(10_000, graph)
    for (let buffers = 1; buffers < 5; buffers++) {
      counts['u.src_0'] = { ...none, buffers: 5, ended: buffers > 2 }
      counts['u.src_1'] = { ...none, buffers }
      clock.pass(29_000)
    }
    assert.equal(
      reported.filter(word => word !== 'started'),
      [],
      factory,
    )
    clock.pass(2000)
    assert.equal(
      reported.filter(word => word !== 'started'),
      ['ERR_STALLED'],
      factory,
    )
  }
  const { clock, counts, reported } = watch(10_000, gst`uridecodebin name=u uri="rtmp://h/a/b" ! fakesink name=v`)
  for (const pad of ['u.src_0', 'u.src_1']) counts[pad] = { ...none, buffers: 5, ended: true }
  clock.pass(60_000)
  assert.equal(
    reported.filter(word => word !== 'started'),
    [],
  )
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
  assert.equal(
    lastElements(graph).map(({ name }) => name),
    ['a', 'b'],
  )
})

test('a queue of its own before each pad of what joins streams of one source, where there is none', () => {
  const added = (graph: GraphData): string[] => {
    const { elements, links } = withQueues(graph)
    const more = elements.filter(({ name }) => name.startsWith('live-queue-'))
    return more.map(({ name }) => {
      const before = links.find(({ to }) => to.element === name)!.from
      const behind = links.find(({ from }) => from.element === name)!.to
      return `${before.element} → ${behind.element}.${behind.pad ?? ''}`
    })
  }
  const start = 'rtmp2src ! flvdemux name=d  flvmux name=m ! fakesink'
  const text = (line: string): GraphData => gst(Object.assign([`${start}  ${line}`], { raw: [`${start}  ${line}`] }))
  const both = added(text('d.video ! h264parse name=v ! m.  d.audio ! aacparse name=a ! m.audio'))
  assert.equal(both, ['v → m.', 'a → m.audio'])
  assert.equal(added(text('d.video ! queue ! h264parse ! m.  d.audio ! aacparse name=a ! m.')), ['a → m.'])
  assert.equal(added(text('d.video ! m.video  d.audio ! m.audio')), ['d → m.video', 'd → m.audio'])
  // What fits where is found out when the pads come.
  assert.equal(added(text('d.video ! m.  d.audio ! m.')), [])
  // Sources with threads of their own, one branch alone, and branches that nothing joins.
  assert.equal(added(text('d.video ! h264parse ! m.  audiotestsrc ! avenc_aac ! m.')), [])
  assert.equal(added(text('d.video ! h264parse ! m.')), [])
  assert.equal(added(gst`rtmp2src ! flvdemux name=d  d.video ! fakesink  d.audio ! fakesink`), [])
  const same = text('d.video ! queue ! m.  d.audio ! queue ! m.')
  assert.equal(withQueues(same), { elements: [...same.elements], links: [...same.links] })
})

test.run()
