import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import type { VideoFrame } from '../../src/core/types'
import { MediaHub } from '../../src/observables/media-hub'
import { FrameReader } from '../../src/observables/reader'
import { suite } from '../support/suite'
import { FakeSource, Pictures } from './fake-media'

const test = suite('reader')

function setup({ block = false } = {}) {
  const hub = new MediaHub({ block, onDemand: () => {} })
  const source = new FakeSource()
  const pictures = new Pictures()
  hub.setSource(source)
  const push = (count: number, from = 0) => {
    for (let i = from; i < from + count; i++) source.pictures.push(pictures.make(i))
    hub.pump()
  }
  return { hub, source, pictures, push }
}

const frameReader = (hub: MediaHub, { capacity = 10, keepOld = false, holds = false } = {}) =>
  new FrameReader(hub, capacity, keepOld, holds).open()

test('pictures in order, to those who ask, each its own', async () => {
  const { hub, pictures, push } = setup()
  const reader = frameReader(hub)
  const asked = [reader.next(), reader.next(), reader.next()]
  push(2)
  push(2, 2)
  const frames = (await Promise.all(asked)) as VideoFrame[]
  assert.equal(
    frames.map(({ sequence }) => sequence),
    [0, 1, 2],
  )
  frames.forEach(frame => frame.close())
  assert.is(((await reader.next()) as VideoFrame).sequence, 3)
  reader.close()
  assert.is(pictures.open, 1, "the last frame is the caller's still")
})

test('a lone reader leaves pictures in the native queue until it asks', async () => {
  const { hub, source, push } = setup()
  const reader = frameReader(hub)
  push(5)
  assert.is(source.pictures.length, 5)
  await reader.next()
  assert.is(source.pictures.length, 4)
  reader.close()
})

test('beside others it keeps the newest, or the oldest, within its bound', async () => {
  for (const keepOld of [false, true]) {
    const { hub, pictures, push } = setup()
    const reader = frameReader(hub, { capacity: 3, keepOld })
    const greedy = { room: Infinity, picture: () => {}, end: () => {} }
    hub.add(greedy)
    push(10)
    assert.is(pictures.open, 3)
    const frames = [await reader.next(), await reader.next(), await reader.next()] as VideoFrame[]
    assert.equal(
      frames.map(({ sequence }) => sequence),
      keepOld ? [0, 1, 2] : [7, 8, 9],
    )
    reader.close()
  }
})

test('what it did not get is counted on the next', async () => {
  const { hub, push } = setup()
  const reader = frameReader(hub, { capacity: 1 })
  hub.add({ room: Infinity, picture: () => {}, end: () => {} })
  push(1)
  assert.is(((await reader.next()) as VideoFrame).droppedBefore, 0)
  push(5, 1)
  assert.is(((await reader.next()) as VideoFrame).droppedBefore, 4)
  reader.close()
})

test('an aborted call leaves the queue to the others', async () => {
  const { hub, push } = setup()
  const reader = frameReader(hub)
  const controller = new AbortController()
  const first = reader.next(controller.signal)
  const second = reader.next()
  controller.abort(new Error('why'))
  const error = await first.then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.instance(error, RxGstError)
  assert.is((error as RxGstError).code, 'ERR_ABORTED')
  assert.is(((error as RxGstError).cause as Error).message, 'why')
  push(1)
  assert.is(((await second) as VideoFrame).sequence, 0)
  reader.close()
})

test('a signal that is aborted already takes nothing', async () => {
  const { hub, source, push } = setup()
  const reader = frameReader(hub)
  push(1)
  const code = await reader.next(AbortSignal.abort()).then(
    () => '',
    (error: RxGstError) => error.code,
  )
  assert.is(code, 'ERR_ABORTED')
  assert.is(source.pictures.length, 1)
  reader.close()
})

test('a signal outlives thousands of calls without holding on to them', async () => {
  const { hub, push } = setup()
  const reader = frameReader(hub)
  const { signal } = new AbortController()
  let listeners = 0
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
  for (let i = 0; i < 100; i++) {
    const next = reader.next(signal)
    push(1, i)
    ;((await next) as VideoFrame).close()
  }
  assert.is(listeners, 0)
  reader.close()
})

