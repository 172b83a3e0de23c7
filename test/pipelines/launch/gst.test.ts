import * as assert from 'uvu/assert'
import fc, { runs } from '../../support/fast-check'
import { capsText, el, pipeline, type Graph } from '../../../src/pipelines/graph/graph'
import { suite } from '../../support/suite'
import { gstValue, hostileText } from '../graph/arbitrary-graph'
import { parse } from '../graph/support'
import { elementsOf, Gst, linksOf, type Element } from './gst-describe'
import { LAUNCH_LINES } from './lines'

/** The parser, held against GStreamer's own. */
const test = suite('launch against GStreamer', { timeout: 60_000 })

/**
 * What a shell and gst-launch-1.0 make of a line for gst_parse_launch(): quotes go, blanks in an argument are escaped.
 */
function asLaunch(line: string): string {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []
  const unquoted = words.map(word =>
    word.replace(
      /"([^"]*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) => double ?? single ?? escaped!,
    ),
  )
  return unquoted.map(word => (/^[A-Za-z0-9-]+\/[A-Za-z0-9-]/.test(word) ? word : word.replace(/ /g, '\\ '))).join(' ')
}

/** A value as GStreamer writes it, so that two can be compared. */
function shown(value: unknown): string {
  if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) return String(value)
  return JSON.stringify(value) ?? 'undefined'
}

/** An element with this property set from a graph's value: exactly where types agree, from text elsewhere. */
function withProperty(factory: string, property: string, value: unknown): Element {
  const element = Gst().ElementFactory.make(factory, null)!
  try {
    element.setProperty(property, value)
  } catch {
    Gst().utilSetObjectArg(element, property, String(value))
  }
  return element
}

/** Elements in order with their properties, and every link that is made already, are those of GStreamer. */
function sameAsGst(graph: Graph, parsed: Element): void {
  const all = elementsOf(parsed)
  // GStreamer adds filters when it links, at the end; in a graph they stand where the text has them.
  const isFilter = (factory: string | undefined): boolean => factory === 'capsfilter'
  const theirs = [
    ...all.filter(element => !isFilter(element.getFactory()?.getName())),
    ...all.filter(element => isFilter(element.getFactory()?.getName())),
  ]
  const places = [
    ...graph.elements.filter(({ factory }) => !isFilter(factory)),
    ...graph.elements.filter(({ factory }) => isFilter(factory)),
  ]
  const delayed = graph.links.length - linksOf(parsed, all).length
  // Filters before pads that come later are made with them.
  const missing = places.length - theirs.length
  assert.ok(missing >= 0 && missing <= delayed, `${places.length} elements, GStreamer has ${theirs.length}`)
  const pairs = new Map<string, Element>()
  theirs.forEach((element, at) => {
    const own =
      isFilter(element.getFactory()?.getName()) && missing > 0
        ? places.find(
            ({ name, factory, props }) =>
              isFilter(factory) && !pairs.has(name) && sameCaps(String(props.caps), shown(element.getProperty('caps'))),
          )!
        : places[at]!
    pairs.set(own.name, element)
    assert.is(element.getFactory()?.getName(), own.factory)
    if (own.named) assert.is(element.name, own.name)
    for (const [property, value] of Object.entries(own.props)) {
      if (property.includes('::')) continue
      if (property === 'caps')
        assert.ok(sameCaps(String(value), shown(element.getProperty('caps'))), `${own.name} caps ${value}`)
      else
        assert.is(
          shown(element.getProperty(property)),
          shown(withProperty(own.factory, property, value).getProperty(property)),
          `${own.name} ${property}`,
        )
    }
  })
  const order = [...pairs.values()]
  const names = [...pairs.keys()]
  const made = linksOf(parsed, order)
  for (const { from, source, to, sink } of made) {
    // A request may give a pad of another name: flvmux makes sink_1 of video.
    const fits = (given: string | null, pad: string, element: Element): boolean =>
      given === null ||
      given === pad ||
      !(element as unknown as { getStaticPad(name: string): unknown }).getStaticPad(given)
    const found = graph.links.filter(
      link =>
        link.from.element === names[from] &&
        link.to.element === names[to] &&
        fits(link.from.pad, source, order[from]!) &&
        fits(link.to.pad, sink, order[to]!),
    )
    assert.ok(found.length > 0, `${names[from]}.${source} > ${names[to]}.${sink}`)
  }
  assert.is(new Set(graph.links.map(({ from, to }) => JSON.stringify([from, to]))).size >= made.length, true)
}

function sameCaps(ours: string, theirs: string): boolean {
  const [one, other] = [ours, theirs].map(text => Gst().Caps.fromString(text))
  return Boolean(one && other && one.isEqual(other))
}

