import * as assert from 'uvu/assert'
import fc, { runs } from '../../support/fast-check'
import {
  branch,
  caps,
  capsText,
  chain,
  el,
  fromJSON,
  gst,
  pad,
  pipeline,
  tee,
  type Graph,
  type GstValue,
} from '../../../src/pipelines/graph/graph'
import { suite } from '../../support/suite'
import { graphJson, gstValue, hostileText } from '../graph/arbitrary-graph'
import { HOSTILE_VALUES } from './hostile-values'
import { links, parse, refused } from '../graph/support'

// Thousands of graphs each, on a machine that may have other work.
const test = suite('launch', { timeout: 120_000 })

type Json = typeof graphJson extends fc.Arbitrary<infer Value> ? Value : never

/** Links by name need the names that a graph gives: made first without. */
function graphOf({ elements, links }: Json): Graph {
  const names = fromJSON({ elements }).elements.map(({ name }) => name)
  const end = (at: number, pad: string | null): string => (pad === null ? names[at]! : `${names[at]}.${pad}`)
  return fromJSON({
    elements,
    links: links.map(([from, to, source, sink]) => ({ from: end(from, source), to: end(to, sink) })),
  })
}

test('text and code give the same graph', () => {
  const code = pipeline(
    el('videotestsrc', { numBuffers: 30, 'is-live': true, pattern: 'ball' }),
    caps('video/x-raw', { format: 'I420', width: 320, framerate: '30/1' }),
    tee('t'),
    el('queue', { maxSizeTime: 0, leaky: 'downstream' }),
    el('x264enc', { tune: 'zerolatency', bitrate: 500 }),
    pad('m.video'),
    branch('t', el('queue'), el('fakesink', { name: 'end', sync: false })),
    chain(el('flvmux', { name: 'm', streamable: true }), el('filesink', { location: 'my file.flv' })),
  )
  const text = gst`videotestsrc num-buffers=30 is-live=true pattern=ball
    ! video/x-raw,format=I420,width=320,framerate=30/1
    ! tee name=t ! queue max-size-time=0 leaky=downstream ! x264enc tune=zerolatency bitrate=500 ! m.video
    t. ! queue ! fakesink name=end sync=false
    flvmux name=m streamable=true ! filesink location="my file.flv"`
  assert.equal(text, code)
  assert.equal(fromJSON(JSON.parse(JSON.stringify(code))), code)
  assert.equal(parse(code.toLaunch()), code)
  const values: GstValue[] = [30, true, 'ball', 'I420', 320, '30/1', 't', 0n, 'zerolatency', 'my file.flv']
  const [count, live, ball, format, width, rate, t, zero, tune, file] = values as [
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
    GstValue,
  ]
  const filled = gst`videotestsrc num-buffers=${count} is-live=${live} pattern=${ball}
    ! video/x-raw,format=${format},width=${width},framerate=${rate}
    ! tee name=${t} ! queue max-size-time=${zero} leaky=downstream ! x264enc tune=${tune} bitrate=500 ! m.video
    t. ! queue ! fakesink name=end sync=false
    flvmux name=m streamable=true ! filesink location=${file}`
  assert.equal(filled, code)
})

test('toLaunch reads as people write it', () => {
  const graph = pipeline(
    el('rtmp2src', { location: 'rtmp://host/app/key' }),
    el('flvdemux', { name: 'd' }),
    branch('d.video', el('queue'), caps('video/x-h264', { parsed: true }), pad('m.video')),
    branch('d.audio', pad('m.audio')),
    chain(el('flvmux', { name: 'm' }), el('filesink', { location: 'a b' })),
  )
  assert.is(
    graph.toLaunch(),
    `rtmp2src location="rtmp://host/app/key" ! flvdemux name="d"
d.video ! queue ! video/x-h264,parsed=(boolean)true ! m.video
d.audio ! m.audio
flvmux name="m" ! filesink location="a b"`,
  )
})

test('every graph comes back from text and from JSON', () => {
  fc.assert(
    fc.property(graphJson, json => {
      const graph = graphOf(json)
      assert.equal(parse(graph.toLaunch()), graph, graph.toLaunch())
      assert.equal(fromJSON(JSON.parse(JSON.stringify(graph))), graph)
    }),
    { numRuns: runs(2000) },
  )
})

test('an interpolated value is one value, whatever it holds', () => {
  fc.assert(
    fc.property(gstValue, gstValue, (first, second) => {
      const graph = gst`a x=${first} ! b y="${second}" z=${second}`
      const code = pipeline(
        el('a', { x: first }),
        el('b', { y: typeof second === 'string' ? second : second, z: second }),
      )
      assert.equal(graph, code)
    }),
    { numRuns: runs(1000) },
  )
})

test('a value among text is text', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (first, second) => {
      assert.equal(
        gst`a x="say ${first} and ${second}" ! b y=${first}.mp4`,
        pipeline(el('a', { x: `say ${first} and ${second}` }), el('b', { y: `${first}.mp4` })),
      )
    }),
  )
})

