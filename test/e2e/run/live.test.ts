import { map } from 'rxjs'
import * as assert from 'uvu/assert'
import { caps, el, gst, pipeline, run, type BusMessage, type RxGstError } from '../../../src/index'
import { meanLuma } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { all, over, running, shown } from '../lib/running'

const test = suite('run: properties, messages and drawings of what runs')

const refused = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    return `${(error as RxGstError).code}: ${(error as RxGstError).message}`
  }
  return 'taken'
}

test('set() shows in the next pictures; get() tells it back', async () => {
  const graph = pipeline(
    el('videotestsrc', { name: 'source', isLive: true, pattern: 'black' }),
    caps('video/x-raw', { format: 'RGB', width: 160, height: 120, framerate: '25/1' }),
    el('textoverlay', { name: 'title', 'font-desc': 'Sans 40' }),
    el('appsink', { name: 'out' }),
  )
  await running(graph, async p => {
    let luma = NaN
    p.frames$('out')
      .pipe(map(shown))
      .subscribe(({ data }) => void (luma = meanLuma(data, 160, 120)))
    await p.start()
    await until(() => luma < 1)
    p.set('title', { text: 'WWWW' })
    await until(() => luma > 1.5)
    p.set('title', { text: '' })
    await until(() => luma < 1)
    p.set('source', { pattern: 'white' })
    await until(() => luma > 250)
    assert.is(p.get('source', 'pattern'), 'white')
    for (const text of ['"Hello"', "it's ! a.b name=x", '\\', '\u{1f600} ünï\n2', '  ', 'NULL', 'a,b=(int)5;']) {
      p.set('title', { text })
      assert.is(p.get('title', 'text'), text)
    }
    p.set('title', { text: 'both', 'font-desc': 'Sans 20' })
    assert.equal([p.get('title', 'text'), p.get('title', 'fontDesc')], ['both', 'Sans 20'])
  })
})

test('values of every kind, read as they were written', async () => {
  const graph = gst`videotestsrc name=s ! capsfilter name=c ! videorate name=r ! x264enc name=x ! identity name=i !
    fakesink name=f vp8enc name=v splitmuxsink name=m`
  await running(graph, async p => {
    const pairs: [
      element: string,
      property: string,
      set: string | number | boolean | bigint,
      get?: string | number | boolean | bigint,
    ][] = [
      ['s', 'pattern', 'ball'],
      ['s', 'pattern', 18, 'ball'],
      ['s', 'is-live', true],
      ['s', 'isLive', 'no', false],
      ['s', 'num-buffers', -1],
      ['s', 'foreground-color', 4_294_967_295],
      ['s', 'timestamp-offset', 9_007_199_254_740_993n],
      ['s', 'timestamp-offset', '12', 12],
      ['s', 'kx', -5],
      ['f', 'ts-offset', -9_223_372_036_854_775_808n],
      ['i', 'drop-probability', 0.25],
      ['x', 'analyse', 'i8x8+p8x8'],
      ['x', 'bitrate', '0x800', 2048],
      ['x', 'option-string', 'scenecut=0:nal-hrd=cbr'],
      ['r', 'rate', 2.5],
      ['c', 'caps', 'video/x-raw, format=(string)I420'],
      ['v', 'timebase', '1/90000'],
      [
        'm',
        'muxer-properties',
        'properties, streamable=(boolean)true, title=(string)"a b"',
        'properties, streamable=(boolean)true, title=(string)"a\\ b";',
      ],
    ]
    for (const [element, property, value, back = value] of pairs) {
      p.set(element, { [property]: value })
      assert.is(p.get(element, property), back, `${element}.${property}`)
    }
    assert.match(String(p.get('f', 'stats')), /^application\/x-gst-base-sink-stats, average-rate=\(double\)/)
    assert.is(p.get('f', 'last-sample'), '')
    // All or none.
    assert.match(
      refused(() => p.set('x', { bitrate: 3000, tune: 'loud' })),
      /^ERR_PROPERTY_VALUE: expected some of/,
    )
    assert.is(p.get('x', 'bitrate'), 2048)
    assert.match(
      refused(() => p.set('s', { pattern: null as never })),
      /^ERR_PROPERTY_VALUE/,
    )
    assert.match(
      refused(() => p.set('x', { bitrate: 1n << 70n })),
      /^ERR_PROPERTY_VALUE/,
    )
    assert.match(
      refused(() => p.set('c', { caps: 'no caps, at=all=' })),
      /^ERR_PROPERTY_VALUE: expected caps/,
    )
    assert.match(
      refused(() => p.set('x', { 'option-string': 'a\0b' })),
      /^ERR_PROPERTY_VALUE: expected text without a zero/,
    )
    assert.match(
      refused(() => p.get('x', 'bitrte')),
      /^ERR_UNKNOWN_PROPERTY: x \(x264enc\) has no property bitrte; did you mean bitrate/,
    )
    assert.match(
      refused(() => p.get('y', 'bitrate')),
      /^ERR_UNKNOWN_ELEMENT: the graph has no element named 'y'/,
    )
    assert.match(
      refused(() => p.set('f', { name: 'other' })),
      /^ERR_PROPERTY_VALUE/,
    )
    assert.match(
      refused(() => p.set('f', { 'last-sample': 'x' })),
      /read-only/,
    )
  })
})

