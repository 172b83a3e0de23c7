import * as assert from 'uvu/assert'
import type { Picture } from '../../src/core/frame'
import { MediaHub } from '../../src/observables/media-hub'
import type { Consumer } from '../../src/observables/media-source'
import { suite } from '../support/suite'
import { FakeSource, Pictures, audio } from './fake-media'

const test = suite('media-hub')

interface Log extends Consumer {
  room: number
  seen: number[]
  heard: number[]
  ended: (Error | null)[]
}

function consumer(room = Infinity, more: Partial<Consumer> = {}): Log {
  const log: Log = {
    room,
    seen: [],
    heard: [],
    ended: [],
    picture: ({ sequence }) => void log.seen.push(sequence),
    audio: ({ position }) => void log.heard.push(position),
    end: error => void log.ended.push(error),
  }
  return Object.assign(log, more)
}

function hubOf({ block = false } = {}) {
  const demands: { pictures: boolean; audio: boolean }[] = []
  const hub = new MediaHub({ block, onDemand: demand => void demands.push(demand) })
  const source = new FakeSource()
  hub.setSource(source)
  return { hub, source, demands, pictures: new Pictures() }
}

const fill = (source: FakeSource, pictures: Pictures, count: number, from = 0) => {
  for (let i = from; i < from + count; i++) source.pictures.push(pictures.make(i))
}

test('every consumer sees every picture and hears every sound, and all memory goes back', () => {
  const { hub, source, pictures } = hubOf()
  const [a, b] = [consumer(), consumer()]
  hub.add(a)
  hub.add(b)
  fill(source, pictures, 5)
  source.audio.push(audio(0, 10), audio(10, 10))
  hub.pump()
  for (const one of [a, b])
    assert.equal(
      [one.seen, one.heard],
      [
        [0, 1, 2, 3, 4],
        [0, 10],
      ],
    )
  assert.is(pictures.open, 0)
})

test('without consumers everything stays where it is', () => {
  const { hub, source, pictures } = hubOf()
  fill(source, pictures, 3)
  source.audio.push(audio(0, 10))
  hub.pump()
  assert.equal([source.pictures.length, source.audio.length], [3, 1])
})

test('one that comes gets what waits', () => {
  const { hub, source, pictures } = hubOf()
  fill(source, pictures, 3)
  const a = consumer()
  hub.add(a)
  assert.equal(a.seen, [0, 1, 2])
})

test('no more pictures are taken than there is room for', () => {
  const { hub, source, pictures } = hubOf()
  const a = consumer(2, { picture: ({ sequence }: Picture) => (a.seen.push(sequence), void a.room--) })
  fill(source, pictures, 5)
  hub.add(a)
  assert.equal([a.seen, source.pictures.length], [[0, 1], 3])
  a.room = 1
  hub.pump()
  assert.equal([a.seen, source.pictures.length], [[0, 1, 2], 2])
})

test('the emptiest sets the pace; with block the fullest does', () => {
  for (const block of [false, true]) {
    const { hub, source, pictures } = hubOf({ block })
    const full = consumer(0)
    hub.add(full)
    hub.add(consumer(Infinity))
    fill(source, pictures, 3)
    hub.pump()
    assert.equal(full.seen, block ? [] : [0, 1, 2], `block ${block}`)
  }
})

test('with block, one that does not hold has no say beside one that does', () => {
  const { hub, source, pictures } = hubOf({ block: true })
  const idle = consumer(0, { holds: false })
  hub.add(idle)
  const recorder = consumer(Infinity)
  hub.add(recorder)
  fill(source, pictures, 3)
  hub.pump()
  assert.equal(recorder.seen, [0, 1, 2])
})

test('the source that it reads tells it what comes, an earlier one does not', () => {
  const { hub, source, pictures } = hubOf()
  const a = consumer()
  hub.add(a)
  const { listener } = source
  fill(source, pictures, 2)
  listener!()
  assert.equal(a.seen, [0, 1])
  const next = new FakeSource()
  hub.setSource(next)
  assert.is(source.listener, null)
  fill(next, pictures, 1, 2)
  next.listener!()
  assert.equal(a.seen, [0, 1, 2])
  hub.end(null)
  assert.is(next.listener, null)
})

test('a source that says that nothing waits is not asked', () => {
  const { hub, source, pictures } = hubOf()
  const a = consumer()
  hub.add(a)
  hub.pump()
  assert.equal(source.asked, [])
  fill(source, pictures, 1)
  hub.pump()
  assert.equal([source.asked.length, a.seen], [1, [0]])
})

