// suite: deep
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { receiveFrame, type RTMPCapture } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { capturing } from '../lib/served'

const test = suite('frames for other threads', { timeout: 60_000 })

const source = { size: '320x180', fps: 25, audio: null, duration: 2 } as const
const bytes = 320 * 180 * 3

const sum = (data: Uint8Array): number => data.reduce((all, value) => all + value, 0)

async function withFrames(use: (capture: RTMPCapture) => Promise<void>): Promise<void> {
  const file = await makeFile(tempFile('in.flv'), source)
  await capturing(file, {}, async capture => {
    await capture.start()
    await use(capture)
  })
}

test('a worker sees the same pixels without a copy, and gives them back', async () => {
  const worker = new Worker(join(__dirname, 'worker-program.js'))
  await withFrames(async capture => {
    const frame = await capture.getFrame()
    const other = frame.clone()
    const { timestamp, sequence } = frame
    const wanted = sum(frame.data)
    const moved = frame.transfer()
    assert.throws(() => frame.data, /closed/)
    worker.postMessage(moved)
    const [answer] = (await once(worker, 'message')) as unknown[]
    assert.equal(answer, { sum: wanted, width: 320, height: 180, format: 'RGB', timestamp, sequence })
    // The other handle looks at the same memory.
    assert.is(other.data[0], 77)
    other.close()

    const before = native().framePool().held
    const alone = await capture.getFrame()
    assert.ok(native().framePool().held >= bytes)
    worker.postMessage(alone.transfer())
    await once(worker, 'message')
    await until(() => native().framePool().held <= before)
  })
  worker.postMessage('end')
  await once(worker, 'exit')
})

test('back in the same thread; once only; after the end of a thread', async () => {
  await withFrames(async capture => {
    const frame = await capture.getFrame()
    const wanted = sum(frame.data)
    const moved = structuredClone(frame.transfer())
    const back = receiveFrame(moved)
    assert.is(sum(back.data), wanted)
    assert.is((await back.toJPEG())[0], 0xff)
    assert.throws(() => receiveFrame(moved), /received before/)
    back.close()
    assert.throws(() => back.data, /closed/)
    assert.throws(() => receiveFrame({} as typeof moved), /expected what frame.transfer/)
    assert.throws(() => frame.transfer(), /closed/)
  })
  const worker = new Worker(join(__dirname, 'worker-program.js'))
  await withFrames(async capture => {
    const before = native().framePool().held
    for (let i = 0; i < 5; i++) worker.postMessage((await capture.getFrame()).transfer())
    await once(worker, 'message')
    await worker.terminate()
    // What nobody has received comes back after its time.
    native().dropMoved(0)
    await until(() => native().framePool().held <= before + 12 * bytes)
  })
})

test('no more are on their way than 256', async () => {
  await withFrames(async capture => {
    const frame = await capture.getFrame()
    const moved = Array.from({ length: 300 }, () => frame.clone().transfer())
    const seen = moved.map(one => {
      try {
        receiveFrame(one).close()
        return 'received'
      } catch (error) {
        return (error as { code: string }).code
      }
    })
    assert.is(seen.filter(one => one === 'received').length, 256)
    assert.is(seen[0], 'ERR_FRAME_CLOSED')
    assert.is(native().dropMoved(0), 0)
    frame.close()
  })
})

test.run()
