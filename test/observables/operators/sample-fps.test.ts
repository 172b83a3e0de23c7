import { from, lastValueFrom, map, toArray, type Observable } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import * as assert from 'uvu/assert'
import { closing, sampleFps, type RxGstError } from '../../../src/index'
import { suite } from '../../support/suite'
import { Frames } from './media'

const test = suite('sampleFps')

/** The times, ms, of those that pass. */
async function sampled(times: readonly number[], duration: number, fps: number): Promise<number[]> {
  const frames = new Frames()
  const source = from(times).pipe(map(time => frames.make(time, duration)))
  const passed = await lastValueFrom(
    source.pipe(sampleFps(fps), map(closing(({ timestamp }) => timestamp / 1000)), toArray()),
  )
  assert.is(frames.open, 0)
  return passed
}

/** As RTMP tells them: in whole milliseconds. */
const stream = (fps: number, seconds: number, start = 0): number[] =>
  Array.from({ length: fps * seconds }, (_, i) => start + Math.round((i * 1000) / fps))

test('a slower rate takes the nearest frames, evenly, from the first on', async () => {
  assert.equal(await sampled(stream(30, 2), 1000 / 30, 2), [0, 500, 1000, 1500])
  assert.equal(await sampled(stream(30, 2, 12_345), 1000 / 30, 2), [12_345, 12_845, 13_345, 13_845])
  assert.equal(await sampled(stream(30, 10), 1000 / 30, 0.2), [0, 5000])
})

test('as many a second as asked for, whatever both rates are', async () => {
  for (const [source, fps] of [
    [30, 25],
    [60, 30],
    [50, 24],
    [25, 10],
    [30, 29.97],
  ] as const) {
    const { length } = await sampled(stream(source, 20), 1000 / source, fps)
    assert.ok(Math.abs(length - fps * 20) <= 1, `${source} → ${fps}: ${length} in 20 s`)
  }
})

test('the same rate or a faster one passes all, also where times shake', async () => {
  const shaking = stream(30, 5).map((time, i) => time + (i === 0 ? 0 : ((i * 7) % 25) - 12))
  for (const fps of [30, 60]) {
    assert.is((await sampled(stream(30, 5), 1000 / 30, fps)).length, 150)
    assert.is((await sampled(shaking, 1000 / 30, fps)).length, 150)
  }
})

test('a hole leaves a hole; a stream whose times begin anew goes on', async () => {
  assert.equal(await sampled([0, 100, 5000, 5100, 5500], 40, 2), [0, 5000, 5500])
  assert.equal(await sampled([5000, 5100, 0, 100, 500], 40, 2), [5000, 0, 500])
})

test('goes by the media, not by the clock: a burst is thinned out', () => {
  new TestScheduler((actual, expected) => assert.equal(actual, expected)).run(({ hot, expectObservable }) => {
    const at = (time: number) => ({ frame: { timestamp: time * 1000, duration: 100_000, close() {} } })
    const values = { a: at(0), b: at(100), c: at(200), d: at(300), e: at(400) }
    const source: Observable<(typeof values)['a']> = hot('  --(abcd)---e---|', values)
    expectObservable(source.pipe(sampleFps(5))).toBe('      --(ac)-----e---|', values)
  })
})

test('frames with their sound', async () => {
  const frames = new Frames()
  const source = from([0, 40, 80, 120, 160, 200]).pipe(map(time => frames.withAudio(time)))
  const passed = await lastValueFrom(
    source.pipe(sampleFps(10), map(closing(({ audio }) => audio.timestamp)), toArray()),
  )
  assert.equal(passed, [0, 80_000, 200_000])
  assert.is(frames.open, 0)
})

test('ERR_OPTION', () => {
  for (const fps of [0, -1, NaN, Infinity, '2', undefined]) {
    assert.throws(
      () => sampleFps(fps as number),
      (error: RxGstError) => error.code === 'ERR_OPTION' && error.message.includes('fps'),
    )
  }
})

test.run()
