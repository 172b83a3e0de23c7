import * as assert from 'uvu/assert'
import { Relay, StreamMonitor, type Alert } from '../../../src/index'
import { publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

const test = suite('relay: monitor', { timeout: 60_000 })

test('a monitor measures what is copied, and raises alerts as for an output', async () => {
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { size: '160x90', fps: 25, gop: 25, bitrate: '300k' })
  await nginx.published('in')
  await using relay = new Relay(nginx.url('in'), nginx.url('out'), { reconnect: { initialDelay: 5000 } })
  using monitor = new StreamMonitor(undefined, { interval: 500 })
  const name = monitor.attachStream(relay)
  const alerts: Alert[] = []
  monitor.alerts$.subscribe(alert => void alerts.push(alert))
  await relay.start()
  const value = (metric: 'fps' | 'bitrate' | 'keyframeInterval' | 'noData'): number | null =>
    monitor.getMetric(metric, name)
  const isWithin = (metric: Parameters<typeof value>[0], least: number, most: number): boolean => {
    const is = value(metric)
    return is !== null && is >= least && is < most
  }
  // All in one sample: after a moment in which the machine stood still, some of them are others.
  await until(
    () =>
      isWithin('keyframeInterval', 0.9, 1.1) &&
      isWithin('fps', 20, 30) &&
      isWithin('bitrate', 50_000, 1_000_000) &&
      isWithin('noData', 0, 1),
    { what: () => JSON.stringify(monitor.getSample(name)) },
  )
  assert.is(monitor.getSample(name)!.direction, 'out')
  await source.stop()
  await until(() => alerts.length > 0, { what: () => JSON.stringify(monitor.getSample(name)), timeout: 30_000 })
  await relay.stop()
})

test.run()
