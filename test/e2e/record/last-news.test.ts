import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { native } from '../../../src/addon/binding'
import type { NativeRecorder } from '../../../src/addon/record'
import { Capture, record } from '../../../src/index'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { smallFile } from '../lib/inputs'

const test = suite('record: the last news')

/** A recorder at which JavaScript looks as soon as it is told to finish, and stands still behind its news. */
function looked(recorder: NativeRecorder, look: () => void): NativeRecorder {
  return new Proxy(recorder, {
    get(_, name: keyof NativeRecorder) {
      const call = (recorder[name] as (...given: unknown[]) => unknown).bind(recorder)
      if (name === 'finish') return () => void (call(), look())
      if (name !== 'take') return call
      return () => {
        const news = call()
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
        return news
      }
    },
  })
}

test('a writer that ends during a look at it has told of its last file', async () => {
  const addon = native()
  const { Recorder } = addon
  addon.Recorder = new Proxy(Recorder, {
    construct: (made, [options, look]) => looked(Reflect.construct(made, [options, look]) as NativeRecorder, look),
  })
  try {
    await using capture = new Capture(pathToFileURL(await smallFile('in.mp4')).href, { decode: false, loop: true })
    const recording = capture.record(record(tempDir()))
    const heard: string[] = []
    recording.recording$.subscribe(({ file }) => void heard.push(file))
    await until(() => recording.state.phase === 'live')
    await capture.start()
    await until(() => recording.stats().packets > 10)
    await recording.stop()
    assert.is(heard.length, 1)
  } finally {
    addon.Recorder = Recorder
  }
})

test.run()
