// A monitor on what this library sends: targets that go away and come back, and a pipeline of any kind.
import * as assert from 'uvu/assert'
import { gst, run, RTMPOutput, RxGstError, StreamMonitor } from '../../../src/index'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { Heard, hurried } from './rules'

const test = suite('monitor, what is sent', { timeout: 120_000 })

const SIZE = { width: 320, height: 180, fps: 25 }

test('one target, then all of them go away and come back: target-down, off-air, reconnects, metrics', async () => {
  await using one = await startRtmpServer({ kind: 'accept-publish' })
  await using two = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput([one.url(), two.url()], {
    ...SIZE,
    keyframeInterval: 1,
    reconnect: { initialDelay: 50, maxDelay: 100 },
  })
  using monitor = new StreamMonitor(['bitrate', 'fps', 'jitter', 'keyframeInterval', 'queueMs', 'droppedFrames'], {
    rules: hurried(10, ['uptime', 'reconnects']),
    interval: 100,
    grace: 0,
  })
  const heard = new Heard(monitor)
  let on = true
  const picture = new Uint8Array(SIZE.width * SIZE.height * 3)
  await output.start()
  const writing = (async () => {
    for (let n = 0; on; n++) {
      picture.fill(n % 256)
      await output.writeFrame(picture).catch(() => (on = false))
      await sleep(1000 / SIZE.fps)
    }
  })()
  const live = (): Promise<unknown> =>
    until(() => output.targets.every(({ state }) => state.phase === 'live'), {
      timeout: 30_000,
      what: () => JSON.stringify(output.toJSON()),
    })
  await live()
  monitor.attachStream(output, 'programme')
  const sample = await until(
    () => {
      const sample = monitor.getSample('programme')
      return sample && (sample.values.fps ?? 0) > 20 && sample.values.keyframeInterval === 1 ? sample : null
    },
    { timeout: 40_000, what: () => JSON.stringify(monitor.getSample('programme')?.values) },
  )
  const { values, details } = sample
  assert.ok(values.bitrate! > 1000, String(values.bitrate))
  assert.ok(values.jitter! >= 0 && values.queueMs! >= 0 && values.uptime! > 0)
  assert.ok(details.congestion! >= 0)
  assert.equal(heard.alerts, [])

  one.behave({ kind: 'reject-publish' })
  one.cut('rst')
  await heard.until('programme', '+', ['target-down-warning'])
  assert.ok(output.onAir)
  two.behave({ kind: 'reject-publish' })
  two.cut('rst')
  await heard.until('programme', '+', ['off-air-critical'])
  assert.not.ok(output.onAir)
  two.behave({ kind: 'accept-publish' })
  await heard.until('programme', '-', ['off-air-critical'])
  one.behave({ kind: 'accept-publish' })
  await heard.until('programme', '-', ['target-down-warning'])
  await live()
  for (const rule of ['target-down-warning', 'off-air-critical']) {
    const [raised, cleared] = heard.alerts.filter(alert => alert.rule === rule)
    assert.equal([cleared!.id, cleared!.raisedAt, cleared!.clearedBy], [raised!.id, raised!.raisedAt, 'recovered'])
  }
  assert.ok(monitor.getMetric('reconnects', 'programme')! >= 2, 'each target came back')
  const text = await monitor.prometheus()
  assert.match(text, /stream="programme",direction="out"/)
  const lost = Number(/^\w+\{[^}]*stream="programme"[^}]*cause="network"[^}]*\} (\d+)/m.exec(text)?.[1])
  assert.ok(lost > 0, `what was encoded while a target was away is counted as the network's: ${lost}`)
  on = false
  await writing
  await output.stop()
  await until(() => monitor.getSample('programme')?.phase === 'stopped', {
    timeout: 20_000,
    what: () => `${monitor.getSample('programme')?.phase}`,
  })
})

test('the same pipeline in two monitors, measured at pads of its own; it ends, they stay', async () => {
  const pipeline = run(
    gst`videotestsrc is-live=true ! video/x-raw,width=160,height=90,framerate=25/1 !
      x264enc name=one bitrate=300 tune=zerolatency ! tee name=t ! queue ! fakesink  t. ! queue ! fakesink name=end`,
  )
  using wide = new StreamMonitor(['bitrate', 'fps'], { interval: 100 })
  using narrow = new StreamMonitor(['bitrate'], { interval: 100 })
  assert.throws(
    () => narrow.attachStream(pipeline, 'wrong', { pads: { packets: 'one.src' as never } }),
    (error: unknown) => error instanceof RxGstError && error.code === 'ERR_OPTION',
  )
  const output = new RTMPOutput('rtmp://localhost/live/x', SIZE)
  assert.throws(
    () => narrow.attachStream(output, 'wrong', { pads: {} }),
    (error: unknown) => error instanceof RxGstError && error.code === 'ERR_OPTION',
  )
  // Told at once: a monitor never costs a stream its start.
  assert.throws(
    () => narrow.attachStream(pipeline, 'wrong', { pads: { from: 'nobody.src' } }),
    (error: unknown) => error instanceof RxGstError && error.code === 'ERR_UNKNOWN_ELEMENT',
  )
  wide.attachStream(pipeline, 'graph', { pads: { packets: ['one.src'] } })
  narrow.attachStream(pipeline, 'graph', { pads: { packets: ['end.sink'] } })
  await pipeline.start()
  const measured = (monitor: StreamMonitor): number => monitor.getMetric('bitrate', 'graph') ?? 0
  await until(() => measured(wide) > 0 && measured(narrow) > 0 && (wide.getMetric('fps', 'graph') ?? 0) > 20, {
    timeout: 40_000,
    what: () => `${measured(wide)}, ${measured(narrow)}`,
  })
  await pipeline.stop()
  await until(() => wide.getSample('graph')?.phase === 'stopped' && narrow.getSample('graph')?.phase === 'stopped')
})

test.run()
