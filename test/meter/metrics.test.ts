import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { checkMetric, checkMetrics, METRIC_NAMES, METRICS } from '../../src/meter/metrics'
import { suite } from '../support/suite'

const test = suite('metrics')

const errorOf = (act: () => unknown): RxGstError => {
  try {
    act()
  } catch (error) {
    if (error instanceof RxGstError) return error
    throw error
  }
  throw new Error('it did not throw')
}

test('the names are those of the contract', () => {
  assert.equal([...METRIC_NAMES].sort(), [
    'avDrift',
    'bitrate',
    'black',
    'droppedFrames',
    'endToEndLatency',
    'fps',
    'freeze',
    'jitter',
    'keyframeInterval',
    'latency',
    'lateness',
    'loudness',
    'noData',
    'queueMs',
    'reconnects',
    'silence',
    'truePeak',
    'uptime',
  ])
})

test('an unknown name is refused, with the names that there are', () => {
  for (const name of ['fsp', '', 'toString', '__proto__', 'FPS', null, undefined, 7, {}, ['fps']]) {
    const { code, fault, message } = errorOf(() => checkMetric(name))
    assert.equal([code, fault], ['ERR_UNKNOWN_METRIC', 'options'])
    for (const known of METRIC_NAMES) assert.ok(message.includes(known), message)
  }
  assert.match(
    errorOf(() => checkMetric('fsp')).message,
    "'fsp' is no metric (did you mean 'fps'?); the metrics are bitrate, fps",
  )
  assert.not.match(errorOf(() => checkMetric('rtmp://host/live/secret')).message, 'secret')
})

test('a choice of metrics: absent is all, each once, in the order of the table', () => {
  assert.equal(checkMetrics(undefined), METRIC_NAMES)
  assert.equal(checkMetrics([]), [])
  assert.equal(checkMetrics(['fps', 'bitrate', 'fps']), ['bitrate', 'fps'])
  assert.is(errorOf(() => checkMetrics(['bitrate', 'nope'])).code, 'ERR_UNKNOWN_METRIC')
  for (const bad of ['fps', null, 7, {}, new Set(['fps'])])
    assert.is(errorOf(() => checkMetrics(bad)).code, 'ERR_OPTION')
})

test('exported names are in base units, as Prometheus wants them', () => {
  const names = Object.values(METRICS).map(({ prometheus }) => prometheus.name)
  assert.is(new Set(names).size, names.length)
  for (const { unit, counter, prometheus } of Object.values(METRICS)) {
    assert.match(prometheus.name, /^rxgst_[a-z_]+$/)
    assert.is(prometheus.name.endsWith('_total'), counter, prometheus.name)
    if (unit === 's' || unit === 'ms') assert.match(prometheus.name, /_seconds$/)
    assert.is(prometheus.scale, unit === 'ms' ? 0.001 : 1, prometheus.name)
  }
})

test.run()