test('an end without an error is null, also for those who wait and those who come', async () => {
  const { hub } = setup()
  const reader = frameReader(hub)
  const waiting = reader.next()
  hub.end(null)
  assert.is(await waiting, null)
  assert.is(await reader.next(), null)
})

test('an end with an error is that error, after what was there', async () => {
  const { hub, pictures, push } = setup()
  const reader = frameReader(hub)
  hub.add({ room: Infinity, picture: () => {}, end: () => {} })
  push(1)
  const error = new RxGstError('ERR_CONNECTION_LOST', 'gone')
  hub.end(error)
  const frame = (await reader.next()) as VideoFrame
  assert.is(frame.sequence, 0)
  frame.close()
  for (let i = 0; i < 2; i++)
    assert.is(
      await reader.next().then(
        () => null,
        (reason: unknown) => reason,
      ),
      error,
    )
  assert.is(pictures.open, 0)
})

test('close ends those who wait and gives back what it held', async () => {
  const { hub, pictures, push } = setup()
  const reader = frameReader(hub)
  hub.add({ room: Infinity, picture: () => {}, end: () => {} })
  push(4)
  assert.is(pictures.open, 4)
  reader.close()
  assert.is(pictures.open, 0)
  const empty = frameReader(hub)
  const waiting = empty.next()
  empty.close()
  assert.is(await waiting, null)
})

test('the blocking form waits, and gets what comes meanwhile', () => {
  const { hub, source, pictures } = setup()
  const reader = frameReader(hub)
  source.onWait = () => {
    if (source.waits === 3) source.pictures.push(pictures.make(0))
  }
  assert.is((reader.nextSync() as VideoFrame).sequence, 0)
  assert.is(source.waits, 3)
  source.onWait = () => hub.end(null)
  assert.is(reader.nextSync(), null)
  reader.close()
})

test('the blocking form throws the error of the end', () => {
  const { hub, source } = setup()
  const reader = frameReader(hub)
  source.onWait = () => hub.end(new RxGstError('ERR_STALLED', 'quiet'))
  assert.throws(
    () => reader.nextSync(),
    (error: RxGstError) => error.code === 'ERR_STALLED',
  )
  reader.close()
})

test('with block, an iterator holds the stream between two turns of its loop; one that asks does not', async () => {
  for (const holds of [true, false]) {
    const { hub, source, push } = setup({ block: true })
    const reader = frameReader(hub, { holds })
    const seen: number[] = []
    hub.add({ room: Infinity, picture: ({ sequence }) => void seen.push(sequence), end: () => {} })
    push(3)
    assert.equal([seen.length, source.pictures.length], holds ? [0, 3] : [3, 0], `holds ${holds}`)
    reader.close()
  }
})

test('a loop that is slower than its stream lets the event loop turn; those who ask are served in order', async () => {
  const { hub, source, pictures, push } = setup()
  const reader = frameReader(hub)
  let [ticks, made] = [0, 0]
  const timer = setInterval(() => ticks++, 1)
  for (let i = 0; i < 10; i++) {
    push(2, made)
    made += 2
    const [one, two] = (await Promise.all([reader.next(), reader.next()])) as VideoFrame[]
    assert.equal([one!.sequence, two!.sequence], [made - 2, made - 1])
    for (const frame of [one!, two!]) frame.close()
    for (const end = performance.now() + 15; performance.now() < end; );
  }
  clearInterval(timer)
  assert.ok(ticks >= 8, `${ticks} turns`)
  // An abort is heard after the turn.
  push(1, made)
  for (const end = performance.now() + 15; performance.now() < end; );
  const control = new AbortController()
  const asked = reader.next(control.signal)
  control.abort()
  assert.is(
    await asked.then(
      () => '',
      (error: RxGstError) => error.code,
    ),
    'ERR_ABORTED',
  )
  assert.is(source.pictures.length, 1, 'and takes nothing')
  reader.close()
  source.pictures.splice(0).forEach(({ lease }) => lease.release())
  assert.is(pictures.open, 0)
})

test.run()
