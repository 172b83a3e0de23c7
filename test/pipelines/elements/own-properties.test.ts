import * as assert from 'uvu/assert'
import { resolveOutputOptions } from '../../../src/live/options'
import { parseRtmpUrl } from '../../../src/core/url'
import { capturePipeline, type CaptureGraphOptions } from '../../../src/pipelines/capture'
import { el, pipeline, type Graph, type Props } from '../../../src/pipelines/graph/graph'
import { allCandidates } from '../../../src/pipelines/candidates'
import { encodingPipeline, publisherPipeline } from '../../../src/pipelines/output'
import { fitted, needOf, type Takes } from '../../../src/pipelines/elements/own-properties'
import { trialPipeline } from '../../../src/pipelines/trial'
import type { Transport } from '../../../src/pipelines/transport'
import { suite } from '../../support/suite'

const test = suite('own-properties')

const url = parseRtmpUrl('rtmp://user:word@host/live/key1')
const decoders = allCandidates('decoder').map(({ factory }) => factory)
const encoders = allCandidates('encoder').map(({ factory }) => factory)

const software = { softwareEncoder: 'x264enc', softwareDecoder: 'avdec_h264' } as const

/** Every graph of ours, in every shape. */
function* ownGraphs(): Generator<Graph> {
  const capture = { url, timeout: 5, cores: 2, audioSampleRate: 48_000, audioChannels: 2 }
  for (const transport of ['rtmp2', 'librtmp'] satisfies Transport[]) {
    yield publisherPipeline(url, transport, 5)
    for (const decoder of decoders) {
      for (const throughput of [true, false])
        yield capturePipeline({ ...capture, transport, decoder, throughput } satisfies CaptureGraphOptions)
    }
    yield capturePipeline({ ...capture, transport, decoder: 'avdec_h264', throughput: false, decode: false })
  }
  for (const factory of encoders) {
    yield encodingPipeline(resolveOutputOptions({ width: 64, height: 64 }), { factory })
    yield trialPipeline({ kind: 'encoder', encoder: factory, decoder: 'avdec_h264', ...software })
  }
  for (const decoder of decoders) yield trialPipeline({ kind: 'decoder', encoder: 'x264enc', decoder, ...software })
}

test('the table knows every property that a graph of ours sets', () => {
  for (const { elements } of ownGraphs()) {
    for (const { factory, props } of elements) {
      for (const property of Object.keys(props))
        assert.is.not(needOf(factory, property), null, `${factory}.${property}`)
    }
  }
})

test('what is taken as it is stays as it is', () => {
  for (const graph of ownGraphs()) {
    const { graph: fit, unfit } = fitted(graph, () => true)
    assert.equal([fit.toLaunch(), unfit], [graph.toLaunch(), []])
  }
})

const props = (factory: string, given: Props, takes: Takes) => {
  const { graph, unfit } = fitted(pipeline(el(factory, given)), takes)
  return { set: { ...graph.elements[0]!.props }, unfit: unfit.map(({ property, needed }) => [property, needed]) }
}

test('aac-ms by its nick, where it is an enum, and left out where it is nothing of the kind', () => {
  const given = { bitrate: 128_000, 'aac-ms': false }
  const old: Takes = (_, name, value) => name === 'bitrate' || typeof value === 'boolean'
  const now: Takes = (_, name, value) => name === 'bitrate' || ['auto', 'off', 'on'].includes(String(value))
  assert.equal(props('avenc_aac', given, old), { set: given, unfit: [] })
  assert.equal(props('avenc_aac', given, now), { set: { bitrate: 128_000, 'aac-ms': 'off' }, unfit: [] })
  for (const other of [null, false]) {
    const takes: Takes = (_, name) => (name === 'bitrate' ? true : other)
    assert.equal(props('avenc_aac', given, takes), { set: { bitrate: 128_000 }, unfit: [['aac-ms', false]] })
  }
})

test('without a property that the stream needs there is none; the element refuses a value out of range', () => {
  const given = { bitrate: 9_999_999, tune: 'zerolatency', 'key-int-max': 60 }
  assert.equal(props('x264enc', given, (_, name) => (name === 'tune' ? null : true)).unfit, [['tune', true]])
  assert.equal(
    props('x264enc', given, (_, name) => name !== 'bitrate'),
    { set: given, unfit: [] },
  )
})

test('a property that the table does not know is needed', () => {
  assert.equal(
    props('x264enc', { unheard: 1 }, () => null),
    { set: {}, unfit: [['unheard', true]] },
  )
})

test.run()
