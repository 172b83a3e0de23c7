import { Subject } from 'rxjs'
import { RxGstError, type OutputTargetView } from 'rxgst'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { Sender, type SendingStream } from '../../src/channel/sender.js'
import { TargetSlot } from '../../src/channel/target-slot.js'
import { configOf } from './support.js'

const test = suite('channel: a sender')
const RETRY_MS = 30_000

/** A stream that says nothing, and its end when it is told to. */
class FakeStream implements SendingStream<string> {
  readonly recording$ = new Subject<never>()
  readonly places: string[]
  targets: OutputTargetView[] = []
  stopped = false

  constructor(place: string) {
    this.places = []
    this.addTarget(place)
  }

  addTarget(place: string): void {
    this.places.push(place)
    const state = { phase: 'live', reason: null, nextRetryAt: null }
    const view = { url: place, state, state$: new Subject(), stats: () => ({ outBytes: 1, dropped: 0, reconnects: 0 }) }
    this.targets.push(view as unknown as OutputTargetView)
  }

  async removeTarget(): Promise<void> {}
  async start(): Promise<void> {}
  async stop(): Promise<void> {
    this.stopped = true
    this.recording$.complete()
  }
}

function begin(open: (place: string) => FakeStream) {
  const clock = { nowMs: 0, unixMs: 1_700_000_000_000 }
  const clocks = { now: () => clock.nowMs, unix: () => clock.unixMs }
  const streams: FakeStream[] = []
  const sender = new Sender<string, FakeStream>({
    open: place => {
      const stream = open(place)
      streams.push(stream)
      return stream
    },
    placeOf: slot => slot.name,
    onChange: () => {},
    onSegment: () => {},
  })
  const urls = { one: { url: 'rtmp://h/live/1' }, two: { url: 'rtmp://h/live/2' } }
  const { targets } = configOf({ inputs: [{ url: 'rtmp://h/live/in' }], targets: urls })
  const slot = (name: keyof typeof urls) => new TargetSlot(name, targets[name]!, clocks)
  return { clock, sender, streams, slot }
}

test('somebody who sets the clock of the machine neither hurries a retry nor puts it off', () => {
  let tries = 0
  const { clock, sender, slot } = begin(() => {
    tries += 1
    throw new RxGstError('ERR_NOT_RUNNING', 'the stream is just ending')
  })
  const one = slot('one')
  sender.add(one)
  assert.is(one.retry.at, clock.unixMs + RETRY_MS)
  clock.unixMs += 86_400_000
  sender.look()
  assert.is(tries, 1)
  clock.unixMs -= 2 * 86_400_000
  clock.nowMs += RETRY_MS
  sender.look()
  assert.is(tries, 2)
})

test('a target that comes while its stream ends of the fault of another one is tried anew', async () => {
  const { clock, sender, streams, slot } = begin(place => new FakeStream(place))
  const [one, two] = [slot('one'), slot('two')]
  sender.add(one)
  const [stream] = streams
  stream!.addTarget = () => {
    throw new RxGstError('ERR_TLS', 'the certificate of the other one is not trusted')
  }
  sender.add(two)
  assert.equal([two.fault?.code, two.retry.isPlanned], ['ERR_TLS', true])
  stream!.recording$.complete()
  assert.is(sender.stream, null)
  clock.nowMs += RETRY_MS
  sender.look()
  assert.equal(
    streams.map(({ places }) => places),
    [['one'], ['one', 'two']],
  )
  assert.ok(one.isLive && two.isLive)
  await sender.stop()
  assert.ok(streams[1]!.stopped)
})

test('what the library refuses is not tried again: only another configuration helps', () => {
  const { sender, slot } = begin(() => {
    throw new RxGstError('ERR_URL', 'a scheme that nobody knows')
  })
  const one = slot('one')
  sender.add(one)
  assert.equal([one.fault?.code, one.retry.isPlanned], ['ERR_URL', false])
})

test.run()