test('what an element takes only at rest is refused while it runs', async () => {
  await running(
    gst`audiotestsrc is-live=true ! rtpL16pay name=pay ! udpsink name=out port=9 host=127.0.0.1`,
    async p => {
      p.set('out', { 'buffer-size': 1000 })
      await p.start()
      p.set('pay', { 'max-ptime': 20_000_000 })
      assert.is(p.get('pay', 'max-ptime'), 20_000_000)
    },
  )
})

test('a property that a streaming thread holds back does not hold the event loop', async () => {
  // identity sleeps in its streaming thread; the queue before it is full, and its lock is taken and let go all the
  // time.
  await running(
    gst`videotestsrc ! video/x-raw,width=64,height=48 ! queue name=q max-size-buffers=2 ! identity sleep-time=100000 !
      fakesink sync=false`,
    async p => {
      await p.start()
      let longest = 0
      for (let i = 0; i < 50; i++) {
        const from = performance.now()
        p.set('q', { 'max-size-buffers': 2 + (i % 3) })
        p.get('q', 'current-level-buffers')
        longest = Math.max(longest, performance.now() - from)
        await new Promise(setImmediate)
      }
      assert.ok(longest < 1000, `${longest} ms`)
    },
  )
})

test('bus$: every message, as plain data', async () => {
  await running(
    gst`audiotestsrc num-buffers=20 ! taginject tags="title=\"A song\",track-count=(uint)3" ! level name=meter !
      fakesink`,
    async p => {
      const coming = all(p.bus$)
      const from = Date.now()
      await p.start()
      await over(p)
      const messages = await coming
      const of = (type: string): BusMessage[] => messages.filter(message => message.type === type)
      for (const type of ['state-changed', 'stream-start', 'tag', 'element', 'async-done', 'new-clock', 'eos'])
        assert.ok(of(type).length > 0, type)
      assert.is(messages.at(-1)!.type, 'eos')
      for (const { time } of messages) assert.ok(time > from - 50 && time < Date.now() + 50)
      const meter = of('element').find(({ source }) => source === 'meter')!
      assert.is(meter.detail.name, 'level')
      assert.is((meter.detail.rms as number[]).length, 1)
      assert.ok((meter.detail.rms as number[])[0]! < 0)
      assert.equal(of('state-changed')[0]!.detail, {
        'old-state': 'null',
        'new-state': 'ready',
        'pending-state': 'void-pending',
      })
      assert.ok(
        of('tag').some(
          ({ detail }) =>
            (detail.tags as { title?: string }).title === 'A song' &&
            (detail.tags as Record<string, unknown>)['track-count'] === 3,
        ),
        JSON.stringify(of('tag')),
      )
      assert.equal(JSON.parse(JSON.stringify(messages)), messages)
      // Over: those that come later hear that.
      assert.equal(await all(p.bus$), [])
    },
  )
})

