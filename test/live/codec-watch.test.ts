import * as assert from 'uvu/assert'
import { DecoderWatch, type DecoderObservation } from '../../src/live/capture/decoder-watch'
import { EncoderWatch, type EncoderObservation } from '../../src/live/output/encoder-watch'
import { suite } from '../support/suite'

const test = suite('codec watch')

/** At 30 pictures a second. */
const at = (now: number): number => Math.floor(now * 0.03)

/** Looks ten times a second; when it was found to hang, ms. */
function decoder(step: (now: number) => Omit<DecoderObservation, 'now'>, until = 20_000): number | null {
  const watch = new DecoderWatch(3000)
  for (let now = 0; now <= until; now += 100) if (watch.hangs({ now, ...step(now) })) return now
  return null
}
const flowing = (now: number) => ({ taken: now * 100, received: now * 100 })

test('a decoder that gives what it gets is well, with 16 pictures kept for reordering too', () => {
  assert.is(
    decoder(now => ({ decoded: at(now), packets: at(now), ...flowing(now) })),
    null,
  )
  assert.is(
    decoder(now => ({ decoded: Math.max(0, at(now) - 16), packets: at(now), ...flowing(now) })),
    null,
  )
})

test('a decoder that takes pictures and gives none hangs', () => {
  const found = decoder(now => ({ decoded: Math.min(60, at(now)), packets: at(now), ...flowing(now) }))
  assert.ok(found !== null && found >= 5000 && found <= 5300, String(found))
})

test('a decoder that does not return hangs: bytes come, and nothing takes them', () => {
  const stuck = (now: number) => Math.min(2000, now)
  const found = decoder(now => ({
    decoded: at(stuck(now)),
    packets: at(stuck(now)) + 1,
    taken: stuck(now) * 100,
    received: now * 100,
  }))
  assert.ok(found !== null && found >= 5000 && found <= 5300, String(found))
})

test('a server that sends nothing is no fault of the decoder', () => {
  const last = (now: number) => Math.min(60, at(now))
  const still = { taken: 100_000, received: 100_000 }
  assert.is(
    decoder(now => ({ decoded: last(now), packets: last(now), ...still })),
    null,
  )
  assert.is(
    decoder(now => ({
      decoded: last(now),
      packets: last(now),
      taken: 100_000 + now / 50,
      received: 100_000 + now / 50,
    })),
    null,
    'pings',
  )
})

test('a message that takes seconds to come is no fault of the decoder', () => {
  const last = (now: number) => Math.min(60, at(now))
  assert.is(
    decoder(now => ({ decoded: last(now), packets: last(now), ...flowing(now) })),
    null,
  )
})

test('a stream whose picture ends while its sound goes on is no fault of the decoder', () => {
  const last = (now: number) => Math.min(60, at(now))
  assert.is(
    decoder(now => ({ decoded: last(now), packets: last(now), ...flowing(now) })),
    null,
  )
  assert.is(
    decoder(now => ({ decoded: 0, packets: 0, ...flowing(now) })),
    null,
    'without any picture',
  )
})

test('what comes before the first keyframe is not expected to come out', () => {
  assert.is(
    decoder(now => ({
      decoded: now < 8000 ? 0 : at(now - 8000),
      packets: now < 8000 ? 0 : at(now - 8000),
      ...flowing(now),
    })),
    null,
  )
})

test('one picture in ten seconds is no fault of the decoder', () => {
  const slow = (now: number) => Math.floor(now / 10_000) + 1
  assert.is(
    decoder(now => ({ decoded: slow(now), packets: slow(now), ...flowing(now) }), 60_000),
    null,
  )
})

/** Looks twice a second. */
function encoder(step: (now: number) => Partial<Omit<EncoderObservation, 'now'>>, until = 20_000): number | null {
  const watch = new EncoderWatch()
  for (let now = 0; now <= until; now += 500)
    if (watch.hangs({ now, pictures: 0, packets: 0, queued: 0, heldUp: false, ...step(now) })) return now
  return null
}

test('an encoder that gives what it gets is well, with some pictures kept too', () => {
  assert.is(
    encoder(now => ({ pictures: at(now), packets: at(now) })),
    null,
  )
  assert.is(
    encoder(now => ({ pictures: at(now), packets: Math.max(0, at(now) - 5), queued: 2 })),
    null,
    'one that is the bottleneck',
  )
})

test('pictures that it keeps while nobody writes are no fault, also before its first packet', () => {
  assert.is(
    encoder(now => ({ pictures: Math.min(60, at(now)), packets: Math.max(0, Math.min(60, at(now)) - 2) })),
    null,
  )
  assert.is(
    encoder(() => ({ pictures: 2, packets: 0 })),
    null,
  )
  assert.is(
    encoder(() => ({})),
    null,
  )
})

test('a network that holds it up is no fault', () => {
  const held = (now: number) => now > 4000 && now < 9000
  assert.is(
    encoder(
      now => ({
        pictures: at(Math.min(now, 4200)),
        packets: at(Math.min(now, 4000)),
        queued: held(now) ? 2 : 0,
        heldUp: held(now),
      }),
      9000,
    ),
    null,
  )
})

test('an encoder that does not return from a picture hangs, whenever it is looked at', () => {
  for (const inside of [0, 1]) {
    const found = encoder(now => ({
      pictures: Math.min(60, at(now)) + inside,
      packets: Math.min(60, at(now)),
      queued: at(now) > 60 ? 2 : 0,
    }))
    assert.ok(found !== null && found >= 3500 && found <= 4000, String(found))
  }
})

test('an encoder that takes pictures and gives no packets hangs', () => {
  assert.is(
    encoder(now => ({ pictures: at(now), packets: 0 })),
    2000,
  )
  assert.ok(encoder(now => ({ pictures: at(now), packets: Math.min(90, at(now)) })) !== null)
})

test('a process that stood still for ten seconds finds nothing hanging', () => {
  const asleep = (now: number) => now > 2000 && now <= 12_000
  const decoding = new DecoderWatch(3000)
  const encoding = new EncoderWatch()
  for (let now = 0; now <= 15_000; now += 100) {
    if (asleep(now)) continue
    const done = at(now > 12_000 ? now - 10_000 : now)
    // Just awake: what came meanwhile is not through yet.
    assert.not(
      decoding.hangs({ now, decoded: done, packets: done + 40, taken: now * 100, received: now * 100 }),
      `decoder at ${now}`,
    )
    if (now % 500 === 0)
      assert.not(
        encoding.hangs({ now, pictures: done + 2, packets: done, queued: 1, heldUp: false }),
        `encoder at ${now}`,
      )
  }
})

test.run()
