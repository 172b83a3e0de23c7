// Handles of elements: the element that they name, and that they name nothing after their pipeline is closed.
import * as assert from 'uvu/assert'
import { native } from '../../src/addon/binding'
import type { ElementHandle } from '../../src/addon/gst'
import { Runner } from '../../src/engine/runner'
import { gst } from '../../src/index'
import { suite } from '../support/suite'

const test = suite('handles of elements', { timeout: 30_000 })

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const made = () =>
  new Runner(gst`videotestsrc name=source ! appsink name=out sync=false`, {
    secrets: [],
    logger,
    wasLive: () => true,
    onError: error => assert.unreachable(error.message),
    onEos: () => {},
  })

test('a handle names its element until its pipeline is closed, and then nothing', async () => {
  const runner = made()
  const [source, out] = [runner.element('source'), runner.element('out')]
  const meter = new (native().Meter)({ bitrate: true })
  assert.type(meter.watchPackets(source, 'src'), 'number')
  ;new (native().PadCounter)(source, 'src').close()
  await runner.setState('PLAYING')
  await runner.settle()
  // Stopped, and still readable.
  ;new (native().PadCounter)(source, 'src').close()
  await runner.stop()
  const closed = /pipeline is closed/
  assert.throws(() => new (native().PadCounter)(source, 'src'), closed)
  const changes = new (native().Changes)(() => {})
  assert.throws(() => new (native().PacketTap)(out, { capacity: 1, block: false }, changes), closed)
  changes.close()
  // Counters of a closed pipeline have no news, and do not fail.
  assert.is(native().transportStats(source), null)
  assert.throws(() => runner.element('source'), /no element named/)
  // A meter may be opened just after a connection has ended.
  assert.is(meter.watchPackets(source, 'src'), null)
  meter.close()
})

test('what is no handle is refused before it is read', () => {
  for (const other of [
    0,
    4096,
    1n,
    'source',
    null,
    undefined,
    {},
    [],
    new (native().Timeline)(),
    Object.create(null),
  ]) {
    const wrong = other as unknown as ElementHandle
    assert.throws(() => new (native().PadCounter)(wrong, 'src'), /expected an element/)
    assert.throws(() => native().acknowledgePromptly(wrong), /expected an element/)
  }
})

test('there is no handle of an element that is not there, and one does not become another', async () => {
  const [one, other] = [made(), made()]
  assert.throws(() => one.element('nobody'), /no element named/)
  const source = one.element('source')
  await one.stop()
  // An element of the same name in another pipeline is another element.
  assert.throws(() => new (native().PadCounter)(source, 'src'), /pipeline is closed/)
  ;new (native().PadCounter)(other.element('source'), 'src').close()
  await other.stop()
})

test.run()