test('warnings and errors of the bus have domain, code, text and debug', async () => {
  await running(gst`videotestsrc is-live=true ! identity name=breaks error-after=3 ! fakesink`, async p => {
    const coming = all(p.bus$)
    await p.start()
    const error = (await coming).find(({ type }) => type === 'error')!
    assert.is(error.source, 'breaks')
    assert.is(error.detail.domain, 'gst-core-error-quark')
    assert.type(error.detail.code, 'number')
    assert.match(String(error.detail.text), /Failed after iterations/)
    assert.match(String(error.detail.debug), /gstidentity\.c/)
  })
})

test('a blocked event loop keeps 200 messages, and counts the others', async () => {
  await running(
    gst`audiotestsrc num-buffers=5000 samplesperbuffer=441 ! level interval=10000000 ! fakesink`,
    async p => {
      let levels = 0
      p.bus$.subscribe(({ type }) => {
        if (type !== 'element' || levels++ > 0) return
        const end = performance.now() + 10_000
        while (p.stats().droppedMessages === 0 && performance.now() < end);
      })
      const coming = all(p.bus$)
      await p.start()
      await over(p)
      assert.is((await coming).at(-1)!.type, 'eos')
      const { droppedMessages } = p.stats()
      assert.ok(droppedMessages > 0 && levels < 5000, `${levels} came, ${droppedMessages} did not`)
      assert.ok(levels + droppedMessages >= 5000)
    },
  )
})

const KEY = 'planted-key-7f3a'
const PASSWORD = 'p4ss&"\\w0rd'

test('no text of a pipeline holds its keys', async () => {
  const texts: string[] = []
  const log = (text: unknown): void => void texts.push(String(text))
  const logger = { debug: log, info: log, warn: log, error: log }
  const url = `rtmp://127.0.0.1:1/live/${KEY}?token=${KEY}-2`
  const graph = pipeline(
    el('audiotestsrc', { isLive: true }),
    el('avenc_aac'),
    el('flvmux', { name: 'mux', streamable: true }),
    el('rtmpsink', { name: 'sink', location: url }),
  )
  const p = run(graph, { logger })
  p.bus$.subscribe(message => texts.push(JSON.stringify(message)))
  texts.push(p.toDot())
  // What becomes known later is secret too.
  p.set('sink', { location: `rtmp://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/live/${KEY}` })
  texts.push(p.toDot())
  const error = await p.start().then(
    () => null,
    (caught: RxGstError) => caught,
  )
  if (error) texts.push(error.message, JSON.stringify(error), JSON.stringify(error.gst), String(error.stack))
  await until(() => p.state.phase === 'failed')
  await p.stop()
  assert.ok(texts.length > 5)
  for (const text of texts) {
    assert.not.match(text, KEY)
    assert.not.ok(text.includes(PASSWORD) || text.includes('p4ss'), text)
  }
})

test('toDot() draws what runs, with the caps that were agreed on', async () => {
  await running(
    gst`videotestsrc name=source is-live=true ! video/x-raw,format=RGB,width=64,height=48 ! fakesink name=sink`,
    async p => {
      assert.match(p.toDot(), /^digraph pipeline \{/)
      await p.start()
      await until(() => (/width: 64|64/.test(p.toDot()) && p.toDot().includes('[&gt;]')) || p.toDot().includes('[>]'))
      assert.match(p.toDot(), /GstVideoTestSrc\\nsource/)
    },
  )
})

test.run()
