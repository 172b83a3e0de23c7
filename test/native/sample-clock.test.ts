import { execFileSync } from 'node:child_process'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import fc, { runs } from '../support/fast-check'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the sample clock', { timeout: 120_000 })

/** A compile of 7 s takes over a minute beside five others. */
const PATIENT = { timeout: 110_000 }
const ROOT = path.resolve(__dirname, '../../..')
let program = ''

interface Packet {
  /** In ms. */
  time: number
  count: number
}
interface Laid {
  at: number
  hole: number
  cut: number
}

/** The places of a stream's packets. */
function lay(rate: number, packets: readonly Packet[]): Laid[] {
  const lines = packets.map(({ time, count }) => `${Math.round((time * rate) / 1000)} ${count}`)
  const output = execFileSync(program, { input: [`rate ${rate}`, ...lines, 'end', ''].join('\n'), encoding: 'utf8' })
  const rows = output.trim().split('\n').slice(0, -1)
  assert.is(rows.length, packets.length)
  return rows.map(row => {
    const [at, hole, cut] = row.split(' ').map(Number)
    return { at: at!, hole: hole!, cut: cut! }
  })
}

/** Packets one after the other, from a time on; whole milliseconds, as in FLV. */
function regular(rate: number, count: number, packets: number, from = 0): Packet[] {
  return Array.from({ length: packets }, (_, i) => ({ time: Math.floor(from + (i * count * 1000) / rate), count }))
}

const seamless = (laid: readonly Laid[]) => laid.every(({ hole, cut }) => hole === 0 && cut === 0)

const formats = fc.constantFrom<[number, number]>(
  [44_100, 1024],
  [48_000, 1024],
  [48_000, 960],
  [44_100, 1152],
  [22_050, 2048],
  [8000, 160],
  [16_000, 320],
)
const batches = fc.constantFrom(40, 64, 128, 200, 250, 500, 1000)
/** Batches that carry the time of their end. */
function late(x: number): number {
  return Math.floor(x) + 1
}

const roundings = fc.constantFrom<(x: number) => number>(Math.floor, late, Math.round)

test.before(async () => {
  program = path.join(tempDir(), 'sample_clock')
  const source = path.join(ROOT, 'test/native/sample_clock.cc')
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', `-I${ROOT}/native`]
  await exec('g++', [...flags, source, '-o', program], PATIENT)
})

test('a stream whose packets lie behind each other has no seam', () => {
  fc.assert(
    fc.property(
      formats,
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 900 }),
      ([rate, count], from, packets) => {
        assert.ok(seamless(lay(rate, regular(rate, count, packets, from))))
      },
    ),
    { numRuns: runs(40) },
  )
})

test('nor has one whose packets come in batches, with the time of each batch', () => {
  fc.assert(
    fc.property(formats, batches, roundings, fc.integer({ min: 0, max: 50 }), ([rate, count], batch, round, first) => {
      // Shorter batches do not count as batches.
      fc.pre(batch * rate >= count * 1300)
      const times = (time: number) => round((time - first * batch) / batch) * batch + first * batch
      const packets = regular(rate, count, Math.ceil((rate * 20) / count), first * batch).map(packet => ({
        ...packet,
        time: times(packet.time),
      }))
      const laid = lay(rate, packets)
      // The first rounding batch is half a batch, and is corrected.
      const settled = laid.filter((_, i) => packets[i]!.time >= first * batch + Math.max(10_000, 3 * batch))
      assert.ok(seamless(settled), `${rate} ${count} ${batch} ${round.name}`)
      if (round !== Math.round) assert.ok(seamless(laid), `${rate} ${count} ${batch} ${round.name}`)
    }),
    { numRuns: runs(120) },
  )
})

test('nor one whose batches are stamped when they leave, 25 ms sooner or later', () => {
  const shaking = fc.infiniteStream(fc.integer({ min: -25, max: 25 }))
  fc.assert(
    fc.property(formats, fc.constantFrom(128, 200, 500, 1000), shaking, ([rate, count], batch, shakes) => {
      const each = Math.max(2, Math.round((batch * rate) / 1000 / count))
      const of = Array.from({ length: 30 }, (_, i) => (i === 0 ? 0 : shakes.next().value))
      const packets = regular(rate, count, each * 30).map((packet, i) => {
        const n = Math.floor(i / each)
        return { ...packet, time: Math.floor((n * each * count * 1000) / rate) + of[n]! }
      })
      const moved = lay(rate, packets).reduce((sum, { hole, cut }) => sum + hole + cut, 0)
      // The mean of times that vary moves little, and seldom.
      assert.ok(moved <= 0.1 * rate, `${(moved / rate) * 1000} ms`)
    }),
    { numRuns: runs(60) },
  )
})

