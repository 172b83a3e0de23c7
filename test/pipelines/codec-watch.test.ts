import * as assert from 'uvu/assert'
import { DecoderWatch } from '../../src/pipelines/decoder-watch'
import { EncoderWatch } from '../../src/pipelines/encoder-watch'
import { suite } from '../support/suite'

const test = suite('codec watch')

/** Looks ten times a second, at 30 pictures a second; when it was found to hang, ms. */
function decoder(step: (now: number) => { decoded: number; packets: number; moved: number; bytes: number }, until = 20_000): number | null {
  const watch = new DecoderWatch(3000)
  for (let now = 0; now <= until; now += 100) if (watch.hangs({ now, ...step(now) })) return now
  return null
}
const at = (now: number): number => Math.floor(now * 0.03)

test('a decoder that gives what it gets is well, with 16 pictures kept for reordering too', () => {
  assert.is(decoder(now => ({ decoded: at(now), packets: at(now), moved: at(now), bytes: now * 100 })), null)
  assert.is(decoder(now => ({ decoded: Math.max(0, at(now) - 16), packets: at(now), moved: at(now), bytes: now * 100 })), null)
})

test('a decoder that takes pictures and gives none hangs', () => {
  const found = decoder(now => ({ decoded: Math.min(60, at(now)), packets: at(now), moved: at(now), bytes: now * 100 }))
  assert.ok(found !== null && found >= 5000 && found <= 5300, String(found))
})

test('a decoder that does not return hangs: bytes come, and nothing takes them', () => {
  const stuck = (now: number) => Math.min(60, at(now))
  const found = decoder(now => ({ decoded: stuck(now), packets: stuck(now) + 1, moved: stuck(now) + 1, bytes: now * 100 }))
  assert.ok(found !== null && found >= 5000 && found <= 5300, String(found))
})

test('a server that sends nothing is no fault of the decoder', () => {
  const last = (now: number) => Math.min(60, at(now))
  assert.is(decoder(now => ({ decoded: last(now), packets: last(now), moved: last(now), bytes: 100_000 })), null)
  assert.is(decoder(now => ({ decoded: last(now), packets: last(now), moved: last(now), bytes: 100_000 + now / 50 })), null, 'pings')
})

test('a stream whose picture ends while its sound goes on is no fault of the decoder', () => {
  const last = (now: number) => Math.min(60, at(now))
  assert.is(decoder(now => ({ decoded: last(now), packets: last(now), moved: at(now) * 2, bytes: now * 100 })), null)
  assert.is(decoder(now => ({ decoded: 0, packets: 0, moved: at(now), bytes: now * 20 })), null, 'without any picture')
})

test('one picture in ten seconds is no fault of the decoder', () => {
  const slow = (now: number) => Math.floor(now / 10_000) + 1
  assert.is(decoder(now => ({ decoded: slow(now), packets: slow(now), moved: at(now), bytes: now * 20 }), 60_000), null)
})

function encoder(step: (now: number) => { pictures: number; packets: number }, until = 20_000): number | null {
  const watch = new EncoderWatch()
  for (let now = 0; now <= until; now += 500) if (watch.hangs({ now, ...step(now) })) return now
  return null
}

test('an encoder that gives what it gets is well, with some pictures kept too', () => {
  assert.is(encoder(now => ({ pictures: at(now), packets: at(now) })), null)
  assert.is(encoder(now => ({ pictures: at(now), packets: Math.max(0, at(now) - 5) })), null)
})

test('pictures that it keeps while nobody writes are no fault', () => {
  assert.is(encoder(now => ({ pictures: Math.min(60, at(now)), packets: Math.max(0, Math.min(60, at(now)) - 2) })), null)
  assert.is(encoder(() => ({ pictures: 0, packets: 0 })), null)
})

test('an encoder that does not return from a picture hangs', () => {
  const found = encoder(now => ({ pictures: Math.min(61, at(now)), packets: Math.min(60, at(now)) }))
  assert.ok(found !== null && found >= 3500 && found <= 4000, String(found))
})

test('an encoder that takes pictures and gives no packets hangs', () => {
  assert.is(encoder(now => ({ pictures: at(now) + 1, packets: 0 })), 1500)
  assert.ok(encoder(now => ({ pictures: at(now), packets: Math.min(90, at(now)) })) !== null)
})

test('a process that stood still for ten seconds finds nothing hanging', () => {
  const asleep = (now: number) => (now > 2000 && now <= 12_000 ? 2000 : now)
  const decoding = new DecoderWatch(3000)
  const encoding = new EncoderWatch()
  for (let now = 0; now <= 15_000; now += 100) {
    if (asleep(now) !== now) continue
    const done = at(now > 12_000 ? now - 10_000 : now)
    // Just awake: what came meanwhile is not through yet.
    assert.not(decoding.hangs({ now, decoded: done, packets: done + 40, moved: done, bytes: now * 100 }), `decoder at ${now}`)
    if (now % 500 === 0) assert.not(encoding.hangs({ now, pictures: done + 2, packets: done }), `encoder at ${now}`)
  }
})

test.run()
