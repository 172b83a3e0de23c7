// Promises that the addon settles: each exactly once, in the wake-up that reports its result.
import * as assert from 'uvu/assert'
import { native } from '../../../src/addon/binding'
import type { NativePacer, Timing } from '../../../src/addon/output'
import type { NativePipeline } from '../../../src/addon/pipeline'
import { Runner } from '../../../src/engine/runner'
import { gst, type Graph } from '../../../src/index'
import { toNative } from '../../../src/engine/to-native'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { pacerOptions } from './pacer-options'

const test = suite('promises of the addon', { timeout: 30_000 })

const [WIDTH, HEIGHT] = [64, 48]
const pixels = new Uint8Array((WIDTH * HEIGHT * 3) / 2)
const I420 = `video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT},framerate=25/1`
const F32 = 'audio/x-raw,format=F32LE,layout=interleaved,rate=44100,channels=2'
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function runnerOf(graph: Graph): Runner {
  return new Runner(graph, {
    secrets: [],
    logger,
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: () => {},
  })
}

/** A pacer for four pictures, which takes none of them before its start. */
async function withPacer(use: (pacer: NativePacer, changes: () => number) => Promise<void>): Promise<void> {
  const runner = runnerOf(gst`
    appsrc name=v caps=${I420} format=time ! fakesink sync=false async=false
    appsrc name=a caps=${F32} format=time ! fakesink sync=false async=false`)
  let changes = 0
  const pacer = new (native().Pacer)(pacerOptions({ width: WIDTH, height: HEIGHT, capacity: 4 }), () => changes++)
  pacer.attach(pacer.open('pictures', 1), runner.element('v'))
  pacer.attach(pacer.open('audio', 1), runner.element('a'))
  try {
    await runner.setState('PLAYING')
    await use(pacer, () => changes)
  } finally {
    pacer.close()
    await runner.stop()
  }
}
const write = (pacer: NativePacer, timing: Timing = 'next') => pacer.write(pixels, 'I420', timing, 0, null, 44100, 2)

test('a write is a promise until its picture is copied, and a word if the queue is full or closed', async () => {
  await withPacer(async pacer => {
    const writes = Array.from({ length: 4 }, () => write(pacer))
    assert.ok(writes.every(each => each instanceof Promise))
    assert.is(write(pacer), 'full')
    pacer.start()
    assert.equal(await Promise.all(writes), [true, true, true, true])
    // A picture that was taken leaves room when the encoder has it.
    await until(() => write(pacer) !== 'full')
  })
})

test('an output that has ended says so, and not that it is full', async () => {
  await withPacer(async pacer => {
    const writes = Array.from({ length: 4 }, () => write(pacer))
    assert.is(write(pacer), 'full')
    pacer.finish()
    assert.is(write(pacer), 'over')
    pacer.start()
    assert.equal(await Promise.all(writes), [true, true, true, true])
    assert.is(write(pacer), 'over')
  })
})

test('a promise is settled before the function of its wake-up is called, its reactions run behind that', async () => {
  await withPacer(async (pacer, changes) => {
    pacer.start()
    for (let round = 0; round < 20; round++) {
      const before = changes()
      await write(pacer)
      assert.ok(changes() > before, 'the function was called first')
    }
  })
})

test('writes that are rejected stay so, whatever their work comes to; those that come after are taken', async () => {
  await withPacer(async pacer => {
    const reason = new Error('over')
    const lost = [write(pacer), write(pacer)].map(each => Promise.resolve(each).catch((error: unknown) => error))
    pacer.reject(reason)
    for (const each of lost) assert.is(await each, reason)
    // New promises use their places while the old work is still running.
    const next = [write(pacer), write(pacer)]
    pacer.start()
    assert.equal(await Promise.all(next), [true, true])
  })
})

test('a pacer that is closed leaves no promise open', async () => {
  await withPacer(async pacer => {
    const open = [write(pacer), write(pacer)]
    pacer.close()
    assert.equal(await Promise.all(open), [false, false])
    assert.is(write(pacer), 'over')
    assert.is(pacer.failure(1), null)
  })
})

test('a push that nobody takes any more is stopped', async () => {
  const runner = runnerOf(gst`appsrc name=in caps=${I420} format=time block=true max-buffers=1 max-bytes=0 ! fakesink`)
  const source = new (native().PushSource)(runner.element('in'), false)
  await runner.setState('PAUSED')
  const pushes = [1, 2, 3, 4].map(() => source.push(pixels, { pts: 0 }))
  // One for the sink to begin with, one in the queue.
  assert.equal(await Promise.all(pushes.slice(0, 2)), [null, null])
  source.close()
  const stopped = { result: 'stopped', text: '' }
  assert.equal(await Promise.all(pushes.slice(2)), [stopped, stopped])
  await runner.stop()
})

test('a change of state that is overtaken is settled all the same, and a stop is told without a promise', async () => {
  const description = toNative(gst`fakesrc num-buffers=1 ! fakesink`, {})
  let told = 0
  const pipeline = native().build(description, null, () => told++, false) as NativePipeline
  assert.is(await pipeline.setState('PLAYING'), true)
  assert.is(pipeline.stopped(), false)
  const before = told
  pipeline.stop()
  await until(() => pipeline.stopped())
  await until(() => told > before)
  const overtaken = pipeline.setState('READY')
  pipeline.mute()
  // True if its worker was quicker.
  assert.type(await overtaken, 'boolean')
  pipeline.close()
  assert.throws(() => pipeline.setState('READY'), /closed/)
})

test('elements are loaded by promise, and what is missing is named', async () => {
  assert.equal(await native().loadFactories(['fakesrc', 'nothingofthiskind', 'fakesink']), ['nothingofthiskind'])
})

test('a word that the addon does not know is refused', async () => {
  await withPacer(async pacer => {
    const other = 'tomorrow' as Timing
    assert.throws(() => write(pacer, other), /expected one of the names/)
    assert.is(write(pacer) instanceof Promise, true)
  })
})

test.run()
