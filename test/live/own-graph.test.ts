import * as assert from 'uvu/assert'
import { resolveOutputOptions } from '../../src/live/options'
import { SILENT_LOGGER } from '../../src/core/transport-options'
import { parseRtmpUrl } from '../../src/core/url'
import { ownGraph } from '../../src/live/own-graph'
import { prepare } from '../../src/engine/prepare'
import { native } from '../../src/addon/binding'
import { capturePipeline } from '../../src/pipelines/capture'
import { el, pipeline, type Graph } from '../../src/pipelines/graph/graph'
import { encodingPipeline, publisherPipeline } from '../../src/pipelines/output'
import { fitted } from '../../src/pipelines/elements/own-properties'
import { trialPipeline } from '../../src/pipelines/trial'
import { suite } from '../support/suite'

const test = suite('own-graph')

const url = parseRtmpUrl('rtmp://user:word@host/live/key1')

function ofSoftware(): Graph[] {
  const capture = { url, timeout: 5, decoder: 'avdec_h264', cores: 2, audioSampleRate: 48_000, audioChannels: 2 }
  return (['rxrtmp', 'rtmp2', 'librtmp'] as const).flatMap(transport => [
    publisherPipeline(url, transport, 5),
    capturePipeline({ ...capture, transport, throughput: true }),
    capturePipeline({ ...capture, transport, throughput: false }),
    capturePipeline({ ...capture, transport, throughput: false, decode: false }),
    ...['x264enc', 'openh264enc', 'x265enc', 'av1enc'].map(factory =>
      encodingPipeline(resolveOutputOptions({ width: 64, height: 64 }), { factory }),
    ),
    ...(['decoder', 'encoder'] as const).map(kind =>
      trialPipeline({
        kind,
        encoder: 'x264enc',
        decoder: 'avdec_h264',
        softwareEncoder: 'x264enc',
        softwareDecoder: 'avdec_h264',
      }),
    ),
  ])
}

test('the elements of this machine take every property of our graphs', async () => {
  for (const graph of ofSoftware()) {
    await prepare(graph)
    const { graph: fit, unfit } = fitted(graph, native().takes)
    assert.equal(unfit, [])
    for (const { factory, props } of fit.elements) {
      for (const [property, value] of Object.entries(props))
        assert.is(native().takes(factory, property, value), true, `${factory}.${property}`)
    }
  }
})

test('what an element takes is asked of the element', async () => {
  await prepare(pipeline(el('x264enc'), el('fakesink')))
  const { takes } = native()
  assert.equal(
    [
      takes('x264enc', 'tune', 'zerolatency'),
      takes('x264enc', 'tune', 'unheard'),
      takes('x264enc', 'unheard', 1),
      takes('no-such-element', 'name', 'a'),
    ],
    [true, false, null, null],
  )
  assert.equal(
    [takes('x264enc', 'bitrate', 2500), takes('x264enc', 'bitrate', 1e12), takes('fakesink', 'stats', 'a')],
    [true, false, false],
  )
})

test('a lesser wish is told once, a need is an error', async () => {
  const told: string[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void told.push(text) }
  const wish = pipeline(el('fakesrc'), el<string>('h264parse', { 'config-interval': 'never' }))
  await prepare(wish)
  assert.equal(ownGraph(wish, SILENT_LOGGER).elements[1]!.props, {})
  assert.equal(ownGraph(wish, logger).elements[1]!.props, {})
  ownGraph(wish, logger)
  assert.is(told.length, 1)
  assert.match(
    told[0]!,
    /^h264parse of GStreamer \d\S+ has no property config-interval as rxgst sets it: it goes without$/,
  )
  const need = pipeline(el('fakesrc'), el<string>('fakesink', { drop: true }))
  await prepare(need)
  assert.throws(
    () => ownGraph(need, logger),
    (error: { code: string; message: string }) => {
      return error.code === 'ERR_GSTREAMER_VERSION' && /fakesink.* drop/.test(error.message)
    },
  )
})

test.run()