test('the lines of the manual and the documentation are read as GStreamer reads them, or refused as by it', () => {
  assert.ok(LAUNCH_LINES.length >= 40)
  const wrong = LAUNCH_LINES.flatMap(({ line, refused }) => {
    try {
      compare(line, refused)
      return []
    } catch (error) {
      return [`${line}\n${String(error)}`]
    }
  })
  assert.equal(wrong, [])
})

function compare(line: string, refused: string | undefined): void {
  let theirs: Element | Error
  try {
    theirs = Gst().parseLaunch(asLaunch(line))
  } catch (error) {
    theirs = error as Error
  }
  if (refused !== undefined) {
    assert.is(theirs instanceof Error ? theirs.message : 'not refused', refused)
    return
  }
  if (theirs instanceof Error) throw theirs
  const graph = parse(line.replace(/\\([()])/g, '$1'))
  sameAsGst(graph, theirs)
  sameAsGst(graph, Gst().parseLaunch(graph.toLaunch()))
}

test('a string reaches GStreamer through toLaunch as it is, and adds nothing', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (first, second) => {
      const graph = pipeline(
        el('filesrc', { location: first }),
        el('textoverlay', { name: 'x', text: second, 'font-desc': 'a b' }),
        el('filesink', { location: second }),
      )
      const parsed = elementsOf(Gst().parseLaunch(graph.toLaunch()))
      assert.is(parsed.length, 3)
      assert.is(parsed[0]!.getProperty('location') ?? '', first)
      assert.is(parsed[1]!.getProperty('text'), second)
      assert.is(parsed[1]!.getProperty('font-desc') ?? 'a b', 'a b')
      assert.is(parsed[2]!.getProperty('location') ?? '', second)
    }),
    { numRuns: runs(300) },
  )
})

test('values in caps reach GStreamer as they are, and add nothing', () => {
  fc.assert(
    fc.property(gstValue, hostileText, hostileText, (first, second, third) => {
      const text = capsText('video/x-raw', { first, second: [second, 'x'], third: `§${third}` })
      const caps = Gst().Caps.fromString(text)
      assert.ok(caps, text)
      const back = caps.toString()
      assert.ok(Gst().Caps.fromString(back)!.isEqual(caps))
      assert.is(capsText(back).split(/,(?=\w+=)/).length >= 4, true)
      // Read again by us it is the same text: so no value has become another, and no field has been added.
      assert.is(capsText(text), text)
      assert.ok(Gst().Caps.fromString(capsText(back))!.isEqual(caps), back)
      const graph = pipeline(el('identity'), el('capsfilter', { caps: text }), el('fakesink'))
      const filter = elementsOf(Gst().parseLaunch(graph.toLaunch())).find(
        element => element.getFactory()?.getName() === 'capsfilter',
      )!
      assert.ok(sameCaps(text, shown(filter.getProperty('caps'))), graph.toLaunch())
    }),
    { numRuns: runs(200) },
  )
})

test('words of caps without a type are what GStreamer takes them for', () => {
  for (const word of [
    '5',
    '-5',
    '+5',
    '010',
    '0x10',
    '4294967295',
    '4294967296',
    '-2147483648',
    '-2147483649',
    '1.5',
    '.5',
    '5.',
    '1e3',
    'inf',
    'min',
    'max',
    '30/1',
    '1/0',
    '-1/3',
    '1/max',
    'true',
    'YES',
    'No',
    't',
    'F',
    'I420',
    '1:3:5:1',
    '00:01:00:00',
    'a:b',
    'ab',
    'little_endian',
    '2:4',
    'a-b',
    'ac-3',
    'face+bed',
    'd3d',
    'be:-1',
    'mp-4',
    '5x',
    '0x',
    '08',
    '[1,5]',
    '[1.0,2]',
    '[2,10,2]',
    '{1,2}',
    '{a,x-y}',
    '<1,2>',
    '[1/2,30/1]',
    '(int){1,2}',
    '(fraction)30',
    '(bitmask)0x3',
    '(s)5',
    '(b)1',
    '(gint64)5',
    '(double)5',
    '(GstFlagSet)0:ffff',
  ]) {
    const text = `a/b,x=${word}`
    const theirs = Gst().Caps.fromString(text)
    let ours: string | null = null
    try {
      ours = capsText(text)
    } catch {
      // refused
    }
    assert.is(
      ours === null,
      theirs === null,
      `${word}: ${ours ?? 'refused'}, GStreamer ${theirs === null ? 'refused' : 'not'}`,
    )
    if (ours !== null && theirs !== null)
      assert.ok(Gst().Caps.fromString(ours)!.isEqual(theirs), `${word}: ${ours}, GStreamer ${theirs}`)
  }
})

test.run()
