import * as assert from 'uvu/assert'
import {
  appSink,
  appSrc,
  branch,
  caps,
  capsText,
  chain,
  el,
  pad,
  pipeline,
  queue,
  tee,
  type Graph,
  type Part,
} from '../../../src/pipelines/graph/graph'
import { suite } from '../../support/suite'
import { links, refused } from './support'
import { HOSTILE_VALUES } from '../launch/hostile-values'

const test = suite('graph')

const to = (from: string, target: string) => ({
  from: { element: from, pad: null },
  to: { element: target, pad: null },
})

const names = ({ elements }: Graph): string[] => elements.map(({ name }) => name)

test('elements in a row are linked one behind the other', () => {
  const graph = pipeline(
    el('videotestsrc', { 'num-buffers': 5 }),
    el('identity'),
    el('fakesink', { name: 'end', sync: false }),
  )
  assert.equal(graph.elements, [
    { name: 'videotestsrc0', named: false, factory: 'videotestsrc', props: { 'num-buffers': 5 } },
    { name: 'identity0', named: false, factory: 'identity', props: {} },
    { name: 'end', named: true, factory: 'fakesink', props: { sync: false } },
  ])
  assert.equal(graph.links, [to('videotestsrc0', 'identity0'), to('identity0', 'end')])
})

test('elements without a name are numbered by their factory, in order', () => {
  const graph = pipeline(el('queue'), el('identity'), el('queue'), el('queue', { name: 'mine' }), el('queue'))
  assert.equal(names(graph), ['queue0', 'identity0', 'queue1', 'mine', 'queue3'])
})

test('no two elements have one name, also where a given name looks like a number of ours', () => {
  const graph = pipeline(el('queue', { name: 'queue1' }), el('queue'), el('queue'))
  assert.is(new Set(names(graph)).size, 3, names(graph).join(' '))
  refused(() => pipeline(el('queue', { name: 'q' }), el('queue', { name: 'q' })), /two elements are named q/)
})

test('a branch begins at a pad of a named element and stands behind the row that holds it', () => {
  const graph = pipeline(
    el('rtmp2src'),
    el('flvdemux', { name: 'd' }),
    branch('d.video', el('h264parse'), el('fakesink', { name: 'v' })),
    branch('d.audio', el('fakesink', { name: 'a' })),
    el('identity'),
  )
  assert.equal(links(graph), ['rtmp2src0>d', 'd>identity0', 'd.video>h264parse0', 'h264parse0>v', 'd.audio>a'])
  assert.equal(names(graph), ['rtmp2src0', 'd', 'identity0', 'h264parse0', 'v', 'a'])
})

test('a chain begins at its own first element', () => {
  const graph = pipeline(el('flvmux', { name: 'm' }), el('fakesink'), chain(el('appsrc'), pad('m.video')))
  assert.equal(links(graph), ['m>fakesink0', 'appsrc0>m.video'])
})

test('a pad ends a row: what follows is not linked to it', () => {
  const graph = pipeline(el('flvmux', { name: 'm' }), chain(el('a'), pad('m.audio'), el('b')))
  assert.equal(links(graph), ['a0>m.audio'])
})

test('a pad may be left to the element, or be that of a request', () => {
  for (const [name, text] of [
    ['m', 'a0>m'],
    ['m.', 'a0>m'],
    ['m.sink_%u', 'a0>m.sink_%u'],
    ['m.sink_1', 'a0>m.sink_1'],
  ] as const) {
    assert.equal(links(pipeline(el('m', { name: 'm' }), chain(el('a'), pad(name)))), [text])
  }
})

test('branches nest', () => {
  const graph = pipeline(tee('t'), branch('t.a', el('x'), branch('t.b', el('y')), el('z')))
  assert.equal(links(graph), ['t.a>x0', 'x0>z0', 't.b>y0'])
})

test('what is named and not there is told, with the nearest name', () => {
  refused(
    () => pipeline(el('flvdemux', { name: 'demux' }), branch('demix.video', el('fakesink'))),
    /no element named demix; did you mean demux\?/,
  )
  refused(() => pipeline(el('a'), pad('nowhere.x')), /no element named nowhere/)
})

