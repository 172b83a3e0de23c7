import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import type { PacerStats } from '../../../src/addon/output'
import type { PacerWrite } from '../../../src/live/output/write'
import { WriteQueue, type WriteSink } from '../../../src/live/output/write-queue'
import { suite } from '../../support/suite'

const test = suite('writes that wait for room')

const picture = (timestamp: number): PacerWrite => ({
  pixels: new Uint8Array(4),
  format: 'RGB',
  timing: 'explicit',
  timestamp,
  samples: null,
  rate: 0,
  channels: 0,
})
const sound = (timestamp: number): PacerWrite => ({ ...picture(timestamp), pixels: null, samples: new Float32Array(2) })

/** A pacer with room for `room` writes. */
class FakePacer implements WriteSink {
  readonly taken: number[] = []
  answer: 'wrong-size' | 'over' | null = null
  constructor(public room: number) {}

  write(...[, , , timestamp]: Parameters<WriteSink['write']>): ReturnType<WriteSink['write']> {
    if (this.answer) return this.answer
    if (this.room === 0) return 'full'
    this.room--
    this.taken.push(timestamp)
    return Promise.resolve(true)
  }

  stats(): PacerStats {
    const queued = this.room === 0 ? 2 : 0
    return { written: 0, repeated: 0, late: 0, captionsDropped: 0, silence: 0, trimmed: 0, queued, filling: false }
  }
}

function queueOf(pacer: FakePacer, dropPolicy: 'block' | 'newest' = 'block'): WriteQueue {
  const queue = new WriteQueue({ bufferSize: 2, dropPolicy })
  queue.open(pacer)
  return queue
}

const codeOf = (write: Promise<boolean>): Promise<string> =>
  write.then(String, (error: unknown) => (error instanceof RxGstError ? error.code : String(error)))

test('writes go to the pacer in order, and those without room wait for it', async () => {
  const pacer = new FakePacer(1)
  const queue = queueOf(pacer)
  const writes = [1, 2, 3, 4].map(time => queue.write(picture(time)))
  assert.ok(queue.full)
  assert.equal(pacer.taken, [1])
  pacer.room = 2
  queue.resume()
  assert.equal(pacer.taken, [1, 2, 3])
  pacer.room = 1
  // A new write does not overtake one that waits.
  writes.push(queue.write(picture(5)))
  assert.equal(pacer.taken, [1, 2, 3])
  pacer.room = 5
  queue.resume()
  assert.equal(await Promise.all(writes), [true, true, true, true, true])
  assert.equal(pacer.taken, [1, 2, 3, 4, 5])
  assert.not(queue.full)
})

test("with 'newest' a full pacer drops pictures and counts them; sound waits", async () => {
  const pacer = new FakePacer(0)
  const queue = queueOf(pacer, 'newest')
  assert.is(await queue.write(picture(1)), false)
  assert.is(queue.dropped, 1)
  const audio = queue.write(sound(2))
  pacer.room = 1
  queue.resume()
  assert.is(await audio, true)
  assert.is(queue.dropped, 1)
})

test('a thousand writes may wait, and no more', async () => {
  const queue = queueOf(new FakePacer(0))
  const waiting = Array.from({ length: 1000 }, (_, i) => codeOf(queue.write(picture(i))))
  assert.is(await codeOf(queue.write(picture(1000))), 'ERR_WRITE_OVERFLOW')
  queue.close(new RxGstError('ERR_ABORTED', 'closed'))
  assert.equal([...new Set(await Promise.all(waiting))], ['ERR_ABORTED'])
})

test('a write whose array is of another size by now fails alone', async () => {
  const pacer = new FakePacer(0)
  const queue = queueOf(pacer)
  const write = codeOf(queue.write(picture(1)))
  pacer.answer = 'wrong-size'
  queue.resume()
  assert.is(await write, 'ERR_FRAME_SIZE')
  Object.assign(pacer, { answer: null, room: 1 })
  assert.is(await queue.write(picture(2)), true)
})

test('close() rejects what waits and what comes later, with the error of its first call', async () => {
  const pacer = new FakePacer(0)
  const queue = queueOf(pacer)
  const waiting = codeOf(queue.write(picture(1)))
  queue.close(new RxGstError('ERR_ENCODE', 'the encoder failed'))
  assert.is(await waiting, 'ERR_ENCODE')
  pacer.room = 9
  queue.close(new RxGstError('ERR_NOT_RUNNING', 'stopped'))
  assert.is(await codeOf(queue.write(picture(2))), 'ERR_ENCODE')
  assert.equal(pacer.taken, [])
})

test('a write before there is a pacer, or after it is closed, is ERR_NOT_RUNNING', async () => {
  const options = { bufferSize: 2, dropPolicy: 'block' } as const
  assert.is(await codeOf(new WriteQueue(options).write(picture(1))), 'ERR_NOT_RUNNING')
  const pacer = new FakePacer(1)
  pacer.answer = 'over'
  assert.is(await codeOf(queueOf(pacer).write(picture(1))), 'ERR_NOT_RUNNING')
})

test.run()