test('an end, a loss and a pause come behind all that has come, told or not', () => {
  const ways: [string, (hub: MediaHub) => void][] = [
    ['end', hub => hub.end(null)],
    ['loss', hub => hub.lose()],
    ['pause', hub => hub.pause()],
  ]
  for (const [name, way] of ways) {
    const { hub, source, pictures } = hubOf()
    const order: (number | string)[] = []
    hub.add(
      consumer(Infinity, {
        picture: ({ sequence }: Picture) => void order.push(sequence),
        audio: undefined,
        discontinuity: () => void order.push('seam'),
        end: () => void order.push('end'),
      }),
    )
    source.silent = true
    fill(source, pictures, 2)
    hub.pump()
    assert.equal(order, [], name)
    way(hub)
    assert.equal(order, [0, 1, name === 'end' ? 'end' : 'seam'], name)
  }
})

test('with block, one that goes no longer holds back the others', () => {
  const { hub, source, pictures } = hubOf({ block: true })
  const [full, other] = [consumer(0), consumer()]
  hub.add(full)
  hub.add(other)
  fill(source, pictures, 3)
  hub.pump()
  assert.equal(other.seen, [])
  // The queue may be full, and then nothing more comes that would wake anybody.
  hub.remove(full)
  assert.equal(other.seen, [0, 1, 2])
})

test('sound is read only where somebody hears', () => {
  const { hub, source, demands } = hubOf()
  const blind = consumer(Infinity, { audio: undefined })
  hub.add(blind)
  source.audio.push(audio(0, 10))
  hub.pump()
  assert.is(source.audio.length, 1)
  const deaf = consumer(Infinity, { picture: undefined })
  hub.add(deaf)
  assert.equal(deaf.heard, [0])
  hub.remove(blind)
  hub.remove(deaf)
  hub.remove(deaf)
  assert.equal(demands, [
    { pictures: true, audio: false },
    { pictures: true, audio: true },
    { pictures: false, audio: true },
    { pictures: false, audio: false },
  ])
})

test('one that leaves in the middle of a hand-out gets nothing more', () => {
  const { hub, source, pictures } = hubOf()
  const late = consumer()
  const first = consumer(Infinity, {
    picture({ sequence }: Picture) {
      first.seen.push(sequence)
      hub.remove(first)
      hub.remove(late)
    },
  })
  hub.add(first)
  hub.add(late)
  fill(source, pictures, 3)
  hub.pump()
  assert.equal([first.seen, late.seen], [[0], []])
  assert.is(pictures.open, source.pictures.length, 'what was read went back')
})

test('one that pumps while it is served does not reorder anything', () => {
  const { hub, source, pictures } = hubOf()
  const a = consumer(Infinity, {
    picture({ sequence }: Picture) {
      a.seen.push(sequence)
      if (sequence === 0) fill(source, pictures, 2, 3)
      hub.pump()
    },
  })
  hub.add(a)
  fill(source, pictures, 3)
  hub.pump()
  assert.equal(a.seen, [0, 1, 2, 3, 4])
})

test('a consumer that throws does not stop the hub for ever', () => {
  const { hub, source, pictures } = hubOf()
  let angry = true
  const a = consumer(Infinity, {
    picture({ sequence }: Picture) {
      a.seen.push(sequence)
      if (angry) throw new Error('mine')
    },
  })
  hub.add(a)
  fill(source, pictures, 1)
  assert.throws(() => hub.pump(), 'mine')
  angry = false
  fill(source, pictures, 1, 1)
  hub.pump()
  assert.equal(a.seen, [0, 1])
})

test('the end: what waits comes first, then each is told once', () => {
  const { hub, source, pictures } = hubOf()
  const [a, b] = [consumer(), consumer()]
  hub.add(a)
  hub.add(b)
  fill(source, pictures, 2)
  const error = new Error('lost')
  hub.end(error)
  hub.end(null)
  assert.equal(
    [a.seen, b.seen],
    [
      [0, 1],
      [0, 1],
    ],
  )
  assert.equal([a.ended, b.ended], [[error], [error]])
  assert.is(hub.ended?.error, error)
  assert.is(hub.source, null)
})

test('one that comes after the end is told at once', () => {
  const { hub } = hubOf()
  hub.end(null)
  const a = consumer()
  hub.add(a)
  assert.equal(a.ended, [null])
})

test('a new source is a new beginning', () => {
  const { hub, pictures } = hubOf()
  hub.end(null)
  const next = new FakeSource()
  hub.setSource(next)
  const a = consumer()
  hub.add(a)
  fill(next, pictures, 1, 7)
  hub.pump()
  assert.equal([a.seen, a.ended], [[7], []])
})

