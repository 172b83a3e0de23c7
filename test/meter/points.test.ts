import * as assert from 'uvu/assert'
import { METRIC_NAMES, type MetricName } from '../../src/meter/metrics'
import type { Reading } from '../../src/meter/meter'
import { Meters } from '../../src/meter/meters'
import { pipelinePoints } from '../../src/meter/points'
import { checkMachine } from '../../src/engine/prepare'
import { Runner } from '../../src/engine/runner'
import { caps, chain, el, pipeline, type Graph } from '../../src/pipelines/graph/graph'
import { suite } from '../support/suite'
import { until } from '../support/until'

const test = suite('meters of any pipeline', { timeout: 60_000 })

const logger = { debug() {}, info() {}, warn() {}, error() {} }

/** A graph whose element 'dec' passes for a decoder. */
function decoding({ elements, links }: Graph): Pick<Graph, 'elements' | 'links'> {
  return { elements: elements.map(one => (one.name === 'dec' ? { ...one, factory: 'identitydec' } : one)), links }
}

/** Runs a graph with a meter until `condition`, whose reading it returns. */
async function measure(
  graph: Graph,
  metrics: readonly MetricName[],
  condition: (reading: Reading) => boolean,
): Promise<Reading> {
  checkMachine()
  const runner = new Runner(graph, {
    secrets: [],
    logger,
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: () => {},
  })
  const meters = new Meters({ direction: 'pipeline', phase: () => 'live' })
  meters.setPhase('live')
  const meter = meters.open(metrics)
  const gone = meters.attach(pipelinePoints(decoding(graph), name => runner.element(name)))
  try {
    await runner.setState('PLAYING')
    const what = () => JSON.stringify(meter.read().values)
    const look = (): Reading | null => {
      const reading = meter.read()
      return condition(reading) ? reading : null
    }
    return await until(look, { timeout: 30_000, interval: 50, what })
  } finally {
    gone()
    await runner.stop()
    meter.close()
  }
}

const raw = caps('video/x-raw', { format: 'I420', width: 160, height: 90, framerate: '25/1' })

test('an encoder of live pictures and sound', async () => {
  const graph = pipeline(
    el('videotestsrc', { 'is-live': true, pattern: 2 }),
    raw,
    el('x264enc', { tune: 4, 'key-int-max': 25 }),
    el('h264parse'),
    el('fakesink', { sync: false }),
    chain(
      el('audiotestsrc', { 'is-live': true, volume: 0, samplesperbuffer: 1024 }),
      el('audioconvert'),
      el('avenc_aac'),
      el('fakesink', { sync: false }),
    ),
  )
  // A busy machine gives the pictures of a second in another one.
  const { values, totals, tracks } = await measure(
    graph,
    METRIC_NAMES,
    ({ values: { fps, black, silence }, totals }) =>
      Math.abs((fps ?? 0) - 25) < 2 && black! > 1.2 && silence! > 1 && totals.frames.video >= 25,
  )
  assert.ok(values.bitrate! > 0 && tracks.video.bitrate! > 0)
  assert.ok(values.freeze! > 1, 'black does not move')
  assert.ok(values.latency! >= 0 && values.latency! < 5000, `${values.latency}`)
  assert.ok(totals.frames.keyframe >= 1)
})

for (const format of ['I420_10LE', 'P010_10LE'] as const) {
  test(`pictures of ten bits, ${format}: black and still, or neither`, async () => {
    const graph = (pattern: number): Graph =>
      pipeline(
        el('videotestsrc', { 'is-live': true, pattern }),
        caps('video/x-raw', { format, width: 160, height: 90, framerate: '25/1' }),
        el('identity', { name: 'dec' }),
        el('fakesink', { sync: false }),
      )
    const { values } = await measure(graph(2), ['black', 'freeze'], ({ values }) => values.black! > 1.2)
    assert.ok(values.freeze! > 1, 'black does not move')
    // Snow moves and is not black.
    let looks = 0
    const { values: lively } = await measure(graph(1), ['black', 'freeze'], ({ values }) => {
      return values.black !== null && ++looks > 30
    })
    assert.equal([lively.black, lively.freeze], [0, 0])
  })
}

for (const format of ['F32LE', 'S16LE'] as const) {
  for (const layout of ['interleaved', 'non-interleaved'] as const) {
    test(`the loudness of ${layout} ${format}`, async () => {
      const sound = caps('audio/x-raw', { format, layout, rate: 48_000, channels: 2 })
      const graph = pipeline(
        el('audiotestsrc', { freq: 997, volume: 0.1, 'num-buffers': 400 }),
        el('audioconvert'),
        sound,
        el('identity', { name: 'dec' }),
        el('fakesink', { sync: false }),
      )
      checkMachine()
      const runner = new Runner(graph, {
        secrets: [],
        logger,
        wasLive: () => true,
        onError: error => assert.unreachable(error.message),
        onEos: () => {},
      })
      const meters = new Meters({ direction: 'pipeline', phase: () => 'live' })
      const meter = meters.open(['loudness', 'truePeak'])
      meters.attach(pipelinePoints(decoding(graph), name => runner.element(name)))
      await runner.setState('PLAYING')
      await until(() => meter.read().values.loudness !== null, { what: () => JSON.stringify(meter.read()) })
      // A sine of −20 dBFS at 997 Hz in both channels has −20 LUFS (EBU Tech 3341).
      const { loudness, truePeak } = meter.read().values
      assert.ok(Math.abs(loudness! + 20) <= 0.1, `${loudness} LUFS`)
      assert.ok(Math.abs(truePeak! + 20) <= 0.2, `${truePeak} dBTP`)
      meter.close()
      await runner.stop()
    })
  }
}

test.run()
