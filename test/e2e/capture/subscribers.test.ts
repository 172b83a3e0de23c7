import * as assert from 'uvu/assert'
import { config, firstValueFrom, take, type Observable, type Subscription } from 'rxjs'
import type { AudioChunk, FrameWithAudio, RTMPCapture, VideoFrame } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { capturing, isEnd, toTheEnd } from '../lib/served'

const test = suite('capture: subscribers', { timeout: 30_000 })

const FRAMES = 75
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 3 })
})

type Item = VideoFrame | AudioChunk | FrameWithAudio

/** The laws hold for each: how to get it, and what number an item has. */
const surfaces: Record<string, (capture: RTMPCapture) => Observable<Item>> = {
  frames$: capture => capture.frames$,
  audio$: capture => capture.audio$,
  framesWithAudio$: capture => capture.framesWithAudio$,
}

function done(item: Item): number {
  const frame = 'frame' in item ? item.frame : 'close' in item ? item : null
  frame?.close()
  return frame ? frame.timestamp : (item as AudioChunk).timestamp
}

/** Subscribes until the end; resolves with the timestamps of what came. */
function all(observable: Observable<Item>, each: (index: number) => void = () => {}): Promise<number[]> {
  const times: number[] = []
  return new Promise((resolve, reject) => {
    observable.subscribe({
      next: item => {
        each(times.length)
        times.push(done(item))
      },
      error: error => (isEnd(error) ? resolve(times) : reject(error)),
      complete: () => resolve(times),
    })
  })
}

for (const [name, of] of Object.entries(surfaces)) {
  const least = name === 'audio$' ? 100 : FRAMES

  test(`${name}: one subscriber gets everything, in order`, () =>
    capturing(file, {}, async capture => {
      const got = all(of(capture))
      await capture.start()
      const times = await got
      assert.ok(name === 'audio$' ? times.length >= least : times.length === least, String(times.length))
      assert.is(times[0], 0)
      assert.equal(
        times,
        [...times].sort((a, b) => a - b),
      )
    }))

  test(`${name}: two subscribers get the same`, () =>
    capturing(file, {}, async capture => {
      const both = [all(of(capture)), all(of(capture))]
      await capture.start()
      const [first, second] = await Promise.all(both)
      assert.ok(first!.length >= least)
      assert.equal(first, second)
    }))

  test(
    `${name}: a thousand subscribers get the same, and leave without a trace`,
    () =>
      capturing(file, {}, async capture => {
        const everybody = Array.from({ length: 1000 }, () => all(of(capture)))
        await capture.start()
        const [first, ...others] = await Promise.all(everybody)
        assert.ok(first!.length >= least)
        for (const other of others) assert.equal(other, first)
        assert.is(capture.stats().held, 0, 'every handle was closed')
      }),
    { timeout: 90_000 },
  )

  test(`${name}: a late subscriber gets what comes from then on`, () =>
    capturing(file, {}, async capture => {
      let late: Promise<number[]> | undefined
      const got = all(of(capture), index => {
        if (index === 20) late = all(of(capture))
      })
      await capture.start()
      const times = await got
      const rest = await late!
      assert.ok(rest.length > 0 && rest.length < times.length, `${rest.length} of ${times.length}`)
      assert.ok(rest[0]! >= times[19]!, 'nothing from before')
      // What pairs pictures begins with the next whole pair.
      assert.ok(rest.length >= times.length - 20 - 12, `${rest.length} of ${times.length}`)
      assert.equal(rest, times.slice(-rest.length))
    }))

  test(`${name}: unsubscribing in the middle ends it for that one alone`, () =>
    capturing(file, {}, async capture => {
      let count = 0
      const leaves: Subscription = of(capture).subscribe({ next: item => void (count++, done(item)), error: () => {} })
      const got = all(of(capture), index => {
        if (index === 30) leaves.unsubscribe()
      })
      await capture.start()
      assert.ok((await got).length >= least)
      assert.ok(count === 30 || count === 31, String(count))
    }))

  test(`${name}: unsubscribing inside next is obeyed at once`, () =>
    capturing(file, {}, async capture => {
      let count = 0
      const once = of(capture).subscribe({
        next: item => {
          count++
          done(item)
          once.unsubscribe()
        },
        error: () => {},
      })
      const five: number[] = []
      of(capture)
        .pipe(take(5))
        .subscribe(item => five.push(done(item)))
      const got = all(of(capture))
      await capture.start()
      const times = await got
      assert.is(count, 1)
      assert.equal(five, times.slice(0, 5))
      assert.ok(times.length >= least)
    }))

  test(`${name}: a subscriber that throws harms no other`, () =>
    capturing(file, {}, async capture => {
      const thrown: unknown[] = []
      const before = config.onUnhandledError
      config.onUnhandledError = error => void thrown.push(error)
      try {
        of(capture).subscribe({
          next: item => {
            done(item)
            throw new Error('on purpose')
          },
          error: () => {},
        })
        const got = all(of(capture))
        await capture.start()
        assert.ok((await got).length >= least)
        await until(() => thrown.length > 0)
        assert.ok(thrown.every(error => (error as Error).message === 'on purpose'))
        await sleep(20)
      } finally {
        config.onUnhandledError = before
      }
    }))

  test(`${name}: subscribing again after everybody left goes on`, () =>
    capturing(file, { bufferSize: 1 }, async capture => {
      await capture.start()
      const first = done(await firstValueFrom(of(capture)))
      const second = done(await firstValueFrom(of(capture)))
      assert.ok(second >= first)
    }))
}

test('nobody subscribes: the stream runs to its end', () =>
  capturing(file, { dropPolicy: 'oldest' }, async capture => {
    await capture.start()
    await until(() => capture.state.phase === 'failed')
    assert.match(capture.state.reason!, /^ERR_(STREAM_ENDED|CONNECTION_LOST)$/)
  }))

test("nobody subscribes to a 'block' stream: the server waits, and that is no stall", () =>
  capturing(file, { stallTimeout: 500 }, async capture => {
    await capture.start()
    await sleep(1800)
    assert.is(capture.state.phase, 'live')
    const times: number[] = []
    await toTheEnd(async () => {
      for await (const frame of capture.aiterFrames()) times.push(done(frame))
    })
    assert.is(times.length, FRAMES)
  }))

test('frames$ is the same whether it is subscribed before or after start()', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const times = await all(capture.frames$)
    assert.is(times.length, FRAMES)
    assert.is(times[0], 0)
  }))

test.run()
