// What holds for every operator, whatever it does.
import fc, { runs } from '../../support/fast-check'
import {
  filter,
  Observable,
  Subject,
  takeUntil,
  VirtualTimeScheduler,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs'
import * as assert from 'uvu/assert'
import {
  closeDropped,
  closing,
  keepAlive,
  latest,
  mapAsync,
  pairByTimestamp,
  sampleFps,
  writeTo,
  type RTMPOutput,
  type VideoFrame,
} from '../../../src/index'
import { LeasedFrame } from '../../../src/core/frame'
import { suite } from '../../support/suite'
import { Frames, heard, isOpen, Works } from './media'

const test = suite('operators: laws')

/** What an operator meets: its source is a test's; so are a second stream, the ends of async work, and the time. */
class World {
  readonly frames = new Frames()
  readonly source = new Subject<VideoFrame>()
  readonly other = new Subject<VideoFrame>()
  readonly works = new Works<VideoFrame, unknown>()
  readonly clock = new VirtualTimeScheduler(undefined, 0)

  wait(ms: number): void {
    this.clock.maxFrames = this.clock.frame + ms
    this.clock.flush()
    this.clock.frame = this.clock.maxFrames
  }
}

const OPERATORS: Record<string, (world: World) => OperatorFunction<VideoFrame, unknown>> = {
  sampleFps: () => sampleFps(10),
  latest: ({ works }) => latest(works.fn),
  'mapAsync, one at a time': ({ works }) => mapAsync(works.fn, { bufferSize: 3 }),
  'mapAsync, three at a time': ({ works }) =>
    mapAsync(works.fn, { concurrency: 3, bufferSize: 2, dropPolicy: 'newest' }),
  'mapAsync, out of order': ({ works }) => mapAsync(works.fn, { concurrency: 3, bufferSize: 0, ordered: false }),
  'keepAlive with a substitute': ({ frames, clock }) =>
    keepAlive({ each: 50, with: () => frames.make(), scheduler: clock }),
  'keepAlive without': ({ clock }) => keepAlive({ each: 50, scheduler: clock }),
  pairByTimestamp: ({ other }) => pairByTimestamp(other, { bufferSize: 3, tolerance: 30 }),
  closeDropped: () =>
    closeDropped(filter(({ sequence }) => sequence % 3 === 0) as MonoTypeOperatorFunction<VideoFrame>),
  writeTo: () => writeTo(taker),
}

/** An output that takes everything over at once, and does its own work. */
const taker = {
  async writeAndClose(frame: VideoFrame) {
    frame.close()
    return { dropped: false }
  },
} as unknown as RTMPOutput

/** Closes what it gets, as a good receiver does. */
const closeAll = closing((_: unknown) => {})

for (const [name, make] of Object.entries(OPERATORS)) {
  test(`${name}: stops listening to a synchronous observable when unsubscribed`, async () => {
    const world = new World()
    const stop = new Subject<void>()
    let emitted = 0
    const synchronous = new Observable<VideoFrame>(subscriber => {
      while (!subscriber.closed && emitted < 10) {
        emitted++
        subscriber.next(world.frames.make())
        if (emitted === 3) stop.next()
      }
    })
    synchronous.pipe(make(world), takeUntil(stop)).subscribe(closeAll)
    assert.is(emitted, 3)
    world.works.calls.forEach(({ resolve }) => resolve(null))
    await heard()
    assert.is(world.frames.open, 0)
  })

  test(`${name}: an error of the source passes, at once, and ends all work`, async () => {
    const world = new World()
    const errors: unknown[] = []
    world.source.pipe(make(world)).subscribe({ next: closeAll, error: (error: unknown) => void errors.push(error) })
    for (let i = 0; i < 5; i++) world.source.next(world.frames.make())
    const mine = new Error('mine')
    world.source.error(mine)
    assert.equal(errors, [mine])
    assert.is(world.other.observed, false)
    assert.ok(
      world.works.calls.every(({ signal }) => signal.aborted),
      'its work is told',
    )
    world.works.calls.forEach(({ reject, signal }) => reject(signal.reason))
    world.wait(200)
    await heard()
    assert.is(errors.length, 1)
    assert.is(world.frames.open, 0)
  })

  test(`${name}: completion passes when all is done`, async () => {
    const world = new World()
    let completed = 0
    world.source.pipe(make(world)).subscribe({ next: closeAll, complete: () => void completed++ })
    for (let i = 0; i < 5; i++) world.source.next(world.frames.make())
    world.source.complete()
    world.other.complete()
    for (let done = 0; done < world.works.calls.length; done++) {
      assert.is(completed, 0)
      world.works.calls[done]!.resolve(null)
      await heard()
    }
    await heard()
    assert.is(completed, 1)
    world.wait(200)
    assert.is(completed, 1)
    assert.is(world.frames.open, 0)
  })

  test(`${name}: unsubscribing leaves the source, tells the work, closes the rest`, async () => {
    const world = new World()
    const subscription = world.source.pipe(make(world)).subscribe(closeAll)
    for (let i = 0; i < 5; i++) world.source.next(world.frames.make())
    subscription.unsubscribe()
    assert.equal([world.source.observed, world.other.observed], [false, false])
    assert.ok(world.works.calls.every(({ signal }) => signal.aborted))
    // It may finish all the same, and even keep its frame: nobody is there to take it.
    world.works.calls.forEach(({ value, resolve }) => resolve(value))
    await heard()
    assert.is(world.frames.open, 0)
  })

  test(`${name}: leaves no frame open in any order of events, and hands over none twice or closed`, async () => {
    const event = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ type: fc.constant('next' as const), step: fc.integer({ min: 0, max: 90 }) }),
      },
      {
        weight: 6,
        arbitrary: fc.record({ type: fc.constant('other' as const), step: fc.integer({ min: 0, max: 90 }) }),
      },
      {
        weight: 5,
        arbitrary: fc.record({ type: fc.constantFrom('resolve' as const, 'pass' as const), which: fc.nat(3) }),
      },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 120 }) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('reject' as const), which: fc.nat(3) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          type: fc.constantFrom('complete', 'completeOther', 'error', 'errorOther', 'unsubscribe', 'leaveAtNext'),
        }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async events => {
        const world = new World()
        const { frames, source, other, works } = world
        const got = new Set<VideoFrame>()
        const times = { source: 0, other: 0 }
        let leave = false
        const subscription = new Observable<unknown>(subscriber =>
          source.pipe(make(world)).subscribe(subscriber),
        ).subscribe({
          next(value) {
            for (const frame of [value].flat().filter(one => one instanceof LeasedFrame)) {
              assert.ok(isOpen(frame), 'it is open')
              assert.not.ok(got.has(frame), 'it comes once')
              got.add(frame)
              frame.close()
            }
            if (leave) subscription.unsubscribe()
          },
          // One who asks for more at the end gets nothing more, and that is closed too.
          error: () => push(source, 'source', 10),
          complete: () => push(other, 'other', 10),
        })
        // Out of a Subject that nobody listens to a frame would fall: a real source does not emit then.
        const push = (to: Subject<VideoFrame>, stream: 'source' | 'other', step: number): void => {
          if (to.observed && !to.closed) to.next(frames.make((times[stream] += step)))
        }
        for (const one of events) {
          const pending = works.calls['which' in one ? one.which : 0]
          if (one.type === 'next') push(source, 'source', one.step)
          else if (one.type === 'other') push(other, 'other', one.step)
          else if (one.type === 'resolve') pending?.resolve(null)
          else if (one.type === 'pass') pending?.resolve(pending.value)
          else if (one.type === 'reject') pending?.reject(new Error('mine'))
          else if (one.type === 'wait') world.wait(one.ms)
          else if (one.type === 'complete') source.complete()
          else if (one.type === 'completeOther') other.complete()
          else if (one.type === 'error') source.error(new Error('mine'))
          else if (one.type === 'errorOther') other.error(new Error('mine'))
          else if (one.type === 'unsubscribe') subscription.unsubscribe()
          else leave = true
          if ('which' in one) {
            works.calls.splice(works.calls.indexOf(pending!), pending ? 1 : 0)
            await heard()
          }
          // Every queue has a bound: both of a pairing, a buffer and what is at work.
          assert.ok(frames.open <= 8, `${frames.open} are open`)
        }
        subscription.unsubscribe()
        works.calls.forEach(({ value, resolve }, i) => resolve(i % 2 ? value : null))
        await heard()
        assert.is(frames.open, 0)
      }),
      { numRuns: runs(150) },
    )
  })
}

test.run()
