// suite: deep
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { fuzz } from './fuzz'
import { mutation } from './mutate'

// Hostile bytes through the real capture: never a crash, a hang or an error that is none of ours. `npm run fuzz` takes
// longer.
const test = suite('fuzz', { timeout: 120_000 })

/** Streams that were findings once. 1008 and 1135: a timestamp that leaps made silence of gigabytes. */
const FORMER = [1008, 1135]

test('the same seed is the same mutation', () => {
  const tag = { type: 'video', timestamp: 40, data: Buffer.from([0x17, 1, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3]) } as const
  for (let seed = 0; seed < 200; seed++) {
    const play = () => {
      const { name, edit, mangle } = mutation(seed)
      const edited = Array.from({ length: 40 }, (_, i) => edit?.(tag, i))
      const mangled = Array.from({ length: 40 }, (_, i) => mangle?.(Buffer.from(tag.data), i))
      return { name, edited, mangled }
    }
    assert.equal(play(), play())
  }
  const names = new Set(Array.from({ length: 2000 }, (_, seed) => mutation(seed).name))
  assert.ok(names.size > 150, `${names.size} kinds`)
  assert.equal(tag.data[0], 0x17, 'the original stays')
})

test('what was found once', async () => {
  for (const seed of FORMER) assert.equal((await fuzz({ seed, cases: 1, time: 30_000 })).findings, [])
})

/** Among so many of these seeds there are both. */
const LEAST = 15

test('ten seconds of it', async () => {
  const { cases, pictures, refused, findings } = await fuzz({ seed: 5000, time: 10_000, least: LEAST })
  assert.equal(findings, [])
  // It reaches both: streams that survive, and streams that are refused.
  assert.ok(
    cases >= LEAST && pictures > 0 && refused > 0,
    `${cases} cases, ${pictures} with pictures, ${refused} refused`,
  )
})

test.run()