test('a value in caps is one value of one field', () => {
  fc.assert(
    fc.property(gstValue, hostileText, (first, second) => {
      const graph = gst`a ! video/x-raw,x=${first},y=(string)${second},z={${second},b},w="c ${second}" ! b`
      assert.equal(graph.elements.length, 3)
      const text = graph.elements[1]!.props.caps
      const wanted = capsText('video/x-raw', { x: first, y: '', z: [second, 'b'], w: `c ${second}` })
      // A type that is given decides: '1/2' is no fraction there.
      assert.is(
        text,
        wanted.replace('y=(string)""', () =>
          capsText('a/b', { y: `§${second}` })
            .slice(4)
            .replace('§', ''),
        ),
      )
      assert.equal(
        gst`a caps="video/x-raw,x=${first}"`,
        pipeline(
          el('a', {
            caps: capsText('video/x-raw', { x: typeof first === 'string' ? `§${first}` : first }).replace('§', ''),
          }),
        ),
      )
    }),
    { numRuns: runs(1000) },
  )
})

test('numbers in caps may stand in text', () => {
  assert.equal(
    gst`a ! video/x-raw,framerate=${25}/1,width=[${16},${1920}],x=(int)${5} ! b`,
    gst`a ! video/x-raw,framerate=25/1,width=[16,1920],x=5 ! b`,
  )
  refused(() => gst`a ! video/x-raw,width=(int)${'5, height=(int)6'} ! b`, /field width: a value is no int/)
})

test('a value anywhere else is refused', () => {
  for (const value of [...HOSTILE_VALUES, 'fakesink', 5]) {
    refused(() => gst`${value}`, /a value stands where/)
    refused(() => gst`a ! ${value} ! b`, /a value stands where/)
    refused(() => gst`a ${value}=5`, /a value stands where/)
    refused(() => gst`a x${value}=5`, /a value stands where/)
    refused(() => gst`a name=b b.${value} ! c`, /.+/)
    refused(() => gst`a ! video/${value} ! c`, /.+/)
    refused(() => gst`a ! video/x-raw,${value}=5 ! c`, /name of a field/)
    refused(() => gst`a ! video/x-raw(${value}) ! c`, /features/)
    refused(() => gst`a ! video/x-raw,x=(${value})5 ! c`, /expected a type/)
    refused(() => gst`a ! video/x-raw${value} ! c`, /expected/)
    refused(() => gst`file://${value} ! c`, /a value stands where an element does/)
  }
})

test('a name from outside is a name, or refused', () => {
  for (const value of HOSTILE_VALUES) {
    if (/^[\w-]+$/.test(value)) continue
    refused(() => gst`a name=${value}`, /cannot name an element/)
    refused(() => fromJSON({ elements: [{ factory: 'a', name: value }] }), /cannot name an element/)
  }
})

test('quotes and backslashes are those of gst-launch', () => {
  const value = (text: string): unknown => parse(`a x=${text}`).elements[0]!.props.x
  for (const [text, wanted] of [
    ['5', 5],
    ['"5"', 5],
    ['"\\5"', '5'],
    ['05', '05'],
    ['-1.5', -1.5],
    ['1e3', '1e3'],
    ['true', true],
    ['TRUE', 'TRUE'],
    ['"\\true"', 'true'],
    ['"a b"', 'a b'],
    ['a\\ b', 'a b'],
    ['"a \\"b\\""', 'a "b"'],
    ['"a \\\\ b"', 'a \\ b'],
    ["'a b'", 'a b'],
    ['a"b', 'a"b'],
    ['"\\"a\\""', 'a'],
    ['"\\"\\\\101\\""', 'A'],
    ['18446744073709551615', '18446744073709551615'],
    ['5/1', '5/1'],
    ['a=b', 'a=b'],
    ['""', ''],
    ['"a\nb"', 'a\nb'],
  ] as const) {
    assert.is(value(text), wanted, text)
  }
  assert.is(gst`a x = 5`.elements[0]!.props.x, 5)
  refused(() => parse('a x="b'), /quotes that do not match/)
  refused(() => parse('a x=NULL'), /NULL is no value/)
})

test('pads: before and behind a link, lists, and of named elements from before and behind', () => {
  assert.equal(links(parse('a .x ! .y b')), ['a0.x>b0.y'])
  assert.equal(links(parse('a ! m.x m name=m')), ['a0>m.x'])
  assert.equal(links(parse('m name=m m.x ! b')), ['m.x>b0'])
  assert.equal(links(parse('m name=m n name=n m.a,b ! n.c,d m. ! n.')), ['m.a>n.c', 'm.b>n.d', 'm>n'])
  assert.equal(links(parse('a .x,y ! .z,w b')), ['a0.x>b0.z', 'a0.y>b0.w'])
  assert.equal(links(parse('m name=m a ! m.sink_0 b ! m.sink_%u')), ['a0>m.sink_0', 'b0>m.sink_%u'])
})

