import { writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record } from '../../../src/index'
import { native } from '../../../src/addon/binding'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { CaptureRecordings } from '../../../src/live/record/capture-recording'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('record: what can never be written')

const folder = tempDir()
writeFileSync(path.join(folder, 'file'), '')

for (const [what, place] of [
  ['a folder within a file', path.join(folder, 'file', 'recording')],
  ['a file in place of the folder', path.join(folder, 'file')],
  ['a folder of the kernel', '/proc/recording'],
  ['a name that is too long', path.join(folder, 'x'.repeat(300))],
] as const) {
  test(`${what}: the state says so, without a logger, and stop() ends it`, async () => {
    const recordings = new CaptureRecordings({ stallTimeout: 1000, logger: SILENT_LOGGER })
    const recording = recordings.add(record(place))
    await until(() => recording.state.phase === 'reconnecting', { what: () => JSON.stringify(recording.state) })
    assert.is(recording.state.reason, 'ERR_RECORD')
    await recordings.stop()
  })
}

test("a writer that cannot even be made is none of GStreamer's errors", async () => {
  const { Recorder } = native()
  const broken = {
    Recorder: class {
      constructor() {
        throw new Error('no more memory')
      }
    },
  }
  Object.assign(native(), broken)
  try {
    const recordings = new CaptureRecordings({ stallTimeout: 1000, logger: SILENT_LOGGER })
    const recording = recordings.add(record(tempDir()))
    await until(() => recording.state.phase === 'reconnecting')
    assert.is(recording.state.reason, 'ERR_RECORD')
    await recordings.stop()
  } finally {
    Object.assign(native(), { Recorder })
  }
})

test.run()