test('a hole is found with the packet behind it, as long as it is', () => {
  fc.assert(
    fc.property(
      formats,
      fc.integer({ min: 90, max: 60_000 }),
      fc.integer({ min: 2, max: 200 }),
      ([rate, count], ms, before) => {
        const packets = regular(rate, count, before + 100).map((packet, i) =>
          i < before ? packet : { ...packet, time: packet.time + ms },
        )
        const laid = lay(rate, packets)
        const holes = laid.flatMap(({ hole }, i) => (hole > 0 ? [[i, hole]] : []))
        assert.is(holes.length, 1)
        assert.is(holes[0]![0], before)
        assert.ok(Math.abs(holes[0]![1]! - (ms * rate) / 1000) <= rate / 400, `${holes[0]![1]} for ${ms} ms`)
        assert.ok(laid.every(({ cut }) => cut === 0))
      },
    ),
    { numRuns: runs(60) },
  )
})

test('a hole in a stream of batches is found by the second batch behind it', () => {
  fc.assert(
    fc.property(
      formats,
      batches.filter(ms => ms >= 128),
      fc.integer({ min: 150, max: 4000 }),
      ([rate, count], batch, ms) => {
        const each = Math.max(2, Math.round((batch * rate) / 1000 / count))
        const packets = regular(rate, count, each * 12).map((packet, i) => {
          const n = Math.floor(i / each)
          return { ...packet, time: Math.floor((n * each * count * 1000) / rate) + (n < 5 ? 0 : ms) }
        })
        const laid = lay(rate, packets)
        const holes = laid.flatMap(({ hole }, i) => (hole > 0 ? [[Math.floor(i / each), hole]] : []))
        assert.is(holes.length, 1, JSON.stringify(holes))
        assert.ok(holes[0]![0] === 5 || holes[0]![0] === 6)
        assert.ok(Math.abs(holes[0]![1]! - (ms * rate) / 1000) <= rate / 400, `${holes[0]![1]} for ${ms} ms`)
      },
    ),
    { numRuns: runs(60) },
  )
})

test('an overlap is cut, no more and no less', () => {
  fc.assert(
    fc.property(formats, fc.integer({ min: 90, max: 900 }), ([rate, count], ms) => {
      const packets = regular(rate, count, 200).map((packet, i) =>
        i < 100 ? { ...packet, time: packet.time + 10_000 } : { ...packet, time: packet.time + 10_000 - ms },
      )
      const cut = lay(rate, packets).reduce((sum, laid) => sum + laid.cut, 0)
      assert.ok(Math.abs(cut - (ms * rate) / 1000) <= rate / 400, `${(cut / rate) * 1000} of ${ms} ms`)
    }),
    { numRuns: runs(60) },
  )
})

test('one timestamp that is wrong, by whatever, changes nothing', () => {
  const wrong = fc.oneof(fc.integer({ min: -100_000, max: -70 }), fc.integer({ min: 70, max: 100_000 }))
  fc.assert(
    fc.property(formats, wrong, fc.integer({ min: 1, max: 99 }), ([rate, count], by, index) => {
      const packets = regular(rate, count, 200, 200_000)
      packets[index]!.time += by
      assert.ok(seamless(lay(rate, packets)))
    }),
    { numRuns: runs(60) },
  )
})

test('a clock that drifts is followed, and no sample is laid where another lies', () => {
  fc.assert(
    fc.property(formats, fc.integer({ min: -2000, max: 2000 }), ([rate, count], ppm) => {
      const packets = regular(rate, count, 1500).map(packet => ({
        ...packet,
        time: Math.floor(packet.time * (1 + ppm / 1e6)),
      }))
      let end = 0
      for (const [i, { at, hole, cut }] of lay(rate, packets).entries()) {
        assert.is(at, end + hole)
        end = at + count - cut
        assert.ok(Math.abs(at - (packets[i]!.time * rate) / 1000) <= rate * 0.04, `packet ${i}`)
      }
    }),
    { numRuns: runs(30) },
  )
})

test('whatever the times are, nothing overlaps and nothing goes back', () => {
  const packet = fc.record({
    time: fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: -1e12, max: 1e12 })),
    count: fc.integer({ min: 1, max: 4096 }),
  })
  fc.assert(
    fc.property(formats, fc.array(packet, { minLength: 1, maxLength: 60 }), ([rate], packets) => {
      let end: number | null = null
      for (const [i, { at, hole, cut }] of lay(rate, packets).entries()) {
        assert.ok(hole >= 0 && cut >= 0 && cut <= packets[i]!.count && (hole === 0 || cut === 0))
        if (end !== null) assert.is(at, end + hole)
        end = at + packets[i]!.count - cut
      }
    }),
    { numRuns: runs(60) },
  )
})

test.run()
