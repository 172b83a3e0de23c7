import { NEVER, retry, take, throwError, VirtualTimeScheduler, type Subscription } from 'rxjs'
import { TestScheduler, type RunHelpers } from 'rxjs/testing'
import * as assert from 'uvu/assert'
import { keepAlive, RxGstError, type KeepAliveOptions } from '../../../src/index'
import { suite } from '../../support/suite'
import { Frames } from './media'

const test = suite('keepAlive')

const marbles = (body: (helpers: RunHelpers) => void): void =>
  void new TestScheduler((actual, expected) => assert.equal(actual, expected)).run(body)

test('a source that talks passes unchanged', () => {
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('     -a--b---c--(d|)')
    expectObservable(source.pipe(keepAlive({ each: 5, with: () => 'x' }))).toBe('-a--b---c--(d|)')
    expectSubscriptions(source.subscriptions).toBe('^----------!')
  })
})

test('silence is filled, once after each interval, until the source is back', () => {
  marbles(({ hot, expectObservable }) => {
    const source = hot('                                                    -a--------------b-|')
    expectObservable(source.pipe(keepAlive({ each: 4, with: () => 'x' }))).toBe('-a---x---x---x--b-|')
  })
})

test('a source that never begins is filled too; an end is an end', () => {
  marbles(({ hot, expectObservable }) => {
    expectObservable(hot('---------#').pipe(keepAlive({ each: 4, with: () => 'x' }))).toBe('----x---x#')
    const endless = hot<string>('---').pipe(keepAlive({ each: 2, with: () => 'x' }))
    expectObservable(endless, '^------!').toBe('--x-x-x-')
  })
})

test('without a substitute silence is ERR_STALLED, after which retry() may come', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('                                   -a--b-----c|')
    const stalled = new RxGstError('ERR_STALLED', 'the source has been silent for 4 ms')
    expectObservable(source.pipe(keepAlive({ each: 4 }))).toBe('-a--b---#', undefined, stalled)
    expectSubscriptions(source.subscriptions).toBe(['        ^-------!', '^-------!', '--------^-------!'])
    expectObservable(source.pipe(keepAlive({ each: 4 }), retry(1))).toBe('-a--b----a--b---#', undefined, stalled)
  })
})

test('what the substitute throws is the error', () => {
  marbles(({ hot, expectObservable }) => {
    const angry = (): string => {
      throw 'mine'
    }
    expectObservable(hot('-a-----').pipe(keepAlive({ each: 2, with: angry }))).toBe('-a-#', undefined, 'mine')
    expectObservable(throwError(() => 'its own').pipe(keepAlive({ each: 2 }))).toBe('#', undefined, 'its own')
  })
})

test('one who leaves at a substitute gets no other', () => {
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('    -a----------')
    expectObservable(source.pipe(keepAlive({ each: 2, with: () => 'x' }), take(2))).toBe('-a-(x|)')
    expectSubscriptions(source.subscriptions).toBe('^--!')
  })
})

test('one who has left is no reason to make a substitute; one who leaves meanwhile does not keep it open', () => {
  const clock = new VirtualTimeScheduler()
  const frames = new Frames()
  const options = { each: 2, with: () => frames.make(), scheduler: clock }
  NEVER.pipe(keepAlive(options)).subscribe().unsubscribe()
  const leaves: Subscription = NEVER.pipe(
    keepAlive({ ...options, with: () => (leaves.unsubscribe(), frames.make()) }),
  ).subscribe()
  clock.flush()
  assert.equal([frames.made, frames.open], [1, 0])
})

test('ERR_OPTION', () => {
  for (const options of [{}, { each: 0 }, { each: '5' }, { each: 5, width: 3 }, undefined]) {
    const bad = options as KeepAliveOptions<number>
    assert.throws(
      () => keepAlive(bad),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
  }
})

test.run()
