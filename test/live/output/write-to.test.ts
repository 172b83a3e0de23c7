import * as assert from 'uvu/assert'
import { Subject } from 'rxjs'
import { RxGstError, type RTMPOutput, type VideoFrame } from '../../../src/index'
import { writeTo } from '../../../src/live/output/write-to'
import { suite } from '../../support/suite'

const test = suite('writeTo')

test('a write that fails while an earlier one is open is the error of the result, and no rejection', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  let finish = (): void => {}
  const first = new Promise<{ dropped: boolean }>(resolve => (finish = () => resolve({ dropped: false })))
  const writes = [first, Promise.reject(new Error('stopped')), Promise.reject(new Error('stopped, too'))]
  const output = { writeAndClose: () => writes.shift()! } as unknown as RTMPOutput
  const source = new Subject<VideoFrame>()
  const heard: unknown[] = []
  source.pipe(writeTo(output)).subscribe({ next: value => heard.push(value), error: error => heard.push(error) })
  for (let i = 0; i < 3; i++) source.next({ close() {} } as unknown as VideoFrame)
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(heard, [])
  finish()
  await new Promise(resolve => setTimeout(resolve, 20))
  process.off('unhandledRejection', note)
  assert.equal(unhandled, [])
  assert.is(heard.length, 2)
  assert.equal(heard[0], { dropped: false })
  assert.is((heard[1] as Error).message, 'stopped')
})

test('an output that is stopped after its source has completed is no error', async () => {
  for (const completes of [true, false]) {
    const stopped = new RxGstError('ERR_NOT_RUNNING', 'the output was stopped')
    const output = { writeAndClose: () => Promise.reject(stopped) } as unknown as RTMPOutput
    const source = new Subject<VideoFrame>()
    const ends: string[] = []
    source.pipe(writeTo(output)).subscribe({
      error: (error: RxGstError) => ends.push(error.code),
      complete: () => ends.push('complete'),
    })
    source.next({ close() {} } as unknown as VideoFrame)
    if (completes) source.complete()
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal(ends, [completes ? 'complete' : 'ERR_NOT_RUNNING'])
  }
})

test.run()
