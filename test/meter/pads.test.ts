import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { meterPads, type MeterPads, type Wiring } from '../../src/meter/pads'
import { suite } from '../support/suite'

const test = suite('meter pads')

/** 'a:factory.pad ! b:factory.pad' a line. */
function wiring(...lines: string[]): Wiring {
  const elements = new Map<string, string>()
  const end = (text: string) => {
    const [, element, factory, pad = null] = /^(\w+)(?::(\w+))?(?:\.(\w+))?$/.exec(text)!
    if (factory) elements.set(element!, factory)
    return { element: element!, pad }
  }
  const links = lines.flatMap(line => {
    const ends = line.split(' ! ').map(end)
    return ends.slice(1).map((to, i) => ({
      from: { ...ends[i]!, pad: ends[i]!.pad },
      to: { element: to.element, pad: i + 2 < ends.length ? null : to.pad },
    }))
  })
  return { elements: [...elements].map(([name, factory]) => ({ name, factory })), links }
}

const text = (pads: readonly { element: string; pad: string }[]): string[] =>
  pads.map(({ element, pad }) => `${element}.${pad}`)
const shown = ({ packets, raw, from, to }: MeterPads) => ({
  packets: text(packets),
  raw: text(raw),
  from: from && text([from])[0],
  to: to && text([to])[0],
})

test('a receiver: behind the demuxer and behind the decoders', () => {
  const graph = wiring(
    'src:rtmp2src ! d:flvdemux',
    'd.video ! p:h264parse ! dec:avdec_h264 ! sink:appsink',
    'd.audio ! ap:aacparse ! adec:avdec_aac ! asink:appsink',
  )
  assert.equal(shown(meterPads(graph)), {
    packets: ['p.sink', 'ap.sink'],
    raw: ['sink.sink', 'asink.sink'],
    from: 'src.src',
    to: 'sink.sink',
  })
})

test('a sender: before the muxer, whose pads come on request, and before the encoders', () => {
  const graph = wiring(
    'v:videotestsrc ! e:x264enc ! p:h264parse ! m:flvmux.video',
    'a:audiotestsrc ! ae:avenc_aac ! m.audio',
    'm ! s:rtmp2sink',
  )
  assert.equal(shown(meterPads(graph)), {
    packets: ['p.src', 'ae.src'],
    raw: ['v.src', 'a.src'],
    from: 'v.src',
    to: 's.sink',
  })
})

test('without either, behind parsers, else behind encoders', () => {
  assert.equal(shown(meterPads(wiring('v:appsrc ! p:h264parse ! s:fakesink'))).packets, ['s.sink'])
  assert.equal(shown(meterPads(wiring('v:videotestsrc ! e:x264enc ! s:fakesink'))).packets, ['s.sink'])
  assert.equal(shown(meterPads(wiring('v:videotestsrc ! s:fakesink'))), {
    packets: [],
    raw: [],
    from: 'v.src',
    to: 's.sink',
  })
  assert.equal(meterPads({ elements: [], links: [] }), { packets: [], raw: [], from: null, to: null })
})

test('named pads are taken as they are named', () => {
  const graph = wiring('v:videotestsrc ! e:x264enc ! s:fakesink')
  const named = meterPads(graph, { packets: ['e.src'], raw: ['v'], from: 'e.sink', to: 's.sink' })
  assert.equal(shown(named), { packets: ['e.src'], raw: ['v.src'], from: 'e.sink', to: 's.sink' })
})

test('a name that leads to no element is refused, and not shown where it may be a URL', () => {
  const graph = wiring('v:videotestsrc ! s:fakesink')
  for (const names of [{ packets: ['e.src'] }, { raw: ['v', 'w'] }, { from: 'x.y' }, { to: 'rtmp://h/a/key' }]) {
    assert.throws(
      () => meterPads(graph, names),
      (error: unknown) =>
        error instanceof RxGstError && error.code === 'ERR_UNKNOWN_ELEMENT' && !error.message.includes('key'),
    )
  }
})

test.run()
