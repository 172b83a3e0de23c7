import { distinctUntilChanged, filter, from, lastValueFrom, map, mergeMap, take, takeWhile, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import { closeDropped, closing, type VideoFrame } from '../../../src/index'
import { suite } from '../../support/suite'
import { Frames, isOpen } from './media'

const test = suite('closing, closeDropped')

test('closing: open inside, closed behind', async () => {
  const frames = new Frames()
  const size = closing((frame: VideoFrame) => frame.data.length + frame.sequence)
  const source = from([frames.make(), frames.make()])
  assert.equal(await lastValueFrom(source.pipe(map(size), toArray())), [1, 2])
  assert.is(frames.open, 0)
})

test('closing: after a throw, after a promise, after a rejection', async () => {
  const frames = new Frames()
  assert.throws(
    () =>
      closing(() => {
        throw new Error('mine')
      })(frames.make()),
    'mine',
  )
  assert.is(frames.open, 0)

  const frame = frames.make()
  const promised = closing(async ({ sequence }: VideoFrame) => sequence)(frame)
  assert.ok(isOpen(frame))
  assert.is(await promised, 1)
  assert.not.ok(isOpen(frame))

  const rejected = closing(async (_: VideoFrame) => Promise.reject(new Error('mine')))(frames.make())
  assert.is(await rejected.catch((error: Error) => error.message), 'mine')
  assert.is(frames.open, 0)
})

test('closing: what the result holds goes on', async () => {
  const frames = new Frames()
  const [a, b] = [frames.make(), frames.make()]
  assert.is(closing(([first]: VideoFrame[]) => first)([a, b]), a)
  assert.equal([isOpen(a), isOpen(b)], [true, false])
  a.close()
  const both = frames.withAudio()
  assert.is(await closing(async (value: typeof both) => value)(both), both)
  assert.is(frames.open, 1)
})

test('closing: mergeMap with promises', async () => {
  const frames = new Frames()
  const source = from([frames.make(), frames.make(), frames.make()])
  const numbers = await lastValueFrom(source.pipe(mergeMap(closing(async ({ sequence }) => sequence)), toArray()))
  assert.equal([numbers, frames.open], [[0, 1, 2], 0])
})

test('closeDropped: what an operator leaves out is closed, what passes is open', async () => {
  const operators = {
    filter: filter(({ sequence }: VideoFrame) => sequence % 2 === 0),
    take: take<VideoFrame>(2),
    takeWhile: takeWhile(({ sequence }: VideoFrame) => sequence < 3),
    distinct: distinctUntilChanged<VideoFrame>((a, b) => a.sequence >> 1 === b.sequence >> 1),
  }
  for (const [name, operator] of Object.entries(operators)) {
    const frames = new Frames()
    const numbers: number[] = []
    const source = from([0, 1, 2, 3, 4]).pipe(map(() => frames.make()))
    source.pipe(closeDropped(operator)).subscribe(frame => {
      assert.ok(isOpen(frame), name)
      numbers.push(frame.sequence)
      frame.close()
    })
    assert.equal(numbers, { filter: [0, 2, 4], take: [0, 1], takeWhile: [0, 1, 2], distinct: [0, 2, 4] }[name], name)
    assert.is(frames.open, 0, name)
  }
})

test('closeDropped: what the operator throws is the error, and its value is closed', () => {
  const frames = new Frames()
  const angry = filter<VideoFrame>(() => {
    throw 'mine'
  })
  let said: unknown
  from([frames.make()])
    .pipe(closeDropped(angry))
    .subscribe({ error: (error: unknown) => void (said = error) })
  assert.equal([said, frames.open], ['mine', 0])
})

test.run()
