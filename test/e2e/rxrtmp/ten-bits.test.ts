import * as assert from 'uvu/assert'
import { maxDifference } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { decoded, encoded, encodedAv1, fileOf, HEVC } from '../lib/encoded'
import { pictures } from '../lib/served'

const test = suite('captures of 10 bits a sample', { timeout: 90_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 20_000, gpuAcceleration: false } as const
const TEN = { pictures: 10, format: 'I420_10LE', pattern: 'smpte' } as const

const words = (bytes: Uint8Array): Uint16Array =>
  new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))

for (const [codec, make] of [
  ['hevc', () => encoded(HEVC, TEN)],
  ['av1', () => encodedAv1(10, 'smptebars')],
] as const) {
  test(`${codec}: as it is, and to the nearest value of 8 bits`, async () => {
    const made = await make()
    const ten = await decoded(made, 'yuv420p10le')
    const file = fileOf(made.tags)
    const asked = async (format: 'I420_10LE' | 'P010' | 'I420' | 'RGB') =>
      (await pictures(file, { ...OWN, format })).frames

    const planar = await asked('I420_10LE')
    assert.is(planar.length, 10)
    planar.forEach(({ data, format }, i) => {
      assert.equal([format, maxDifference(data, ten[i]!.data)], ['I420_10LE', 0], `picture ${i}`)
    })

    const upper = await decoded(made, 'p010le')
    for (const [i, { data }] of (await asked('P010')).entries())
      assert.is(maxDifference(data, upper[i]!.data), 0, `picture ${i}`)

    for (const [i, { data }] of (await asked('I420')).entries()) {
      const nearest = Uint8Array.from(words(ten[i]!.data), value => Math.min(255, (value + 2) >> 2))
      assert.is(maxDifference(data, nearest), 0, `picture ${i}`)
    }

    // White and black of the test picture: limited range becomes full range.
    const [first] = await asked('RGB')
    const luma = words(ten[0]!.data).subarray(0, 160 * 90)
    const at = luma.indexOf(Math.max(...luma))
    const gray = Math.round(((luma[at]! / 4 - 16) * 255) / 219)
    assert.ok(Math.abs(first!.data[at * 3 + 1]! - gray) <= 6, `${first!.data[at * 3 + 1]} where ${gray} is`)
  })
}

test('8 bits become ten where they are asked for, and pictures of ten bits are scaled', async () => {
  const eight = await encoded(HEVC, { pictures: 5 })
  const source = await decoded(eight)
  const { frames } = await pictures(fileOf(eight.tags), { ...OWN, format: 'I420_10LE' })
  for (const [i, { data }] of frames.entries()) {
    assert.ok(
      words(data).every((value, at) => value === source[i]!.data[at]! * 4),
      `picture ${i}`,
    )
  }

  const ten = await encoded(HEVC, { ...TEN, pattern: 'white' })
  const scaled = (await pictures(fileOf(ten.tags), { ...OWN, format: 'P010', width: 80 })).frames[0]!
  assert.equal([scaled.width, scaled.height, scaled.data.length], [80, 46, (80 * 46 * 3 * 2) / 2])
  for (const value of words(scaled.data).subarray(0, 80 * 46))
    assert.ok(Math.abs((value >> 6) - 940) <= 4, `${value >> 6}`)
})

test.run()
