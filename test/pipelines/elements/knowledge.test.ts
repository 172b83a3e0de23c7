import * as assert from 'uvu/assert'
import { debianPackage, endsRow, holdsCaps, holdsElement, startsRow } from '../../../src/pipelines/elements/knowledge'
import { chain, el, gst, pipeline } from '../../../src/pipelines/graph/graph'
import { suite } from '../../support/suite'
import { links, refused } from '../graph/support'

const test = suite('element-knowledge')

test('every element that rxgst itself uses has its package', () => {
  for (const [factory, name] of [
    ['rtmp2src', 'gstreamer1.0-plugins-bad'],
    ['rtmpsink', 'gstreamer1.0-plugins-bad'],
    ['h264parse', 'gstreamer1.0-plugins-bad'],
    ['openh264enc', 'gstreamer1.0-plugins-bad'],
    ['x264enc', 'gstreamer1.0-plugins-ugly'],
    ['flvdemux', 'gstreamer1.0-plugins-good'],
    ['avdec_h264', 'gstreamer1.0-libav'],
    ['videoconvert', 'gstreamer1.0-plugins-base'],
    ['textoverlay', 'gstreamer1.0-x'],
    ['queue', 'libgstreamer1.0-0'],
    // Not installed by set-up, known all the same.
    ['glimagesink', 'gstreamer1.0-gl'],
    ['alsasrc', 'gstreamer1.0-alsa'],
  ] as const) {
    assert.is(debianPackage(factory), name, factory)
  }
  assert.match(debianPackage('nvh264enc')!, /^gstreamer1\.0-plugins-bad \(and NVIDIA's driver\)$/)
  assert.match(debianPackage('vah264dec')!, /VA driver/)
  assert.is(debianPackage('fallbacksrc'), null)
})

test('sources, sinks, and properties that are no values', () => {
  assert.equal(['videotestsrc', 'appsrc', 'queue', 'fakesink'].map(startsRow), [true, true, false, false])
  assert.equal(['videotestsrc', 'tee', 'fakesink', 'appsink', 'some-element'].map(endsRow), [
    false,
    false,
    true,
    true,
    false,
  ])
  assert.equal(['caps', 'filter-caps', 'sink_0::caps', 'location'].map(holdsCaps), [true, true, true, false])
  assert.equal([holdsElement('playbin', 'video-sink'), holdsElement('playbin', 'uri')], [true, false])
})

test('whole graphs stand beside one another, parts are linked', () => {
  const picture = gst`videotestsrc ! fakesink`
  const sound = gst`audiotestsrc ! fakesink`
  assert.equal(links(pipeline(picture, sound)), ['videotestsrc0>fakesink0', 'audiotestsrc0>fakesink1'])
  assert.equal(links(pipeline(el('videotestsrc'), el('fakesink'), sound)), [
    'videotestsrc0>fakesink0',
    'audiotestsrc0>fakesink1',
  ])
  assert.equal(links(pipeline(gst`videotestsrc ! queue`, gst`identity ! fakesink`)), [
    'videotestsrc0>queue0',
    'queue0>identity0',
    'identity0>fakesink0',
  ])
  refused(() => pipeline(picture, gst`identity ! fakesink`), /part 2: the graph before it has no open end/)
  refused(() => pipeline(gst`videotestsrc ! queue`, sound), /part 2: the graph has no open start/)
  refused(() => pipeline(picture, el('fakesink')), /part 2: the graph before it has no open end/)
  assert.equal(links(pipeline(chain(gst`videotestsrc ! queue`), sound)), [
    'audiotestsrc0>fakesink0',
    'videotestsrc0>queue0',
  ])
})

test.run()
