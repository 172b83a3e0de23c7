import { Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import {
  latest,
  mapAsync,
  type FrameWithAudio,
  type MapAsyncOptions,
  type RxGstError,
  type VideoFrame,
} from '../../../src/index'
import { suite } from '../../support/suite'
import { Frames, heard, isOpen, Works } from './media'

const test = suite('mapAsync, latest')

function started<R = number>(options: MapAsyncOptions = {}, operator = mapAsync) {
  const frames = new Frames()
  const works = new Works<VideoFrame, R>()
  const source = new Subject<VideoFrame>()
  const results: R[] = []
  const drops: number[] = []
  const onDrop = (dropped: number) => void drops.push(dropped)
  const ends: unknown[] = []
  const subscription = source.pipe(operator(works.fn, { ...options, onDrop })).subscribe({
    next: result => void results.push(result),
    error: (error: unknown) => void ends.push(error),
    complete: () => void ends.push('complete'),
  })
  const send = (count: number) => Array.from({ length: count }, () => source.next(frames.make()))
  /** The numbers of the frames that the function was called with. */
  const called = () => works.calls.map(({ value }) => value.sequence)
  return { frames, works, source, results, drops, ends, subscription, send, called }
}

test('no more at a time than allowed; the next when one is done', async () => {
  const { works, send, called, results } = started({ concurrency: 2 })
  send(5)
  assert.equal(called(), [0, 1])
  works.calls[0]!.resolve(0)
  await heard()
  assert.equal([called(), results], [[0, 1, 2], [0]])
})

test('results in the order of the values; what is ahead of its turn keeps its place', async () => {
  const { works, send, called, results } = started({ concurrency: 3 })
  send(4)
  works.calls[2]!.resolve(2)
  works.calls[1]!.resolve(1)
  await heard()
  assert.equal([results, called()], [[], [0, 1, 2]])
  works.calls[0]!.resolve(0)
  await heard()
  assert.equal(
    [results, called()],
    [
      [0, 1, 2],
      [0, 1, 2, 3],
    ],
  )
})

test('ordered: false gives results as they come', async () => {
  const { works, send, called, results } = started({ concurrency: 3, ordered: false })
  send(4)
  works.calls[2]!.resolve(2)
  await heard()
  assert.equal([results, called()], [[2], [0, 1, 2, 3]])
})

test('a full buffer drops the oldest, or the newest; each drop is counted', async () => {
  for (const [dropPolicy, next] of [
    ['oldest', 4],
    ['newest', 1],
  ] as const) {
    const { works, send, called, drops, frames } = started({ bufferSize: 3, dropPolicy })
    send(7)
    assert.equal(drops, [1, 2, 3])
    assert.is(frames.open, 4)
    works.calls[0]!.resolve(0)
    await heard()
    assert.equal(called(), [0, next])
  }
})

test('without a buffer what comes while all is taken is dropped', async () => {
  const { works, send, called, drops } = started({ bufferSize: 0 })
  send(3)
  assert.equal(drops, [1, 2])
  works.calls[0]!.resolve(0)
  await heard()
  send(1)
  assert.equal(called(), [0, 3])
})

test('latest: the newest waits, the ones between go', async () => {
  const { works, send, called, drops, results, source, ends } = started({}, latest)
  send(6)
  assert.equal(drops, [1, 2, 3, 4])
  works.calls[0]!.resolve(0)
  await heard()
  assert.equal(called(), [0, 5])
  source.complete()
  assert.equal(ends, [])
  works.calls[1]!.resolve(5)
  await heard()
  assert.equal([results, ends], [[0, 5], ['complete']])
})

test('a frame is open while its function works, and closed when that has settled', async () => {
  const { works, send, frames } = started()
  send(1)
  await heard()
  assert.ok(isOpen(works.calls[0]!.value))
  works.calls[0]!.resolve(1)
  await heard()
  assert.is(frames.open, 0)
})

test('a frame that is in the result is the receiver’s', async () => {
  const { works, send, frames, results } = started<unknown>({ concurrency: 4 })
  send(4)
  const [a, b, c, d] = works.calls
  a!.resolve(a!.value)
  b!.resolve({ frame: b!.value, audio: null })
  c!.resolve([c!.value, 'a name'])
  d!.resolve({ picture: d!.value })
  await heard()
  assert.is(results.length, 4)
  assert.equal(
    [a, b, c, d].map(call => isOpen(call!.value)),
    [true, true, true, false],
  )
  assert.is(frames.open, 3)
})

test('frames with their sound are closed too', async () => {
  const frames = new Frames()
  const source = new Subject<FrameWithAudio>()
  source.pipe(mapAsync(async ({ audio }) => audio.samples.length)).subscribe()
  source.next(frames.withAudio())
  assert.is(frames.open, 1)
  await heard()
  assert.is(frames.open, 0)
})

test('what the function rejects with, or throws, is the error; other work is told', async () => {
  const { works, send, ends, source } = started({ concurrency: 2 })
  send(3)
  works.calls[0]!.reject('mine')
  await heard()
  assert.equal([ends, source.observed, works.calls[1]!.signal.aborted], [['mine'], false, true])

  const frames = new Frames()
  const errors: unknown[] = []
  const other = new Subject<VideoFrame>()
  other
    .pipe(
      mapAsync(() => {
        throw 'mine'
      }),
    )
    .subscribe({ error: (error: unknown) => void errors.push(error) })
  other.next(frames.make())
  await heard()
  assert.equal([errors, frames.open], [['mine'], 0])
})

test('the signal of work that is done stays as it is', async () => {
  const { works, send, subscription } = started({ concurrency: 2 })
  send(2)
  works.calls[0]!.resolve(0)
  await heard()
  subscription.unsubscribe()
  assert.equal(
    works.calls.map(({ signal }) => signal.aborted),
    [false, true],
  )
})

test('a function that is not async will do', async () => {
  const results: number[] = []
  const source = new Subject<VideoFrame>()
  const frames = new Frames()
  source.pipe(mapAsync(({ sequence }) => sequence)).subscribe(result => void results.push(result))
  for (let i = 0; i < 3; i++) source.next(frames.make())
  await heard()
  assert.equal([results, frames.open], [[0, 1, 2], 0])
})

test('ERR_OPTION', () => {
  for (const options of [
    { concurrency: 0 },
    { bufferSize: -1 },
    { dropPolicy: 'block' },
    { ordered: 1 },
    { concurency: 2 },
    null,
  ]) {
    assert.throws(
      () => mapAsync(() => 0, options as MapAsyncOptions),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
  }
})

test.run()
