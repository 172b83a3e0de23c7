import * as assert from 'uvu/assert'
import fc, { runs } from '../../support/fast-check'
import { fromJSON, gst } from '../../../src/pipelines/graph/graph'
import { suite } from '../../support/suite'
import { links, refused } from './support'

const test = suite('graph-json')

test('the form is short enough to write by hand', () => {
  const graph = gst`videotestsrc num-buffers=5 ! video/x-raw,width=64 ! tee name=t ! fakesink  t. ! queue !
    fakesink sync=false`
  assert.equal(graph.toJSON(), {
    elements: [
      { factory: 'videotestsrc', props: { 'num-buffers': 5 } },
      { factory: 'capsfilter', props: { caps: 'video/x-raw,width=(int)64' } },
      { factory: 'tee', name: 't' },
      { factory: 'fakesink' },
      { factory: 'queue' },
      { factory: 'fakesink', props: { sync: false } },
    ],
    links: [
      { from: 'videotestsrc0', to: 'capsfilter0' },
      { from: 'capsfilter0', to: 't' },
      { from: 't', to: 'fakesink0' },
      { from: 't', to: 'queue0' },
      { from: 'queue0', to: 'fakesink1' },
    ],
  })
  assert.is(JSON.stringify(graph), JSON.stringify(graph.toJSON()))
})

test('written by hand: camelCase, caps as text, numbered elements, pads', () => {
  const graph = fromJSON({
    elements: [
      { factory: 'flvdemux', name: 'd' },
      { factory: 'queue', props: { maxSizeTime: 0 } },
      { factory: 'appsink', name: 'out', props: { caps: 'video/x-h264, alignment=au' } },
    ],
    links: [
      { from: 'd.video', to: 'queue0' },
      { from: 'queue0', to: 'out' },
    ],
  })
  assert.equal(
    graph,
    gst`flvdemux name=d d.video ! queue max-size-time=0 ! appsink name=out caps=video/x-h264,alignment=au`,
  )
  assert.equal(links(fromJSON({ elements: [{ factory: 'a' }, { factory: 'b' }], links: [{ from: 'b0', to: 'a0' }] })), [
    'b0>a0',
  ])
  assert.equal(fromJSON({}).elements, [])
})

test('everything in it is checked, and the place is told', () => {
  const element = { factory: 'a', name: 'a' }
  for (const [json, message] of [
    [null, /fromJSON: expected an object, not null/],
    ['{}', /fromJSON: expected an object, not string/],
    [[], /fromJSON: expected an object, not an array/],
    [{ element: [] }, /fromJSON: unknown name 'element': expected elements, links/],
    [{ elements: {} }, /elements: expected an array/],
    [{ elements: [5] }, /elements\[0\]: expected an object, not number/],
    [{ elements: [{}] }, /elements\[0\]\.factory: a value of type undefined is no name/],
    [{ elements: [{ factory: 'a ! b' }] }, /elements\[0\]\.factory: .* is no name of an element's factory/],
    [{ elements: [{ factory: 'a', propz: {} }] }, /elements\[0\]: unknown name 'propz'/],
    [{ elements: [{ factory: 'a', props: [] }] }, /elements\[0\]\.props: expected an object, not an array/],
    [{ elements: [{ factory: 'a', props: { x: {} } }] }, /elements\[0\]\.props, property x: expected a string/],
    [{ elements: [{ factory: 'a', props: { x: null } }] }, /property x: .*not null/],
    [{ elements: [{ factory: 'a', props: { 'x y': 1 } }] }, /no name of a property/],
    [{ elements: [{ factory: 'a', props: { name: 'x' } }] }, /the name stands beside the props/],
    [{ elements: [{ factory: 'a', name: 'x.y' }] }, /cannot name an element/],
    [{ elements: [{ factory: 'a', name: 5 }] }, /cannot name an element/],
    [{ elements: [element, element] }, /two elements are named a/],
    [{ elements: [{ factory: 'appsink', props: { caps: 'x y' } }] }, /property caps: expected ','/],
    [{ elements: [{ factory: 'playbin', props: { videoSink: 'fakesink' } }] }, /video-sink holds an element/],
    [{ elements: [element], links: [{ from: 'a' }] }, /links\[0\]\.to: a value of type undefined is no pad/],
    [{ elements: [element], links: [{ from: 'a', to: 'b' }] }, /no element named b/],
    [{ elements: [element], links: [{ from: 'a', to: 'a.x.y' }] }, /links\[0\]\.to: .* is no pad/],
    [{ elements: [element], links: [{ from: 'a', to: 'a', pad: 'x' }] }, /links\[0\]: unknown name 'pad'/],
  ] as const) {
    refused(() => fromJSON(json), message)
  }
})

test('any value is a graph or ERR_GRAPH, and leaves no prototype changed', () => {
  const key = fc.constantFrom(
    'elements',
    'links',
    'factory',
    'name',
    'props',
    'from',
    'to',
    '__proto__',
    'constructor',
    'a',
  )
  const { json } = fc.letrec(tie => ({
    json: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('a', 'a0', 'b.c', '', 5, null, true),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(json, value => {
      try {
        fromJSON(value)
      } catch (error) {
        assert.is((error as { code?: string }).code, 'ERR_GRAPH', String(error))
      }
      assert.equal(Object.keys(Object.prototype), [])
    }),
    { numRuns: runs(2000) },
  )
})

test.run()