test('parts in places where they make no sense are refused, with the place', () => {
  refused(
    () => pipeline(el('m', { name: 'm' }), chain(pad('m.x'))),
    /chain\(\), part 1: nothing stands before pad\(m\.x\)/,
  )
  refused(() => pipeline('fakesink' as unknown as Part), /pipeline\(\), part 1: expected a part or a graph, not string/)
  refused(() => branch('t', [el('a')] as unknown as Part), /branch\(t\), part 1: .*an array: spread it/)
  refused(() => el('a b'), /no name of an element's factory/)
  refused(() => el('a', { 'b c': 1 }), /no name of a property/)
  refused(() => el('a', { keyIntMax: 1, 'key-int-max': 2 }), /key-int-max is given twice/)
  refused(() => el('a', { x: Number.NaN }), /property x: NaN is no value/)
  refused(() => el('a', { x: 2 ** 60 }), /write it as a bigint/)
  refused(() => el('a', { x: null as unknown as string }), /property x: expected a string/)
  refused(() => el('a', { x: 'a\0b' }), /NUL/)
  refused(() => el('a', { x: '\ud800' }), /surrogate/)
  refused(() => branch('a b'), /no pad/)
})

test('a name that could not be referred to is refused', () => {
  for (const value of HOSTILE_VALUES) {
    if (/^[\w-]+$/.test(value)) continue
    refused(() => el('queue', { name: value }), /cannot name an element/)
    refused(() => el(value), /no name of an element's factory/)
    refused(() => pad(`m.${value}x y`), /no pad/)
  }
})

test('camelCase, snake_case and kebab-case are one name; a child keeps its own', () => {
  const [element] = pipeline(
    el('some-element', { keyIntMax: 1, max_size_time: 2n, 'sink_0::xpos': 3, 'sink_0::zOrder': 4 }),
  ).elements
  assert.equal(element?.props, { 'key-int-max': 1, 'max-size-time': 2, 'sink_0::xpos': 3, 'sink_0::z-order': 4 })
})

test('a bigint is a number while one holds it, and its digits beyond', () => {
  const [element] = pipeline(el('some-element', { a: 5n, b: 18_446_744_073_709_551_615n })).elements
  assert.equal(element?.props, { a: 5, b: '18446744073709551615' })
})

test('a property that is undefined is left out', () => {
  assert.equal(pipeline(el('a', { x: undefined as unknown as string, y: 1 })).elements[0]?.props, { y: 1 })
})

test('a graph of nothing is empty, and no graph can be changed', () => {
  const graph = pipeline()
  assert.equal([graph.elements, graph.links], [[], []])
  const full = pipeline(el('a', { name: 'a', x: 1 }), pad('a.y'))
  for (const change of [
    () => (full.elements as unknown[]).push(1),
    () => Object.assign(full, { links: [] }),
    () => Object.assign(full.elements[0]!, { factory: 'b' }),
    () => Object.assign(full.elements[0]!.props, { x: 2 }),
    () => Object.assign(full.links[0]!.to, { pad: 'z' }),
    () => Object.assign(el('a'), { kind: 'pad' }),
  ]) {
    assert.throws(change, TypeError)
  }
})

test('a hostile value stays one value of its property', () => {
  for (const value of HOSTILE_VALUES) {
    const graph = pipeline(el('rtmp2sink', { stream: value, host: value }), el('fakesink', { name: 'end' }))
    assert.equal(graph.elements[0]?.props, { stream: value, host: value })
    assert.is(graph.elements.length, 2)
    assert.is(graph.links.length, 1)
  }
})

test('caps are a capsfilter in the row', () => {
  const graph = pipeline(el('a'), caps('video/x-raw', { format: 'I420', width: 640 }), el('b'))
  assert.equal(graph.elements[1], {
    name: 'capsfilter0',
    named: false,
    factory: 'capsfilter',
    props: { caps: 'video/x-raw,format=(string)"I420",width=(int)640' },
  })
})

test('queue, tee, appSrc and appSink are elements like others', () => {
  const graph = pipeline(
    appSrc('in', { isLive: true }),
    tee('t'),
    queue({ leaky: 'downstream' }),
    appSink('out', { caps: 'video/x-raw' }),
  )
  assert.equal(
    graph.elements.map(({ factory, name, props }) => [factory, name, props]),
    [
      ['appsrc', 'in', { 'is-live': true }],
      ['tee', 't', {}],
      ['queue', 'queue0', { leaky: 'downstream' }],
      ['appsink', 'out', { caps: 'video/x-raw' }],
    ],
  )
})

test('a graph in a graph: its open ends are links of the row, its numbers go on', () => {
  const scale = (): Graph => pipeline(el('queue'), el('videoscale'))
  const graph = pipeline(el('src'), scale(), el('queue'), scale(), el('sink'))
  assert.equal(names(graph), ['src0', 'queue0', 'videoscale0', 'queue1', 'queue2', 'videoscale1', 'sink0'])
  assert.is(graph.links.length, 6)
})

test('a graph in a graph: names stay, branches stay behind its row, the row goes on', () => {
  const monitored = pipeline(tee('t'), queue(), branch('t', queue(), el('fakesink')))
  const graph = pipeline(el('src'), monitored, el('sink'), branch('t', el('third')))
  assert.equal(links(graph), ['src0>t', 't>queue0', 'queue0>sink0', 't>queue1', 'queue1>fakesink0', 't>third0'])
  refused(() => pipeline(monitored, monitored), /two elements are named t/)
})

test('graphs in branches and chains', () => {
  const part = pipeline(el('queue'), el('sink'))
  const graph = pipeline(
    el('src'),
    tee('t'),
    branch('t', part),
    branch('t', part),
    chain(pipeline(el('alone'), el('other'))),
  )
  assert.equal(links(graph), ['src0>t', 't>queue0', 'queue0>sink0', 't>queue1', 'queue1>sink1', 'alone0>other0'])
})

test('capsText writes every type', () => {
  const fields = {
    width: 640,
    ok: true,
    rate: '30000/1001',
    format: ['I420', 'NV12'],
    height: { min: 16, max: 1080 },
    even: { min: 2, max: 8, step: 2 },
    gain: 0.5,
    long: 5_000_000_000,
    longer: 5_000_000_000n,
    channelMask: 3,
    codec_data: '01',
    none: undefined as unknown as string,
  }
  assert.is(
    capsText('video/x-raw(memory:VASurface)', fields),
    'video/x-raw(memory:VASurface),width=(int)640,ok=(boolean)true,rate=(fraction)30000/1001,' +
      'format={(string)"I420",(string)"NV12"},' +
      'height=[(int)16,(int)1080],even=[(int)2,(int)8,(int)2],gain=(double)0.5,' +
      'long=(gint64)5000000000,longer=(guint64)5000000000,' +
      'channel-mask=(bitmask)0x3,codec_data=(string)"01"',
  )
  assert.is(capsText('audio/mpeg'), 'audio/mpeg')
})

test('caps as text and as fields are the same caps', () => {
  const wanted = 'video/x-raw,format=(string)"I420",width=(int)640,framerate=(fraction)30/1'
  for (const text of [
    'video/x-raw,format=I420,width=640,framerate=30/1',
    ' video/x-raw , format = (string)I420 , width = ( i ) 640, framerate=(fraction) 30 ,',
    'video/x-raw, format="I420", width=0x280, framerate=(fraction)60/2',
    wanted,
  ]) {
    assert.is(capsText(text).replace('60/2', '30/1'), wanted)
  }
  assert.is(
    capsText('video/x-raw,format={I420, NV12}; image/jpeg ;'),
    'video/x-raw,format={(string)"I420",(string)"NV12"};image/jpeg',
  )
  assert.is(
    capsText('audio/x-raw,rate=(int)[ 8000, 48000 ],layout=<a,"b c">'),
    'audio/x-raw,rate=[(int)8000,(int)48000],layout=<(string)"a",(string)"b c">',
  )
  assert.is(capsText('ANY'), 'ANY')
})

test('a word without a type is what GStreamer takes it for', () => {
  const guess = (word: string): string => capsText(`a/b,x=${word}`).slice('a/b,x='.length)
  for (const [word, value] of [
    ['5', '(int)5'],
    ['-5', '(int)-5'],
    ['010', '(int)8'],
    ['0x10', '(int)16'],
    ['4294967295', '(int)4294967295'],
    ['5000000000', '(double)5000000000'],
    ['1.50', '(double)1.5'],
    ['1e3', '(double)1000'],
    ['inf', '(double)inf'],
    ['max', '(int)max'],
    ['30/1', '(fraction)30/1'],
    ['1/0', '(string)"1/0"'],
    ['true', '(boolean)true'],
    ['No', '(boolean)false'],
    ['t', '(boolean)true'],
    ['I420', '(string)"I420"'],
    ['1:3:5:1', '(string)"1:3:5:1"'],
    ['a:b', 'a:b'],
    ['bt709', '(string)"bt709"'],
    ['"5"', '(string)"5"'],
  ] as const) {
    assert.is(guess(word), value, word)
  }
})

test('caps that GStreamer would not read are refused, with the place', () => {
  for (const [text, message] of [
    ['', /caps are empty/],
    ['video/x-raw,width', /expected '=' behind the field width \(caps, character 18\)/],
    ['video/x-raw width=1', /expected ',' and a field/],
    ['video/x-raw,width=1,width=2', /width is given twice/],
    ['video/x-raw,width=(int)a', /field width: a value is no int/],
    ['video/x-raw,width=[1]', /field width: a range is \[ least, most \]/],
    ['video/x-raw,width=[1,a]', /a range is/],
    ['video/x-raw,width=[5,1]', /a range is/],
    ['video/x-raw,width=[1,10,2]', /a range is/],
    ['video/x-raw,width=[a,b]', /a range is/],
    ['video/x-raw,width={a,5}', /items of a list are of one type/],
    ['video/x-raw,width=(GtkWindow)5', /no type of a field/],
    [`video/x-raw,width=${'{'.repeat(5000)}`, /lists in lists/],
    ['video/x-raw,format={a b}', /expected ',' or '}'/],
    ['video/x-raw,format="a', /expected a value/],
    ['video/x-raw(memory', /features/],
    ['video/x-raw(a b)', /features/],
    ['"a b"', /expected a media type/],
    ['1/2', /expected a media type/],
  ] as const) {
    refused(() => capsText(text), message)
  }
  refused(() => caps('a/b', { x: { min: 5, max: 1 } }), /field x: a range is/)
  refused(() => caps('a/b', { x: { min: 1, max: '2' } }), /field x: a range is/)
  refused(() => caps('a/b', { x: ['a', 5] }), /items of a list are of one type/)
  assert.is(
    capsText('a/b', { x: ['1/2', 'a'], y: ['1/2', '3/4'] }),
    'a/b,x={(string)"1/2",(string)"a"},y={(fraction)1/2,(fraction)3/4}',
  )
  const round: unknown[] = []
  round.push(round)
  refused(() => caps('a/b', { x: round as string[] }), /lists in lists/)
  refused(() => caps('a/b;c/d', { x: 1 }), /a media type alone/)
  refused(() => caps('a/b', { 'x y': 1 }), /no name of a field/)
  refused(() => el('appsink', { caps: 'video/x-raw width=1' }), /el\(appsink\), property caps: expected ','/)
})

test('a hostile string in caps is quoted and cannot end its quotes', () => {
  for (const value of HOSTILE_VALUES) {
    if (/^\d+\/\d+$/.test(value)) continue
    const text = capsText('video/x-raw', { format: value, list: [value, 'x'], width: 1 })
    const quoted = String.raw`\(string\)"((?:[^"\\]|\\[^])*)"`
    const written = new RegExp(
      String.raw`^video/x-raw,format=${quoted},list=\{${quoted},\(string\)"x"\},width=\(int\)1$`,
    )
    const [, first = '', second = ''] = written.exec(text) ?? []
    const unquoted = first.replace(/\\([^])/g, '$1')
    assert.is(unquoted, value, text)
    assert.is(second, first)
    assert.is(capsText(text), text)
  }
})

test.run()
