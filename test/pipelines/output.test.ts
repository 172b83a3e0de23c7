import * as assert from 'uvu/assert'
import { resolveOutputOptions } from '../../src/live/options'
import { parseRtmpUrl } from '../../src/core/url'
import type { Graph, GraphElement } from '../../src/pipelines/graph/graph'
import {
  audioPipeline,
  ENCODING,
  encodingPipeline,
  isBt709,
  PUBLISHER,
  publisherPipeline,
} from '../../src/pipelines/output'
import { suite } from '../support/suite'

const test = suite('output-graph')

const program = (options: object = {}): Graph =>
  encodingPipeline(resolveOutputOptions({ width: 640, height: 360, ...options }), { factory: 'x264enc' })
const audio = (options: object = {}): Graph =>
  audioPipeline(resolveOutputOptions({ width: 640, height: 360, ...options }))
const publisher = (transport: 'rtmp2' | 'librtmp' = 'rtmp2'): Graph =>
  publisherPipeline(parseRtmpUrl('rtmp://host/live/key1'), transport, 10)
const find = ({ elements }: Graph, name: string): GraphElement =>
  elements.find(element => element.name === name || element.factory === name)!

function row({ elements, links }: Graph, first: string): string[] {
  const found: string[] = []
  for (let link = links.find(({ from }) => from.element === first); link; ) {
    const { to } = link
    found.push(elements.find(({ name }) => name === to.element)!.factory)
    link = links.find(({ from }) => from.element === to.element)
  }
  return found
}

test('every element that the engine looks for is there, once', () => {
  const { video, encoder, videoPackets, ...sound } = ENCODING
  for (const [graph, names] of [
    [program(), { video, encoder, videoPackets }],
    [audio(), sound],
    [publisher(), PUBLISHER],
  ] as const) {
    for (const name of Object.values(names))
      assert.is(graph.elements.filter(element => element.name === name).length, 1, name)
    assert.is(new Set(graph.elements.map(({ name }) => name)).size, graph.elements.length)
  }
})

test('pictures and sound each go through one encoder', () => {
  assert.equal(row(program(), ENCODING.video), ['x264enc', 'h264parse', 'appsink'])
  assert.equal(row(audio(), ENCODING.audio), ['audioconvert', 'avenc_aac', 'aacparse', 'appsink'])
})

test('HEVC goes through the elements of its own', () => {
  const graph = encodingPipeline(resolveOutputOptions({ width: 640, height: 360 }), { factory: 'x265enc' })
  assert.equal(row(graph, ENCODING.video), ['x265enc', 'h265parse', 'appsink'])
  assert.match(String(find(graph, ENCODING.videoPackets).props.caps), 'video/x-h265,stream-format=(string)"hvc1"')
  for (const factory of ['nvh265enc', 'vah265enc', 'vah265lpenc', 'vaapih265enc']) {
    const device = encodingPipeline(resolveOutputOptions({ width: 640, height: 360 }), { factory })
    assert.equal(row(device, ENCODING.video), ['videoconvert', factory, 'h265parse', 'appsink'])
  }
})

test('AV1 goes through the elements of its own', () => {
  const options = resolveOutputOptions({ width: 640, height: 360 })
  for (const factory of ['av1enc', 'svtav1enc'])
    assert.equal(row(encodingPipeline(options, { factory }), ENCODING.video), [factory, 'av1parse', 'appsink'])
  for (const factory of ['nvav1enc', 'vaav1enc', 'vaav1lpenc']) {
    const device = encodingPipeline(options, { factory })
    assert.equal(row(device, ENCODING.video), ['videoconvert', factory, 'av1parse', 'appsink'])
    assert.match(String(find(device, ENCODING.videoPackets).props.caps), 'stream-format=(string)"obu-stream"')
  }
})

test('a device gets the format that it takes', () => {
  for (const factory of ['nvh264enc', 'vah264enc', 'vah264lpenc', 'vaapih264enc']) {
    const graph = encodingPipeline(resolveOutputOptions({ width: 640, height: 360 }), { factory })
    assert.equal(row(graph, ENCODING.video), ['videoconvert', factory, 'h264parse', 'appsink'])
  }
})

test('the size, the rate and the colours are fixed and tagged', () => {
  const caps = String(find(program({ fps: 29.97 }), ENCODING.video).props.caps)
  for (const part of ['format=(string)"I420"', 'width=(int)640', 'height=(int)360', 'framerate=(fraction)30000/1001']) {
    assert.ok(caps?.includes(part), `${part} in ${caps}`)
  }
  assert.match(caps!, 'colorimetry=(string)"bt601"')
  assert.match(
    String(find(program({ width: 1280, height: 720 }), ENCODING.video).props.caps),
    'colorimetry=(string)"bt709"',
  )
})

test('BT.709 begins above 576 lines', () => {
  assert.equal([240, 480, 576, 578, 720, 1080].map(isBt709), [false, false, false, true, true, true])
})

test('sound is float in the rate and channels asked for, AAC of 64 kbit/s a channel', () => {
  const graph = audio({ audioSampleRate: 48000, audioChannels: 1 })
  assert.is(
    find(graph, ENCODING.audio).props.caps,
    'audio/x-raw,format=(string)"F32LE",layout=(string)"interleaved",rate=(int)48000,channels=(int)1',
  )
  assert.is(find(graph, 'avenc_aac').props.bitrate, 64_000)
  assert.is(find(audio(), 'avenc_aac').props.bitrate, 128_000)
})

test('packets leave as FLV wants them', () => {
  assert.match(
    String(find(program(), ENCODING.videoPackets).props.caps),
    'stream-format=(string)"avc",alignment=(string)"au"',
  )
  assert.match(String(find(audio(), ENCODING.audioPackets).props.caps), 'stream-format=(string)"raw"')
})

test('every queue of the encoding is bounded', () => {
  const video = find(program(), ENCODING.video).props
  assert.is(video.block, true)
  assert.ok(Number(video['max-buffers']) > 0 && Number(video['max-buffers']) <= 4)
  const sound = find(audio(), ENCODING.audio).props
  assert.is(sound.block, true)
  assert.ok(Number(sound['max-bytes']) > 0)
})

test('pictures of another size are scaled, and get the colours that players assume of theirs', () => {
  const options = resolveOutputOptions({ width: 640, height: 360 })
  const from = (height: number): string[] =>
    row(
      encodingPipeline(options, { factory: 'x264enc' }, options.bitrate, { width: (height * 16) / 9, height }),
      ENCODING.video,
    )
  assert.equal(from(360), ['x264enc', 'h264parse', 'appsink'])
  assert.equal(from(540), ['videoscale', 'capsfilter', 'x264enc', 'h264parse', 'appsink'])
  assert.equal(from(720), ['videoscale', 'capsfilter', 'videoconvert', 'capsfilter', 'x264enc', 'h264parse', 'appsink'])
})

test('the bitrate of the sound can be chosen', () => {
  assert.is(find(audio({ audioBitrate: '96k' }), 'avenc_aac').props.bitrate, 96_000)
})

test('a publisher takes finished FLV tags into one connection', () => {
  const graph = publisher()
  assert.equal(row(graph, PUBLISHER.source), ['rtmp2sink'])
  assert.is(find(graph, PUBLISHER.source).props.caps, 'video/x-flv')
})

test('a publisher never holds the encoder back', () => {
  assert.is(find(publisher(), PUBLISHER.source).props.block, false)
})

test('librtmp is the other sink of the same graph', () => {
  assert.equal(row(publisher('librtmp'), PUBLISHER.source), ['rtmpsink'])
})

test.run()
