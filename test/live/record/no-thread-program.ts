import { record } from '../../../src/index'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { CaptureRecordings } from '../../../src/live/record/capture-recording'

// Records while the system gives no thread (REFUSE_THREADS, read by refuse_threads.cc), and then while it gives some.
const [, , folder = ''] = process.argv

void (async () => {
  process.env.REFUSE_THREADS = '1'
  const recordings = new CaptureRecordings({ stallTimeout: 1000, logger: SILENT_LOGGER })
  const recording = recordings.add(record(folder))
  recording.state$.subscribe(({ phase, reason }) => {
    console.log(`${phase} ${reason}`)
    if (phase === 'reconnecting') delete process.env.REFUSE_THREADS
    if (phase === 'live') void recordings.stop().then(() => console.log('stopped'))
  })
})()
