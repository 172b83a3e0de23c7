import * as assert from 'uvu/assert'
import type { RxGstError } from '../../src/core/errors'
import type { AudioChunk, FrameWithAudio } from '../../src/core/types'
import { MediaHub } from '../../src/observables/media-hub'
import { Pairing } from '../../src/observables/pairing'
import { AudioReader, FrameWithAudioReader } from '../../src/observables/reader'
import { suite } from '../support/suite'
import { FakeSource, Pictures, ramp, audio } from './fake-media'

const test = suite('reader: sound')

const FORMAT = { rate: 1000, channels: 1 }

function setup() {
  const hub = new MediaHub({ block: false, onDemand: () => {} })
  const source = new FakeSource()
  const pictures = new Pictures()
  hub.setSource(source)
  const push = (count: number) => {
    for (let i = 0; i < count; i++) source.pictures.push(pictures.make(i))
    hub.pump()
  }
  return { hub, source, pictures, push }
}

const soon = <T>(promise: Promise<T>): Promise<T | 'pending'> =>
  Promise.race([promise, new Promise<'pending'>(resolve => setTimeout(resolve, 20, 'pending'))])

test('sound in the lengths asked for, one behind the other', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  const asked = [reader.read(0.01), reader.read(0.025), reader.read(0.001)]
  source.audio.push(audio(100, 20), audio(120, 30))
  hub.pump()
  const chunks = (await Promise.all(asked)) as AudioChunk[]
  assert.equal(
    chunks.map(({ samples }) => samples.length),
    [10, 25, 1],
  )
  assert.equal(
    chunks.flatMap(({ samples }) => [...samples]),
    [...ramp(100, 36)],
  )
  assert.equal(
    chunks.map(({ timestamp, duration }) => [timestamp, duration]),
    [
      [100_000, 10_000],
      [110_000, 25_000],
      [135_000, 1000],
    ],
  )
  assert.equal([chunks[0]!.sampleRate, chunks[0]!.channels], [1000, 1])
  reader.close()
})

test('a read of sound waits until all of it is there', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  const read = reader.read(0.03)
  source.audio.push(audio(0, 29))
  hub.pump()
  assert.is(await soon(read), 'pending')
  source.audio.push(audio(29, 1))
  hub.pump()
  assert.is(((await read) as AudioChunk).samples.length, 30)
  reader.close()
})

test('an aborted read of sound leaves lengths and samples to the others', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  const controller = new AbortController()
  const first = reader.read(1, controller.signal).then(
    () => '',
    (error: RxGstError) => error.code,
  )
  const second = reader.read(0.01)
  controller.abort()
  assert.is(await first, 'ERR_ABORTED')
  source.audio.push(audio(0, 20))
  hub.pump()
  assert.is(((await second) as AudioChunk).samples.length, 10)
  assert.equal([...((await reader.read(0.01)) as AudioChunk).samples], [...ramp(10, 10)])
  reader.close()
})

test('an end leaves a read that cannot be met', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  const read = reader.read(0.05)
  source.audio.push(audio(0, 20))
  hub.end(null)
  assert.is(await read, null)
})

test('pictures with sound, to those who ask; memory goes back', async () => {
  const { hub, source, pictures, push } = setup()
  const reader = new FrameWithAudioReader(hub, new Pairing(5, FORMAT), false).open()
  const asked = [reader.next(), reader.next()]
  source.audio.push(audio(0, 200))
  push(4)
  const items = (await Promise.all(asked)) as FrameWithAudio[]
  assert.equal(
    items.map(({ frame, audio }) => [frame.sequence, audio.samples[0], audio.samples.length]),
    [
      [0, 0, 40],
      [1, 40, 40],
    ],
  )
  items.forEach(({ frame }) => frame.close())
  reader.close()
  assert.is(pictures.open, source.pictures.length)
})

test('a reader of both that nobody asks takes no more than it needs', () => {
  const { hub, source, push } = setup()
  const reader = new FrameWithAudioReader(hub, new Pairing(5, FORMAT), false).open()
  source.audio.push(audio(0, 10_000))
  push(30)
  assert.ok(source.pictures.length >= 25, `${source.pictures.length} left`)
  reader.close()
})

test('a read over a seam is filled up with silence, and the next goes on behind it, in the new format', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  const asked = [reader.read(0.05), reader.read(0.05)]
  source.audio.push(audio(0, 30))
  hub.pump()
  hub.lose()
  assert.is(await soon(asked[0]!), 'pending')
  const next = new FakeSource()
  next.audio.push({ ...audio(20_000, 200, 2, true), rate: 2000 })
  hub.setSource(next)
  hub.pump()
  const [first, second] = (await Promise.all(asked)) as AudioChunk[]
  assert.equal([...first!.samples], [...ramp(0, 30), ...Array<number>(20).fill(0)])
  assert.equal([first!.sampleRate, first!.channels, first!.timestamp], [1000, 1, 0])
  assert.equal(
    [second!.sampleRate, second!.channels, second!.timestamp, second!.samples.length],
    [2000, 2, 10_000_000, 200],
  )
  assert.equal([second!.samples[0], second!.discontinuity], [20_000, true])
  reader.close()
})

test('a reader of sound that does not read holds two connections at most', async () => {
  const { hub, source } = setup()
  const reader = new AudioReader(hub).open()
  let now = source
  for (let connection = 0; connection < 20; connection++) {
    now.audio.push(audio(connection * 10_000, 500))
    hub.pump()
    hub.lose()
    now = new FakeSource()
    hub.setSource(now)
  }
  const first = (await reader.read(0.5)) as AudioChunk
  assert.is(first.timestamp, 180_000_000)
  reader.close()
})

test.run()
