import * as assert from 'uvu/assert'
import { caps, el, gst, pipeline, run, type Graph, type RxGstError } from '../../../src/index'
import { suite } from '../../support/suite'
import { sleep } from '../../support/until'
import { running } from '../lib/running'
import { codeOf } from '../lib/served'

const test = suite('run: what stands in the way, told before data flows')

const source = el('videotestsrc', { name: 'source' })
const sink = el('fakesink', { name: 'sink' })
const custom = (factory: string, props: Record<string, unknown> = {}) => el(factory as 'identity', props as never)

/** The graph, the code, the element, the message. */
const TABLE: readonly [what: string, graph: () => Graph, code: string, element: string | null, message: RegExp][] = [
  [
    'an element misspelt',
    () => pipeline(source, custom('videoconverrt'), sink),
    'ERR_UNKNOWN_ELEMENT',
    'videoconverrt0',
    /no element videoconverrt; did you mean videoconvert/,
  ],
  [
    'an element of nowhere',
    () => pipeline(source, custom('zzqqxx'), sink),
    'ERR_UNKNOWN_ELEMENT',
    'zzqqxx0',
    /no element zzqqxx$/,
  ],
  [
    'an element that is not installed here',
    () => pipeline(source, custom('nvh264enc'), sink),
    'ERR_UNKNOWN_ELEMENT',
    'nvh264enc0',
    /install the Debian package gstreamer1\.0-plugins-bad/,
  ],
  [
    'a property misspelt',
    () => pipeline(custom('videotestsrc', { name: 'v', paterm: 1 }), sink),
    'ERR_UNKNOWN_PROPERTY',
    'v',
    /v \(videotestsrc\) has no property paterm; did you mean pattern/,
  ],
  [
    'an enum',
    () => pipeline(custom('videotestsrc', { pattern: 'snowy' }), sink),
    'ERR_PROPERTY_VALUE',
    'videotestsrc0',
    /expected one of smpte, snow, .* for the property pattern of videotestsrc0 but received 'snowy'/,
  ],
  [
    'flags',
    () => pipeline(source, custom('x264enc', { analyse: 'i4x4+zz' }), sink),
    'ERR_PROPERTY_VALUE',
    'x264enc0',
    /some of i4x4, i8x8, .*joined by \+/,
  ],
  [
    'out of range',
    () => pipeline(source, custom('x264enc', { bitrate: 0 }), sink),
    'ERR_PROPERTY_VALUE',
    'x264enc0',
    /expected an integer from 1 to 2048000 for the property bitrate of x264enc0 but received 0/,
  ],
  [
    'a fraction of an integer',
    () => pipeline(source, custom('x264enc', { bitrate: 2.5 }), sink),
    'ERR_PROPERTY_VALUE',
    'x264enc0',
    /integer.*received 2\.5/,
  ],
  [
    'words for a number',
    () => pipeline(source, custom('x264enc', { bitrate: 'fast' }), sink),
    'ERR_PROPERTY_VALUE',
    'x264enc0',
    /received 'fast'/,
  ],
  [
    'a real out of range',
    () => pipeline(custom('audiotestsrc', { volume: 1.5 }), sink),
    'ERR_PROPERTY_VALUE',
    'audiotestsrc0',
    /a number from 0 to 1 .*received 1\.5/,
  ],
  [
    'no truth value',
    () => pipeline(custom('videotestsrc', { 'is-live': 'maybe' }), sink),
    'ERR_PROPERTY_VALUE',
    'videotestsrc0',
    /true or false/,
  ],
  [
    'a fraction',
    () => pipeline(source, custom('videorate', { 'max-rate': 'x' }), sink),
    'ERR_PROPERTY_VALUE',
    'videorate0',
    /integer/,
  ],
  [
    'read-only',
    () => pipeline(source, custom('queue', { 'current-level-time': 1 }), sink),
    'ERR_PROPERTY_VALUE',
    'queue0',
    /current-level-time of queue0 is read-only/,
  ],
  [
    'pictures into an encoder of sound',
    () => pipeline(source, el('avenc_aac'), sink),
    'ERR_LINK',
    'source',
    /source\.src cannot be linked to avenc_aac0\.sink: source\.src gives video\/x-raw.*; \S+ takes audio\/x-raw/,
  ],
  [
    'caps that exclude each other',
    () => pipeline(source, caps('video/x-raw', { format: 'I420' }), caps('video/x-raw', { format: 'RGB' }), sink),
    'ERR_LINK',
    'capsfilter0',
    /I420.*RGB/,
  ],
  [
    'a pad that is taken',
    () => gst`videotestsrc ! fakesink name=sink  videotestsrc name=second ! sink.`,
    'ERR_LINK',
    'second',
    /sink\.sink is linked already/,
  ],
  [
    'a source that is taken',
    () => gst`videotestsrc name=source ! fakesink  source. ! fakesink`,
    'ERR_LINK',
    'source',
    /source\.src is linked already; a tee/,
  ],
  [
    'a pad that is not',
    () => gst`videotestsrc name=source ! sink.nowhere  fakesink name=sink`,
    'ERR_LINK',
    'sink',
    /sink \(fakesink\) has no sink pad nowhere; it has sink/,
  ],
  [
    'something behind a sink',
    () => pipeline(source, sink, el('identity')),
    'ERR_LINK',
    'sink',
    /sink \(fakesink\) has no source pad/,
  ],
  [
    'a child that has no such property',
    () => gst`compositor name=m sink_0::xpoz=4 ! fakesink  videotestsrc ! m.sink_0`,
    'ERR_UNKNOWN_PROPERTY',
    'm',
    /sink_0::xpoz.*did you mean sink_0::xpos/,
  ],
  [
    'a file that is not there',
    () => gst`filesrc name=file location=/nowhere/at/all ! fakesink`,
    'ERR_PIPELINE',
    'file',
    /No such file/,
  ],
  ['no location at all', () => gst`filesrc name=file ! fakesink`, 'ERR_PIPELINE', 'file', /No file name/],
  [
    'a folder that cannot be written to',
    () => gst`videotestsrc ! filesink name=file location=/nowhere/at/all`,
    'ERR_PIPELINE',
    'file',
    /Could not open file/,
  ],
  [
    'caps that exclude each other, with elements between them',
    () => gst`videotestsrc ! video/x-raw,width=64 ! queue ! identity ! video/x-raw,width=65 ! fakesink`,
    'ERR_LINK',
    'identity0',
    /width=\(int\)64.*width=\(int\)65/,
  ],
  [
    'a stream that is not one',
    () => gst`filesrc location=/etc/hostname ! qtdemux name=d ! fakesink`,
    'ERR_PIPELINE',
    'd',
    /./,
  ],
]

