import * as assert from 'uvu/assert'
import { gst, run } from '../../src/index'
import { meterOf } from '../../src/monitor/observation'
import { suite } from '../support/suite'
import { until } from '../support/until'

const test = suite('monitor: a pipeline of any kind')

test('a meter made before the start measures from the first picture, and tells of the end', async () => {
  const p = run(
    gst`videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=90,framerate=25/1 !
      x264enc tune=zerolatency key-int-max=10 ! h264parse ! appsink name=out sync=false`,
  )
  const meter = meterOf(p, ['fps', 'bitrate', 'latency', 'uptime'])
  assert.is(meter.direction, 'pipeline')
  assert.is(meter.read().phase, 'idle')
  await p.start()
  await until(() => (meter.read().values.fps ?? 0) > 20 && (meter.read().values.bitrate ?? 0) > 0, {
    what: () => JSON.stringify(meter.read()),
  })
  const { phase, totals, liveSince } = meter.read()
  assert.is(phase, 'live')
  assert.ok(liveSince !== null && totals.frames.keyframe >= 1)
  // One that comes later, and looks elsewhere.
  const other = meterOf(p, ['bitrate'], { packets: ['x264enc0.src'] })
  await until(() => (other.read().values.bitrate ?? 0) > 0, { what: () => JSON.stringify(other.read()) })
  other.close()
  await p.stop()
  assert.is(meter.read().phase, 'stopped')
  assert.is(meter.read().liveSince, null)
  meter.close()
  meter.close()
})

test.run()
