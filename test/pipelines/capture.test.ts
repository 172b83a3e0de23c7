import * as assert from 'uvu/assert'
import { parseRtmpUrl } from '../../src/core/url'
import { CAPTURE, capturePipeline, type CaptureGraphOptions } from '../../src/pipelines/capture'
import type { Graph, GraphElement } from '../../src/pipelines/graph/graph'
import { suite } from '../support/suite'

const test = suite('capture-graph')

const OPTIONS: CaptureGraphOptions = {
  url: parseRtmpUrl('rtmp://host/live/key1'),
  transport: 'rtmp2',
  timeout: 10,
  decoder: 'avdec_h264',
  throughput: false,
  cores: 2,
  audioSampleRate: null,
  audioChannels: null,
}

const make = (options: Partial<CaptureGraphOptions> = {}): Graph => capturePipeline({ ...OPTIONS, ...options })
const find = ({ elements }: Graph, name: string): GraphElement =>
  elements.find(element => element.name === name || element.factory === name)!

/** The factories on the way from a pad of an element to the end of its row. */
function row({ elements, links }: Graph, element: string, pad: string | null): string[] {
  const found: string[] = []
  for (let link = links.find(({ from }) => from.element === element && from.pad === pad); link; ) {
    const { to } = link
    found.push(elements.find(({ name }) => name === to.element)!.factory)
    link = links.find(({ from }) => from.element === to.element && from.pad === null)
  }
  return found
}

test('every element that the engine looks for is there, once', () => {
  const { elements } = make()
  for (const name of Object.values(CAPTURE))
    assert.is(elements.filter(element => element.name === name).length, 1, name)
  assert.is(new Set(elements.map(({ name }) => name)).size, elements.length)
})

test('every pad of the demuxer has a home', () => {
  const graph = make()
  assert.is(find(graph, CAPTURE.source).factory, 'rtmp2src')
  assert.equal(row(graph, CAPTURE.source, null), ['flvdemux'])
  assert.equal(row(graph, CAPTURE.demux, 'video'), ['h264parse', 'capsfilter', 'avdec_h264', 'videoconvert', 'appsink'])
  assert.equal(row(graph, CAPTURE.demux, 'audio'), [
    'identity',
    'aacparse',
    'capsfilter',
    'avdec_aac',
    'audioconvert',
    'audioresample',
    'appsink',
  ])
})

test('what is only watched is parsed and goes nowhere', () => {
  const graph = make({ decode: false })
  const decoders: readonly string[] = [CAPTURE.decoder, CAPTURE.audioDecoder, CAPTURE.convert]
  for (const name of Object.values(CAPTURE)) {
    const expected = decoders.includes(name) ? 0 : 1
    assert.is(graph.elements.filter(element => element.name === name).length, expected, name)
  }
  assert.equal(row(graph, CAPTURE.demux, 'video'), ['h264parse', 'fakesink'])
  assert.equal(row(graph, CAPTURE.demux, 'audio'), ['identity', 'aacparse', 'fakesink'])
  assert.equal(
    graph.elements.filter(({ factory, props }) => factory === 'fakesink' && (props.sync || props.async)),
    [],
  )
})

test('the peer does not choose the decoder', () => {
  for (const { factory } of make().elements) assert.not.match(factory, /decodebin|playbin|uridecode|typefind/)
})

test('the sinks hold nothing and wait for no clock', () => {
  const graph = make()
  for (const name of [CAPTURE.video, CAPTURE.audio]) {
    const { props } = find(graph, name)
    assert.equal([props.sync, props.async, props['max-buffers'], props.drop], [false, false, 1, false], name)
  }
})

test('pictures come as 4:2:0 of 8 bits', () => {
  assert.is(find(make(), CAPTURE.video).props.caps, 'video/x-raw,format={(string)"I420",(string)"NV12"}')
})

test('sound comes as float, at the rate and with the channels asked for', () => {
  assert.is(find(make(), CAPTURE.audio).props.caps, 'audio/x-raw,format=(string)"F32LE",layout=(string)"interleaved"')
  const { caps } = find(make({ audioSampleRate: 48000, audioChannels: 1 }), CAPTURE.audio).props
  assert.is(caps, 'audio/x-raw,format=(string)"F32LE",layout=(string)"interleaved",rate=(int)48000,channels=(int)1')
})

test('slices for latency, frames for throughput', () => {
  assert.is(find(make(), 'avdec_h264').props['thread-type'], 'slice')
  assert.is(find(make({ throughput: true }), 'avdec_h264').props['thread-type'], 'frame')
})

test('a device has a parser of its own behind what is looked at, and the properties that it has', () => {
  const graph = make({ decoder: 'nvh264dec' })
  assert.equal(row(graph, CAPTURE.demux, 'video'), [
    'h264parse',
    'capsfilter',
    'h264parse',
    'nvh264dec',
    'videoconvert',
    'appsink',
  ])
  // Parameter sets before each keyframe; no picture held back.
  const parser = graph.elements.find(({ factory, name }) => factory === 'h264parse' && name !== CAPTURE.videoParser)!
  assert.is(parser.props['config-interval'], -1)
  const { name, props } = find(graph, 'nvh264dec')
  assert.equal([name, props], [CAPTURE.decoder, { 'max-display-delay': 0 }])
  assert.equal(find(make({ decoder: 'vah264dec' }), 'vah264dec').props, {})
})

test('librtmp is the other source of the same graph', () => {
  const graph = make({ transport: 'librtmp' })
  assert.is(find(graph, CAPTURE.source).factory, 'rtmpsrc')
  assert.is(graph.elements.length, make().elements.length)
})

test.run()