/** hubOf(), with an earlier connection that left two pictures and a sound. */
function lost({
  block = false,
  capacity = 10,
  keepOld = false,
}: {
  block?: boolean
  capacity?: number
  keepOld?: boolean
} = {}) {
  const pictures = new Pictures()
  const hub = new MediaHub({ block, capacity, keepOld, onDemand: () => {} })
  const source = new FakeSource()
  hub.setSource(source)
  fill(source, pictures, 2)
  source.audio.push(audio(0, 10))
  const next = new FakeSource()
  fill(next, pictures, 2, 2)
  next.audio.push(audio(500, 10))
  return { hub, source, next, pictures }
}

test('a connection that is gone: what it left comes first, then the seam, then what is new', () => {
  const { hub, next, pictures } = lost()
  const order: (number | string)[] = []
  const a = consumer(Infinity, {
    picture: ({ sequence }) => void order.push(sequence),
    audio: ({ position }) => void order.push(`sound ${position}`),
    discontinuity: () => void order.push('seam'),
  })
  hub.add(a)
  assert.equal(order, ['sound 0', 0, 1])
  hub.lose()
  assert.is(hub.source, null)
  hub.setSource(next)
  hub.pump()
  assert.equal(order, ['sound 0', 0, 1, 'seam', 'sound 500', 2, 3])
  assert.is(pictures.open, 0)
})

test('one without room gets what an earlier connection left when it has; nothing of the next overtakes it', () => {
  const { hub, next, pictures } = lost({ block: true })
  let discontinuities = 0
  const a = consumer(1, {
    picture: ({ sequence }: Picture) => (a.seen.push(sequence), void a.room--),
    discontinuity: () => void discontinuities++,
  })
  hub.add(a)
  hub.lose()
  hub.setSource(next)
  hub.pump()
  assert.equal([a.seen, a.heard, discontinuities, next.pictures.length], [[0], [0], 0, 2])
  a.room = 2
  hub.pump()
  assert.equal([a.seen, a.heard, discontinuities], [[0, 1, 2], [0, 500], 1])
  assert.is(pictures.open, next.pictures.length)
})

test('what connections leave is bounded, from the end that the policy says', () => {
  for (const keepOld of [false, true]) {
    const { hub, next, pictures } = lost({ capacity: 3, keepOld })
    hub.lose()
    hub.setSource(next)
    hub.lose()
    const a = consumer()
    hub.add(a)
    assert.equal(a.seen, keepOld ? [0, 1, 2] : [1, 2, 3])
    assert.is(pictures.open, 0)
  }
})

test('what was left is given at the end too, and is gone after stop()', () => {
  const { hub, next, pictures } = lost()
  hub.lose()
  const error = new Error('lost')
  hub.end(error)
  const a = consumer()
  hub.add(a)
  assert.equal([a.seen, a.heard, a.ended], [[0, 1], [0], [error]])
  assert.is(pictures.open, next.pictures.length)
  const stopped = lost()
  stopped.hub.lose()
  stopped.hub.end(null)
  stopped.hub.dropRest()
  assert.is(stopped.pictures.open, stopped.next.pictures.length)
})

test('a pause is a seam behind what has come', () => {
  const { hub, source } = lost()
  const order: (number | string)[] = []
  hub.add(
    consumer(Infinity, {
      picture: ({ sequence }) => void order.push(sequence),
      audio: undefined,
      discontinuity: () => void order.push('seam'),
    }),
  )
  fill(source, new Pictures(), 1, 7)
  hub.pause()
  assert.equal(order, [0, 1, 7, 'seam'])
})

test('a consumer that is slower than its stream: some pictures a turn, and all of them at its end', async () => {
  const { hub, source, pictures } = hubOf()
  let made = 100
  // Each time that it is given a picture, another one has come.
  const slow = consumer(Infinity, {
    picture: ({ sequence }) => (fill(source, pictures, 1, made++), slow.seen.push(sequence)),
  })
  hub.add(slow)
  fill(source, pictures, 100)
  hub.pump()
  const first = slow.seen.length
  assert.ok(first > 0 && first <= 64, `${first} in one turn`)
  await new Promise(resolve => setImmediate(resolve))
  assert.ok(slow.seen.length > first && slow.seen.length <= first + 64, `${slow.seen.length} after the next one`)
  slow.picture = ({ sequence }) => void slow.seen.push(sequence)
  hub.end(null)
  assert.is(slow.seen.length, made)
  assert.is(pictures.open, 0)
})

test.run()
