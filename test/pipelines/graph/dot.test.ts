import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import fc, { runs } from '../../support/fast-check'
import { caps, chain, el, fromJSON, gst, pipeline, type Graph } from '../../../src/pipelines/graph/graph'
import { graphSecrets, maskedValue } from '../../../src/pipelines/graph/secrets'
import { suite } from '../../support/suite'
import { hostileText } from './arbitrary-graph'

const test = suite('graph-dot')

test('a box an element, an arrow a link, pads where they are named, caps as they are read', () => {
  const dot = gst`filesrc location=a.flv ! flvdemux name=d  d.video ! queue max-size-buffers=5 leaky=downstream !
      video/x-h264,width=[1,5],format={I420,NV12} ! mux.video  flvmux name=mux ! fakesink`.toDot()
  assert.is(
    dot.split('\n').slice(4).join('\n'),
    `  "filesrc0" [label="filesrc\\nlocation = a.flv\\l"]
  "d" [label="flvdemux\\nd"]
  "queue0" [label="queue\\nmax-size-buffers = 5\\lleaky = downstream\\l"]
  "capsfilter0" [shape=plain, style="", label="video/x-h264\\nwidth=[1,5]\\nformat={I420,NV12}"]
  "mux" [label="flvmux\\nmux"]
  "fakesink0" [label="fakesink"]
  "filesrc0" -> "d"
  "d" -> "queue0" [taillabel="video"]
  "queue0" -> "capsfilter0"
  "capsfilter0" -> "mux" [headlabel="video"]
  "mux" -> "fakesink0"
}
`,
  )
})

test('no value ends its quotes', () => {
  const quoted = String.raw`"(?:\\[^]|[^"\\\n])*"`
  const STATEMENT = new RegExp(`^ {2}${quoted}(?: -> ${quoted})?(?: \\[(?:\\w+=(?:${quoted}|\\w+)(?:, )?)+\\])?$`)
  fc.assert(
    fc.property(hostileText, hostileText, (first, second) => {
      const lines = pipeline(
        el('textoverlay', { text: first }),
        caps('video/x-raw', { format: second }),
        el('fakesink', { name: 'x' }),
      )
        .toDot()
        .split('\n')
      assert.is(lines.length, 4 + 3 + 2 + 2)
      for (const line of lines.slice(4, -2)) assert.match(line, STATEMENT)
    }),
    { numRuns: runs(500) },
  )
})

const SECRETS = [
  'live-key-1',
  'p4ssw0rd',
  'play-key-2',
  'tok3n-value',
  'srt-pass-3',
  'sid-4',
  'librtmp-key-5',
  'user-pw-6',
] as const
const secret = pipeline(
  el('rtmp2sink', { location: 'rtmp://user:p4ssw0rd@host/app/live-key-1' }),
  el('rtmp2src', { host: 'host', stream: 'play-key-2' }),
  el('souphttpsrc', { location: 'https://host/a?token=tok3n-value', userPw: 'user-pw-6' }),
  el('srtsink', { uri: 'srt://host:1', passphrase: 'srt-pass-3', streamid: 'sid-4' }),
  el('rtmpsink', { location: 'rtmp://host/app/librtmp-key-5 app=app playpath=librtmp-key-5' }),
)

test('a drawing shows no stream key and no password', () => {
  const dot = secret.toDot()
  for (const text of SECRETS) assert.not.match(dot, text)
  assert.match(dot, /location = rtmp:\/\/\*\*\*@host:1935\/app\/\*\*\*/)
  assert.match(dot, /location = https:\/\/\*\*\*host|location = https:\/\/host\/a\?\*\*\*/)
  assert.match(dot, 'uri = srt://host:1')
})

test('console.log shows a graph, and each part of it, with keys and passwords masked', () => {
  const graph = gst`rtmp2src name=in location=${'rtmp://me:pass-word@h/app/the-key?token=abcdefgh'} !
    rtmp2sink stream=${'the-key'}`
  const plain = fromJSON(JSON.parse(JSON.stringify(graph)))
  for (const shown of [
    graph,
    plain,
    graph.elements,
    graph.elements[0],
    graph.elements[0]!.props,
    { graph },
    pipeline(el('fakesrc'), chain(graph)),
  ]) {
    for (const options of [{}, { depth: 20, showHidden: true, getters: true }]) {
      const text = inspect(shown, options)
      assert.not.match(text, /the-key|pass-word|abcdefgh/)
    }
  }
  assert.match(
    inspect(graph, { depth: 9 }),
    /Graph {[^]*location: 'rtmp:\/\/\*\*\*@h:1935\/app\/\*\*\*'[^]*links: \[ 'in ! rtmp2sink0' \]/,
  )
  // For the program all is as it was.
  assert.match(String(graph.elements[0]!.props['location']), 'the-key')
  assert.equal(plain.elements, graph.elements)
  assert.equal(Object.keys(graph.elements[0]!.props), ['location'])
})

test('what has to be masked is known', () => {
  const known = graphSecrets(secret)
  for (const text of SECRETS) assert.ok(known.includes(text), text)
  for (const plain of ['host', 'app', 'user']) assert.not.ok(known.includes(plain), plain)
})

test('an application holds secrets in its query, and is one itself where no stream is named', () => {
  const rtmp2 = (props: Record<string, string>) => pipeline(el('rtmp2sink', props))
  const shown = (graph: Graph, property: string): unknown => maskedValue(graph.elements[0]!, property)
  const query = rtmp2({ application: 'live?vhost=x&pass=planted-1', stream: 'key1' })
  assert.is(shown(query, 'application'), 'live?***')
  assert.ok(graphSecrets(query).includes('planted-1'))
  assert.not.match(query.toDot(), 'planted')
  for (const alone of [rtmp2({ application: 'planted' }), rtmp2({ application: 'planted', stream: '' })]) {
    assert.is(shown(alone, 'application'), '***')
    assert.ok(graphSecrets(alone).includes('planted'))
    assert.not.match(alone.toDot(), 'planted')
  }
  assert.is(shown(rtmp2({ application: 'live', stream: 'key1' }), 'application'), 'live')
})

test('addresses that are not understood are masked whole, others are left', () => {
  const value = (factory: string, property: string, text: string): unknown =>
    maskedValue(pipeline(el(factory, { [property]: text })).elements[0]!, property)
  assert.is(value('rtmp2src', 'location', 'rtmp://host'), 'rtmp://***')
  assert.is(value('rtmp2src', 'location', 'rtmp://host/key1?pass=word'), 'rtmp://host:1935/***')
  assert.is(value('rtmpsrc', 'location', 'rtmp://host/app?pass=word/key1'), 'rtmp://host:1935/app?***/***')
  assert.is(value('filesrc', 'location', '/tmp/a b.mp4'), '/tmp/a b.mp4')
  assert.is(value('uridecodebin', 'uri', 'rtsp://u:p@h:554/a/b'), 'rtsp://***@h:554/a/b')
  assert.is(value('textoverlay', 'text', 'see rtmp://h/a/key now'), 'see rtmp://h:1935/a/*** ***')
})

test.run()
