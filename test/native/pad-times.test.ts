// The times at which buffers passed pads, as the benches read them.
import * as assert from 'uvu/assert'
import { Runner } from '../../src/engine/runner'
import { gst } from '../../src/index'
import { native } from '../../src/addon/binding'
import type { ElementHandle } from '../../src/addon/gst'
import { suite } from '../support/suite'

const test = suite('times at pads', { timeout: 30_000 })

const PICTURES = 8
const graph = () => gst`
  videotestsrc name=source num-buffers=${PICTURES} ! video/x-raw,width=64,height=48,format=I420,framerate=25/1 !
  x264enc name=encoder tune=zerolatency speed-preset=ultrafast ! fakesink name=sink sync=false`

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Watches pads during a run of the graph; [place, key, µs] of each note. */
async function notes(watch: (times: ReturnType<typeof make>, element: (name: string) => ElementHandle) => void) {
  let ended = (): void => {}
  const end = new Promise<void>(resolve => (ended = resolve))
  const runner = new Runner(graph(), {
    secrets: [],
    logger,
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: ended,
  })
  const times = make()
  watch(times, name => runner.element(name))
  await runner.setState('PLAYING')
  await end
  await runner.stop()
  const flat = [...times.take()]
  return {
    times,
    list: Array.from({ length: flat.length / 3 }, (_, i) => flat.slice(i * 3, i * 3 + 3) as [number, number, number]),
  }
}
const make = () => new (native().PadTimes)()

test('a picture is found at each of its places by the same key, and passes them in their order', async () => {
  const before = Number(process.hrtime.bigint()) / 1e3
  const { times, list } = await notes((times, element) => {
    assert.is(times.watch(0, element('source'), 'src', 'time'), true)
    assert.is(times.watch(1, element('encoder'), 'src', 'time'), true)
    assert.is(times.watch(2, element('sink'), 'sink', 'time'), true)
    assert.is(times.watch(3, element('sink'), 'sink', 'after'), true)
    assert.is(times.watch(4, element('source'), 'nowhere', 'time'), false)
  })
  const keys = (place: number) => list.filter(note => note[0] === place).map(([, key]) => key)
  // The encoder stamps from 1000 hours on; a key is running time.
  const expected = Array.from({ length: PICTURES }, (_, i) => i * 40_000)
  for (const place of [0, 1, 2, 3]) assert.equal(keys(place), expected, `place ${place}`)
  for (const key of expected) {
    const at = list
      .filter(note => note[1] === key)
      .sort((a, b) => a[0] - b[0])
      .map(([, , time]) => time)
    assert.equal(
      at,
      [...at].sort((a, b) => a - b),
    )
    assert.ok(at[0]! >= before - 1000 && at[3]! <= Number(process.hrtime.bigint()) / 1e3, 'CLOCK_MONOTONIC')
  }
  assert.equal([...times.take()], [], 'taken once')
  assert.is(times.lost(), 0)
})

test('bytes have no key; what is no tag of a hand-over and nobody’s write is not noted', async () => {
  const { list } = await notes((times, element) => {
    times.watch(0, element('source'), 'src', 'bytes')
    times.watch(1, element('source'), 'src', 'accepted')
  })
  assert.equal(
    list.map(([place, key]) => [place, key]),
    Array.from({ length: PICTURES }, () => [0, -1]),
  )
})

test('after close() nothing is noted, also where a sink is still wrapped', async () => {
  const { list } = await notes((times, element) => {
    times.watch(0, element('source'), 'src', 'time')
    times.watch(1, element('sink'), 'sink', 'after')
    times.close()
    times.close()
  })
  assert.equal(list, [])
})

test.run()