test('caps between pads: one filter a link', () => {
  const graph = parse('m name=m n name=n m.a,b ! video/x-raw ! n.c,d')
  assert.equal(links(graph), ['m.a>capsfilter0', 'capsfilter0>n.c', 'm.b>capsfilter1', 'capsfilter1>n.d'])
  assert.equal(parse(graph.toLaunch()), graph)
})

test('caps in quotes, of the shell', () => {
  const wanted = gst`a ! video/x-raw,format=YUY2;video/x-raw,format=YV12 ! b`
  assert.equal(gst`a ! 'video/x-raw, format=YUY2; video/x-raw, format=YV12' ! b`, wanted)
  assert.equal(gst`a ! "video/x-raw, format=(string)YUY2; video/x-raw, format=YV12" ! b`, wanted)
})

test('bins are taken apart', () => {
  assert.equal(parse('a ! ( b ! c ) ! d'), parse('a ! b ! c ! d'))
  assert.equal(links(parse('a ! bin.( b c ! d ) ! e')), ['a0>b0', 'c0>d0', 'd0>e0'])
})

test('URIs at the ends of a chain are elements', () => {
  assert.equal(gst`file:///a%20b.mp4 ! fakesink`, gst`filesrc location="/a b.mp4" ! fakesink`)
  assert.equal(gst`fakesrc ! file:///x`, gst`fakesrc ! filesink location="/x"`)
  assert.equal(gst`rtmp://h/a/k ! fakesink`, gst`rtmp2src location=rtmp://h/a/k ! fakesink`)
  assert.equal(gst`http://h/a?b=c ! fakesink`, gst`souphttpsrc location=http://h/a?b=c ! fakesink`)
  refused(() => gst`nothing://x ! fakesink`, /no source element for URIs of nothing/)
  refused(() => gst`/a/b ! fakesink`, /no source element for this URI/)
})

test('text is read as lines of a shell script are written', () => {
  assert.equal(parse('a ! \\\n  b'), parse('a ! b'))
  assert.equal(parse('  a\n!\nb\n'), parse('a ! b'))
  refused(() => parse('gst-launch-1.0 -v a ! b'), /leave gst-launch-1\.0 and its options out/)
})

test('what is not a pipeline is refused, with the place', () => {
  for (const [text, message] of [
    ['', /gst, character 1: an empty pipeline/],
    [' \n ', /an empty pipeline/],
    ['a !', /gst, character 4: expected an element, not the end/],
    ['! a', /character 1: .*without a source/],
    ['a ! ! b', /character 5: .*without a source/],
    ['a ! b. ! c b name=b', /character 8: .*without a source/],
    ['a ! nowhere.', /no element named nowhere/],
    ['a name=t a name=t', /two elements are named t/],
    ['t. tee name=t', /a reference that nothing is linked with/],
    ['a .x b', /character 3: pads that nothing is linked with/],
    ['m name=m n name=n m.a,b ! n.c', /must be as many/],
    ['a @preset=x', /presets are not supported/],
    ['a : b', /':', which links every pad/],
    ['( )', /an empty bin/],
    ['( a', /'\(' without '\)'/],
    ['( name=x a )', /a bin with properties/],
    ['decodebin.( a )', /a decodebin around elements/],
    ['a x', /^.*$/],
    ['a x=', /expected an element, not '='/],
    ['a x=1 x=2', /the property x is given twice/],
    ['a\n ! video/x-raw b', /gst, line 2, character 9/],
    ['a ! video/x-raw,width=[1 ! b', /expected .* \(caps, character \d+\)/],
    ['playbin video-sink="fakesink ! x"', /video-sink holds an element/],
  ] as const) {
    if (text === 'a x') assert.is(parse(text).elements.length, 2)
    else refused(() => parse(text), message)
  }
  refused(() => gst(['a', 'b'] as unknown as TemplateStringsArray), /a value is missing/)
  refused(() => gst('a' as unknown as TemplateStringsArray), /as a template/)
  refused(() => gst`a x=${undefined as unknown as string}`, /value 1: expected a string/)
  refused(() => gst`a x=${'\0'}`, /NUL/)
  refused(() => parse('a x=\uffff'), /U\+FFFF/)
})

test('no message shows a value', () => {
  for (const text of [
    'a location=SECRET SECRET2=SECRET ! ! b',
    'a x="SECRET',
    'a ! video/x-raw,k=SECRET,[ ! b',
    'a name=SECRET!',
    'rtmpx://h/SECRET/SECRET/',
  ]) {
    try {
      parse(text)
      assert.unreachable(text)
    } catch (error) {
      assert.not.match((error as Error).message, 'SECRET')
    }
  }
})

test.run()