for (const [what, graph, code, element, message] of TABLE) {
  test(what, async () => {
    await running(graph(), async p => {
      const error = await p.start().then(
        () => null,
        (caught: RxGstError) => caught,
      )
      assert.ok(error, 'it started')
      assert.is(error.code, code, error.message)
      assert.is(error.element, element, error.message)
      assert.match(error.message, message)
      assert.is(p.state.phase, 'failed')
      assert.is(p.state.reason, code)
      // An error of GStreamer's brings what it said; one of ours has nothing to bring.
      if (code === 'ERR_PIPELINE') {
        assert.match(error.gst!.domain, /^gst-(resource|stream|core|library)-error-quark$/)
        assert.type(error.gst!.code, 'number')
        assert.match(error.gst!.debug, /\.c\(\d+\)/)
      } else {
        assert.is(error.gst, null)
      }
    })
  })
}

test('caps that only the data shows to be impossible', async () => {
  await running(gst`fakesrc ! videoconvert ! fakesink`, async p => {
    const error = await p.start().then(
      () => null,
      (caught: RxGstError) => caught,
    )
    assert.is(error?.code, 'ERR_LINK')
    assert.match(error!.gst!.debug, /not-negotiated/)
  })
})

test('what is no graph', () => {
  for (const wrong of ['videotestsrc ! fakesink', null, {}, el('fakesink')]) {
    assert.throws(
      () => run(wrong as Graph),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
  }
  assert.throws(() => run(pipeline(el('fakesrc')), { loger: console } as never), /did you mean 'logger'/)
})

test('an error while it runs: state, bus and observables tell; start() runs once; set and get are over', async () => {
  await running(gst`videotestsrc is-live=true name=source ! identity error-after=8 name=breaks ! fakesink`, async p => {
    const messages: string[] = []
    p.bus$.subscribe(({ type }) => messages.push(type))
    await p.start()
    assert.is(await codeOf(p.start()), 'ERR_ALREADY_STARTED')
    while (p.state.phase === 'live') await sleep(10)
    assert.equal([p.state.phase, p.state.reason], ['failed', 'ERR_PIPELINE'])
    assert.is(messages.filter(type => type === 'error').length, 1)
    // Elements can be asked until stop(): what went wrong may be read in them.
    assert.is((p.get('breaks', 'error-after') as number) <= 8, true)
    await p.stop()
    assert.throws(
      () => p.get('breaks', 'error-after'),
      (error: RxGstError) => error.code === 'ERR_NOT_RUNNING',
    )
    assert.throws(
      () => p.set('breaks', { 'error-after': 3 }),
      (error: RxGstError) => error.code === 'ERR_NOT_RUNNING',
    )
    assert.throws(
      () => p.toDot(),
      (error: RxGstError) => error.code === 'ERR_NOT_RUNNING',
    )
  })
})

test('stop() before the start, and during it', async () => {
  const never = run(gst`videotestsrc ! fakesink`)
  await never.stop()
  assert.is(never.state.phase, 'stopped')
  assert.is(await codeOf(never.start()), 'ERR_ALREADY_STARTED')
  const early = run(gst`videotestsrc ! fakesink`)
  const started = codeOf(early.start())
  await early.stop()
  assert.is(await started, 'ERR_ABORTED')
  assert.is(early.state.phase, 'stopped')
})

test.run()
