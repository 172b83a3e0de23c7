import * as assert from 'uvu/assert'
import { parseRtmpUrl } from '../../src/core/url'
import {
  CAPTURE,
  capturePipeline,
  hasSafeFrameThreads,
  isPictureDecoder,
  pictureRows,
  type CaptureGraphOptions,
  type PictureRows,
} from '../../src/pipelines/capture'
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
  assert.equal(row(graph, CAPTURE.demux, 'video'), [
    'identity',
    'h264parse',
    'capsfilter',
    'avdec_h264',
    'videoconvert',
    'appsink',
  ])
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
  const { videoPackets, decoder, picture, audioDecoder, convert } = CAPTURE
  const decoders: readonly string[] = [videoPackets, decoder, picture, audioDecoder, convert]
  for (const name of Object.values(CAPTURE)) {
    const expected = decoders.includes(name) ? 0 : 1
    assert.is(graph.elements.filter(element => element.name === name).length, expected, name)
  }
  assert.equal(row(graph, CAPTURE.demux, 'video'), ['identity', 'h264parse', 'fakesink'])
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

test('pictures come as 4:2:0 of 8 or 10 bits', () => {
  const formats = ['I420', 'NV12', 'I420_10LE', 'P010_10LE'].map(name => `(string)"${name}"`)
  assert.is(find(make(), CAPTURE.video).props.caps, `video/x-raw,format={${formats.join(',')}}`)
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
    'identity',
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

const factories = (rows: PictureRows['parsers']): (string[] | undefined)[] =>
  rows.map(({ elements }) => elements?.elements.map(({ factory }) => factory))

test('each codec has its elements, and H.264 those of the graph', () => {
  const chosen = new Map([
    ['h264', 'avdec_h264'],
    ['hevc', 'nvh265dec'],
    ['av1', 'av1dec'],
  ] as const)
  const { parsers, decoders } = pictureRows(chosen, OPTIONS)
  assert.equal(factories(parsers), [undefined, ['h265parse'], ['av1parse']])
  assert.equal(factories(decoders), [undefined, ['h265parse', 'nvh265dec'], ['av1dec']])
  assert.equal(
    parsers.map(({ caps }) => caps),
    ['video/x-h264', 'video/x-h265', 'video/x-av1'],
  )
  const [, hevc] = decoders
  const { name, props } = hevc!.elements!.elements[1]!
  assert.equal([name, props], ['decoder-hevc', { 'max-display-delay': 0 }])
  assert.ok(isPictureDecoder(name))
  assert.ok(isPictureDecoder('decoder'))
  assert.not.ok(isPictureDecoder('videoparse-hevc'))

  const software = pictureRows(new Map([['hevc', 'avdec_h265']]), OPTIONS)
  assert.equal(factories(software.decoders), [['avdec_h265']])
  assert.is(software.decoders[0]!.elements!.elements[0]!.props['thread-type'], 'slice')
  const frames = pictureRows(new Map([['hevc', 'avdec_h265']]), { ...OPTIONS, throughput: true })
  assert.is(frames.decoders[0]!.elements!.elements[0]!.props['thread-type'], 'frame')
  const unsafe = { ...OPTIONS, throughput: true, hevcFrameThreads: false }
  const slices = pictureRows(new Map([['hevc', 'avdec_h265']]), unsafe)
  assert.is(slices.decoders[0]!.elements!.elements[0]!.props['thread-type'], 'slice')
  assert.is(find(make(unsafe), 'avdec_h264').props['thread-type'], 'frame')
  assert.equal(factories(pictureRows(null, OPTIONS).parsers), [undefined, ['h265parse', 'capsfilter'], ['av1parse']])
  assert.equal(pictureRows(null, OPTIONS).decoders, [])
})

test('frame threads of HEVC lose no pictures up to GStreamer 1.22', () => {
  assert.equal(
    [20, 22, 24, 26].map(minor => hasSafeFrameThreads({ major: 1, minor })),
    [true, true, false, false],
  )
})

test('librtmp is the other source of the same graph', () => {
  const graph = make({ transport: 'librtmp' })
  assert.is(find(graph, CAPTURE.source).factory, 'rtmpsrc')
  assert.is(graph.elements.length, make().elements.length)
})

test.run()
