import * as assert from 'uvu/assert'
import { record } from '../../../src/index'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { CaptureRecordings } from '../../../src/live/record/capture-recording'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'

// All who stop the recordings of a capture wait for their ends.
const test = suite('record: recordings of a capture')

test('each stop() waits for all recordings, also for one that was stopped alone', async () => {
  const recordings = new CaptureRecordings({ stallTimeout: 1000, logger: SILENT_LOGGER })
  let complete = 0
  const all = [tempDir(), tempDir()].map(folder => recordings.add(record(folder)))
  for (const { recording$ } of all) recording$.subscribe({ complete: () => complete++ })
  await until(() => all.every(({ state }) => state.phase === 'live'))
  void all[0]!.stop()
  void recordings.stop()
  await recordings.stop()
  assert.is(complete, 2)
})

test.run()
