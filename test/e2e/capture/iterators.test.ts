// suite: deep
import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep } from '../../support/until'
import { capturing, codeOf } from '../lib/served'

const test = suite('capture: iterators and signals', { timeout: 30_000 })

let file: string
let nginx: Nginx
let publisher: Publisher

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 3 })
  nginx = await startNginx()
  publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
})
test.after(async () => {
  await publisher.stop()
  await nginx.stop()
})

test('break lets go: the capture goes on, and so does another iteration', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const sequences: number[] = []
    for (let round = 0; round < 3; round++) {
      let count = 0
      for await (const frame of capture.aiterFrames()) {
        sequences.push(frame.sequence)
        frame.close()
        if (++count === 10) break
      }
    }
    assert.is(sequences.length, 30)
    sequences.slice(1).forEach((sequence, i) => assert.ok(sequence > sequences[i]!))
    assert.is(capture.state.phase, 'live')
    ;(await capture.getFrame()).close()
  }))

test('return() ends an iterator; what is asked of it later is done', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const iterator = capture.aiterFrames()
    const first = await iterator.next()
    assert.is(first.done, false)
    first.value.close()
    assert.equal(await iterator.return!(), { done: true, value: undefined })
    assert.equal(await iterator.next(), { done: true, value: undefined })
  }))

test('throw() ends an iterator with that error', () =>
  capturing(file, {}, async capture => {
    await capture.start()
    const iterator = capture.aiterFrames()
    ;(await iterator.next()).value.close()
    assert.is(await codeOf(iterator.throw!(new Error('on purpose'))), 'Error: on purpose')
    assert.equal(await iterator.next(), { done: true, value: undefined })
  }))

test('an error in the loop lets go as well, in both iterations', () =>
  capturing(file, { bufferSize: 1 }, async capture => {
    await capture.start()
    const loop = async () => {
      for await (const frame of capture.aiterFrames()) {
        frame.close()
        throw new Error('on purpose')
      }
    }
    const pairs = async () => {
      for await (const { frame } of capture.aiterFramesWithAudio()) {
        frame.close()
        throw new Error('on purpose')
      }
    }
    assert.is(await codeOf(loop()), 'Error: on purpose')
    assert.is(await codeOf(pairs()), 'Error: on purpose')
    // A reader that had not let go would hold this one back.
    for (let i = 0; i < 20; i++) (await capture.getFrame()).close()
  }))

test('iterators end with stop()', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  const frames = (async () => {
    for await (const frame of capture.aiterFrames()) frame.close()
  })()
  const pairs = (async () => {
    for await (const { frame } of capture.aiterFramesWithAudio()) frame.close()
  })()
  await sleep(300)
  await capture.stop()
  assert.equal(await Promise.all([codeOf(frames), codeOf(pairs)]), ['resolved', 'resolved'])
  assert.is(await codeOf(capture.aiterFrames().next()), 'ERR_NOT_RUNNING')
})

/** Every call that takes a signal, as something that waits for long. */
const calls: Record<string, (capture: RTMPCapture, signal: AbortSignal) => Promise<unknown>> = {
  getFrame: async (capture, signal) => {
    for (;;) (await capture.getFrame({ signal })).close()
  },
  getAudio: (capture, signal) => capture.getAudio(9, { signal }),
  getFrameAndAudio: async (capture, signal) => {
    for (;;) (await capture.getFrameAndAudio({ signal })).frame.close()
  },
  aiterFrames: async (capture, signal) => {
    for await (const frame of capture.aiterFrames({ signal })) frame.close()
  },
  aiterFramesWithAudio: async (capture, signal) => {
    for await (const { frame } of capture.aiterFramesWithAudio({ signal })) frame.close()
  },
}

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: a signal ends the wait with ERR_ABORTED, its reason is the cause, nothing else stops`, async () => {
    await using capture = new RTMPCapture(nginx.url('live'), { stallTimeout: 20_000 })
    await capture.start()
    const controller = new AbortController()
    const reason = new Error('enough')
    const ended = call(capture, controller.signal).catch((error: unknown) => error)
    await sleep(300)
    controller.abort(reason)
    const error = await ended
    assert.instance(error, RxGstError)
    assert.is((error as RxGstError).code, 'ERR_ABORTED')
    assert.is((error as RxGstError).cause, reason)
    assert.is(getEventListeners(controller.signal, 'abort').length, 0)
    assert.is(capture.state.phase, 'live')
    // Aborted before: at once.
    assert.is(await codeOf(call(capture, controller.signal)), 'ERR_ABORTED')
    ;(await capture.getFrame()).close()
    assert.is((await capture.getAudio(0.1)).samples.length, 8820)
  })
}

test('an aborted getAudio took nothing: the next follows on the one before', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  const first = await capture.getAudio(0.1)
  const controller = new AbortController()
  const waiting = codeOf(capture.getAudio(9, { signal: controller.signal }))
  const behind = capture.getAudio(0.2)
  await sleep(100)
  controller.abort()
  assert.is(await waiting, 'ERR_ABORTED')
  const second = await behind
  assert.is(second.samples.length, 0.2 * 44_100 * 2)
  assert.is(second.timestamp, first.timestamp + first.duration)
  assert.is(second.discontinuity, false)
})

test('one signal serves many calls without collecting listeners', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  const { signal } = new AbortController()
  for (let i = 0; i < 30; i++) (await capture.getFrame({ signal })).close()
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('the signal of the constructor: before start()', async () => {
  const capture = new RTMPCapture(nginx.url('live'), { signal: AbortSignal.abort() })
  assert.is(await codeOf(capture.start()), 'ERR_ABORTED')
  await capture.stop()
})

test('the signal of the constructor: while connecting', async () => {
  const controller = new AbortController()
  const capture = new RTMPCapture(nginx.url('nobody'), { signal: controller.signal })
  const started = codeOf(capture.start())
  await sleep(200)
  controller.abort()
  assert.is(await started, 'ERR_ABORTED')
  await capture.stop()
  assert.is(capture.state.phase, 'stopped')
  assert.is(getEventListeners(controller.signal, 'abort').length, 0)
})

test('the signal of the constructor: while live it is stop()', async () => {
  const controller = new AbortController()
  const capture = new RTMPCapture(nginx.url('live'), { signal: controller.signal })
  await capture.start()
  const loop = codeOf(calls.aiterFrames!(capture, new AbortController().signal))
  const completed = new Promise<string>(resolve => {
    capture.frames$.subscribe({
      next: frame => frame.close(),
      error: error => resolve(String(error)),
      complete: () => resolve('complete'),
    })
  })
  await sleep(200)
  controller.abort()
  assert.is(await completed, 'complete')
  assert.is(await loop, 'resolved')
  await capture.stop()
  assert.is(capture.state.phase, 'stopped')
  assert.is(getEventListeners(controller.signal, 'abort').length, 0)
})

test.run()
