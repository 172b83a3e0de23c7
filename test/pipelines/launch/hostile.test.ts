// Whatever text stands where a name is expected: it is refused, or it is that name and nothing else.
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import {
  branch,
  caps,
  chain,
  el,
  fromJSON,
  gst,
  pad,
  pipeline,
  queue,
  run,
  RxGstError,
  tee,
  type Graph,
} from '../../../src/index'
import { graphSecrets } from '../../../src/pipelines/graph/secrets'
import fc, { runs } from '../../support/fast-check'
import { suite } from '../../support/suite'
import { hostileText } from '../graph/arbitrary-graph'

const test = suite('hostile names', { timeout: 60_000 })

const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_%:.-]*$/

/** Where a text can come in, with how many elements and links the graph has when it is taken. */
const POSITIONS: Record<string, { make: (text: string) => Graph; elements: number; links: number }> = {
  'a factory': { make: text => pipeline(el(text), el('fakesink')), elements: 2, links: 1 },
  'a key of a property': {
    make: text => pipeline(el('identity', { [text]: 1 }), el('fakesink')),
    elements: 2,
    links: 1,
  },
  'a name': { make: text => pipeline(el('identity', { name: text }), el('fakesink')), elements: 2, links: 1 },
  'a tee': { make: text => pipeline(el('identity'), tee(text), queue(), el('fakesink')), elements: 4, links: 3 },
  'a pad of a branch': {
    make: text => pipeline(el('demux', { name: 'd' }), branch(`d.${text}`, el('fakesink'))),
    elements: 2,
    links: 1,
  },
  'a pad': {
    make: text => pipeline(el('demux', { name: 'd' }), el('mixer', { name: 'm' }), pad(`m.${text}`)),
    elements: 2,
    links: 2,
  },
  'a media type': {
    make: text => pipeline(el('identity'), caps(text, { width: 1 }), el('fakesink')),
    elements: 3,
    links: 2,
  },
  'a field of caps': {
    make: text => pipeline(el('identity'), caps('video/x-raw', { [text]: 1 }), el('fakesink')),
    elements: 3,
    links: 2,
  },
  'a factory in JSON': {
    make: text => fromJSON({ version: 1, elements: [{ factory: text }, { factory: 'fakesink' }], links: [] } as never),
    elements: 2,
    links: 0,
  },
}

for (const [position, { make, elements, links }] of Object.entries(POSITIONS)) {
  test(`${position}: refused, or taken as it is`, () => {
    let refusals = 0
    fc.assert(
      fc.property(hostileText, text => {
        let graph: Graph
        try {
          graph = make(text)
        } catch (error) {
          assert.ok(error instanceof RxGstError, String(error))
          // It may be a URL with a key.
          assert.not.ok(/[^\w .,:%+'-]/.test(text) && text.length > 3 && error.message.includes(text), error.message)
          refusals++
          return
        }
        assert.ok(graph.elements.length <= elements && graph.links.length <= links, graph.toLaunch())
        const known = graph.elements.flatMap(({ factory, name, props }) => [factory, name, ...Object.keys(props)])
        for (const name of known) assert.match(name, PLAIN)
        // Written out and read again it is the same graph.
        assert.equal(gst(Object.assign([graph.toLaunch()], { raw: [graph.toLaunch()] })).toJSON(), graph.toJSON())
      }),
      { numRuns: runs(300) },
    )
    assert.ok(refusals > 50, `${refusals} of 300 were refused`)
  })
}

test('however deep: bins, branches, pads, lists in lists', async () => {
  const deep = 50_000
  const text = (source: string): Graph => gst(Object.assign([source], { raw: [source] }))
  let chains = el('fakesink')
  for (let i = 0; i < deep; i++) chains = chain(chains)
  const refused: [what: string, make: () => unknown][] = [
    ['bins', () => text('( '.repeat(deep))],
    ['closed bins', () => text(`${'( '.repeat(deep)}fakesrc ! fakesink${' )'.repeat(deep)}`)],
    [
      'pads',
      () =>
        text(
          `fakesrc name=a fakesink name=b a.${Array(deep).fill('x').join(',')} ! b.${Array(deep).fill('y').join(',')}`,
        ),
    ],
    ['chains', () => pipeline(chains)],
    ['caps', () => caps(`video/x-raw,a=${'{'.repeat(deep)}`)],
  ]
  for (const [what, make] of refused) {
    assert.throws(make, (error: unknown) => error instanceof RxGstError && error.code === 'ERR_GRAPH', what)
  }
  assert.is(text(`${'( '.repeat(50)}fakesrc ! fakesink${' )'.repeat(50)}`).elements.length, 2)
  // GStreamer's own readers have no bound.
  const structures = {
    matrix: ['audiomixmatrix', '<'.repeat(deep)],
    sdes: ['rtpbin', `application/x-rtp-source-sdes,a=${'{'.repeat(deep)}`],
  }
  for (const [property, [factory, value]] of Object.entries(structures)) {
    const running = run(pipeline(el(factory!, { [property]: value! })))
    await running.start().then(
      () => assert.unreachable(property),
      (error: RxGstError) => assert.is(error.code, 'ERR_PROPERTY_VALUE'),
    )
  }
  const running = run(gst`appsrc name=in ! fakesink`)
  await running.start()
  const packet = {
    data: new Uint8Array(4),
    caps: `video/x-h264,a=${'{'.repeat(deep)}`,
    timestamp: 0,
    dts: null,
    duration: null,
    keyframe: true,
    header: false,
  }
  await running.push('in', packet).then(
    () => assert.unreachable(),
    (error: RxGstError) => assert.is(error.code, 'ERR_WRONG_MEDIA'),
  )
  await running.stop()
})

test('a long value is looked through for addresses in no time, and an address behind it is found', () => {
  const letters = 'a'.repeat(300_000)
  const graph = pipeline(el('fakesrc'), el('textoverlay', { text: letters }), el('fakesink'))
  // Processor time: on a busy machine the other one is longer.
  const before = process.cpuUsage()
  assert.match(inspect(graph), 'textoverlay')
  assert.equal(graphSecrets(graph), [])
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 3e6, `${user + system} µs`)
  const address = `${letters} rtmp://host/app/secretkey`
  const keys = pipeline(el('fakesrc'), el('textoverlay', { text: address }), el('fakesink'))
  assert.not.match(inspect(keys), 'secretkey')
  assert.ok(graphSecrets(keys).some(secret => secret.includes('secretkey')))
})

test('a value that is set while it runs is that value, and nothing else', async () => {
  const pipeline = run(gst`videotestsrc is-live=true ! textoverlay name=title ! fakesink`)
  await pipeline.start()
  fc.assert(
    fc.property(hostileText, text => {
      pipeline.set('title', { text })
      assert.is(pipeline.get('title', 'text') ?? '', text)
    }),
    { numRuns: runs(300) },
  )
  assert.is(pipeline.state.phase, 'live')
  await pipeline.stop()
})

test('values that a graph is made of reach the elements that run', async () => {
  const texts = fc.sample(hostileText, 40)
  for (const text of texts) {
    const pipeline = run(gst`fakesrc num-buffers=1 ! identity ! textoverlay name=title text=${text} ! fakesink`)
    assert.is(pipeline.get('title', 'text') ?? '', text)
    await pipeline.stop()
  }
})

test.run()
