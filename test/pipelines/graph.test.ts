import * as assert from 'uvu/assert'
import { branch, caps, capsString, chain, el, pad, pipeline } from '../../src/pipelines/graph'
import { suite } from '../support/suite'
import { HOSTILE_VALUES } from './hostile-values'

const test = suite('graph')

const to = (from: string, target: string) => ({
  from: { element: from, pad: null },
  to: { element: target, pad: null },
})

test('elements in a row are linked one behind the other', () => {
  const graph = pipeline(el('videotestsrc', { 'num-buffers': 5 }), el('identity'), el('fakesink', { name: 'end', sync: false }))
  assert.equal(graph.elements, [
    { name: 'videotestsrc0', factory: 'videotestsrc', props: { 'num-buffers': 5 }, caps: null },
    { name: 'identity0', factory: 'identity', props: {}, caps: null },
    { name: 'end', factory: 'fakesink', props: { sync: false }, caps: null },
  ])
  assert.equal(graph.links, [to('videotestsrc0', 'identity0'), to('identity0', 'end')])
})

test('elements without a name are numbered by their factory, in order', () => {
  const graph = pipeline(el('queue'), el('identity'), el('queue'), el('queue', { name: 'mine' }), el('queue'))
  assert.equal(
    graph.elements.map(({ name }) => name),
    ['queue0', 'identity0', 'queue1', 'mine', 'queue3'],
  )
})

test('no two elements have one name, also where a given name looks like a number of ours', () => {
  const graph = pipeline(el('queue', { name: 'queue1' }), el('queue'), el('queue'))
  const names = graph.elements.map(({ name }) => name)
  assert.is(new Set(names).size, names.length, names.join(' '))
})

test('the name is no property of the element', () => {
  const [element] = pipeline(el('fakesink', { name: 'end', sync: false })).elements
  assert.equal(element?.props, { sync: false })
})

test('a branch begins at a pad of a named element and stands beside the others', () => {
  const graph = pipeline(
    el('rtmp2src'),
    el('flvdemux', { name: 'd' }),
    branch('d.video', el('h264parse'), el('fakesink', { name: 'v' })),
    branch('d.audio', el('fakesink', { name: 'a' })),
    el('identity'),
  )
  assert.equal(graph.links, [
    to('rtmp2src0', 'd'),
    { from: { element: 'd', pad: 'video' }, to: { element: 'h264parse0', pad: null } },
    to('h264parse0', 'v'),
    { from: { element: 'd', pad: 'audio' }, to: { element: 'a', pad: null } },
    to('d', 'identity0'),
  ])
})

test('a chain begins at its own first element', () => {
  const graph = pipeline(el('flvmux', { name: 'm' }), el('fakesink'), chain(el('appsrc'), pad('m.video')))
  assert.equal(graph.links, [
    to('m', 'fakesink0'),
    { from: { element: 'appsrc0', pad: null }, to: { element: 'm', pad: 'video' } },
  ])
})

test('a pad ends a row: what follows is not linked to it', () => {
  const graph = pipeline(el('flvmux', { name: 'm' }), chain(el('a'), pad('m.audio'), el('b')))
  assert.equal(graph.links, [{ from: { element: 'a0', pad: null }, to: { element: 'm', pad: 'audio' } }])
})

test('a pad may be left to the element', () => {
  for (const name of ['m', 'm.']) {
    const [link] = pipeline(chain(el('a'), pad(name))).links
    assert.equal(link?.to, { element: 'm', pad: null }, name)
  }
})

test('pads of request templates keep their dots and numbers', () => {
  const [link] = pipeline(chain(el('a'), pad('m.sink_0.x'))).links
  assert.equal(link?.to, { element: 'm', pad: 'sink_0.x' })
})

test('branches nest', () => {
  const graph = pipeline(branch('t.a', el('x'), branch('t.b', el('y')), el('z')))
  assert.equal(graph.links, [
    { from: { element: 't', pad: 'a' }, to: { element: 'x0', pad: null } },
    { from: { element: 't', pad: 'b' }, to: { element: 'y0', pad: null } },
    to('x0', 'z0'),
  ])
})

test('a graph of nothing is empty, and no graph can be changed', () => {
  const graph = pipeline()
  assert.equal([graph.elements, graph.links], [[], []])
  assert.throws(() => (graph.elements as unknown[]).push(1), TypeError)
  assert.throws(() => Object.assign(graph, { links: [] }), TypeError)
})

test('a graph is plain data', () => {
  const graph = pipeline(el('a', { x: 1, y: 'two', z: true }), caps('video/x-raw', { width: 2 }), el('b'))
  assert.equal(JSON.parse(JSON.stringify(graph)), { ...graph })
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
    factory: 'capsfilter',
    props: {},
    caps: 'video/x-raw,format=(string)"I420",width=(int)640',
  })
})

test('capsString writes every type', () => {
  const fields = { width: 640, ok: true, rate: '30000/1001', format: ['I420', 'NV12'], big: 5n }
  assert.is(
    capsString('video/x-raw', fields),
    'video/x-raw,width=(int)640,ok=(boolean)true,rate=(fraction)30000/1001,format={(string)"I420",(string)"NV12"},big=(string)"5"',
  )
  assert.is(capsString('audio/mpeg'), 'audio/mpeg')
})

test('a hostile string in caps is quoted and cannot end its quotes', () => {
  for (const value of HOSTILE_VALUES) {
    const text = capsString('video/x-raw', { format: value, list: [value, 'x'], width: 1 })
    const [, first = '', second = ''] =
      /^video\/x-raw,format=\(string\)"((?:[^"\\]|\\[^])*)",list=\{\(string\)"((?:[^"\\]|\\[^])*)",\(string\)"x"\},width=\(int\)1$/.exec(
        text,
      ) ?? []
    const unquoted = first.replace(/\\([^])/g, '$1')
    assert.is(unquoted, value, text)
    assert.is(second, first)
  }
})

test.run()
