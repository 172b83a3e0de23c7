import * as assert from 'uvu/assert'
import { resolveOutputOptions } from '../../../src/live/options'
import { CutSoundWatch } from '../../../src/live/output/cut-sound'
import type { Pacing } from '../../../src/live/output/groups/pacing'
import { OutputWriter } from '../../../src/live/output/writer'
import { fakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

// When an output warns that it cuts sound.
const test = suite('sound that is cut')

const RATE = 48_000

/** `cut(share, s)`: for so many seconds this share of the sound is cut, with 50 writes a second. */
function watched() {
  const clock = fakeClock()
  const told: { readonly at: number; readonly text: string }[] = []
  const begun = clock.now()
  const watch = new CutSoundWatch(clock, RATE, text => told.push({ at: clock.now() - begun, text }))
  let trimmed = 0
  let asked = 0
  const count = (): number => (asked++, trimmed)
  const cut = async (share: number, s: number): Promise<void> => {
    for (let i = 0; i < s * 50; i++) {
      watch.look(count)
      await clock.pass(20)
      trimmed += (RATE / 50) * share
    }
    watch.look(count)
  }
  return { cut, told, clock, asked: () => asked, at: () => told.map(({ at }) => at) }
}

test('all of it, for ten seconds: how much, and what to do', async () => {
  const { cut, told, at } = watched()
  await cut(1, 9.9)
  assert.equal(at(), [])
  await cut(1, 0.2)
  assert.equal(at(), [10_000])
  assert.match(told[0]!.text, /^10\.0 s of sound were cut, and more is \(stats\(\)\.trimmed\)/)
  assert.match(told[0]!.text, /framesWithAudio\$.*writeAudio/)
})

test('a tenth of it is told, a hundredth is not', async () => {
  const much = watched()
  await much.cut(0.1, 20)
  assert.is(much.told.length, 1)
  assert.match(much.told[0]!.text, /^1\.0 s of sound/)
  const little = watched()
  await little.cut(0.01, 120)
  assert.is(little.told.length, 0)
})

test('a source that begins again is no fault', async () => {
  const { cut, told } = watched()
  for (let i = 0; i < 10; i++) {
    await cut(1, 3)
    await cut(0, 12)
  }
  assert.is(told.length, 0)
})

test('for hours: once, then every ten minutes at most', async () => {
  const { cut, at, asked } = watched()
  await cut(0.5, 3600)
  assert.equal(at().slice(0, 3), [10_000, 610_000, 1_210_000])
  assert.is(at().length, 6)
  // The counters of the pacer are not read with each write.
  assert.is(asked(), 720)
})

test('silence between is none that is cut', async () => {
  const { cut, told, clock } = watched()
  await cut(1, 6)
  await clock.pass(3_600_000)
  await cut(1, 6)
  assert.is(told.length, 0)
})

test('every way of writing sound is looked at', async () => {
  const clock = fakeClock()
  const warned: string[] = []
  const logger = { debug: () => {}, info: () => {}, error: () => {}, warn: (text: string) => void warned.push(text) }
  const options = resolveOutputOptions({ width: 16, height: 16, audioSampleRate: RATE, logger })
  let trimmed = 0
  const pacing = { full: false, write: async () => true, stats: () => ({ trimmed }) } as unknown as Pacing
  const sound = { samples: new Float32Array(1920), sampleRate: RATE, channels: 2, duration: 20_000 }
  const picture = new Uint8Array(16 * 16 * 3)
  const ways: readonly ((writer: OutputWriter) => Promise<unknown>)[] = [
    writer => writer.writeAudio(sound.samples),
    writer => writer.write(picture, sound.samples, {}),
    writer => writer.writeAndClose({ ...sound, timestamp: 0, discontinuity: false }),
  ]
  for (const [index, write] of ways.entries()) {
    const writer = new OutputWriter({ options, pacing: () => pacing, clock })
    for (let i = 0; i < 600; i++) {
      await write(writer)
      await clock.pass(20)
      trimmed += 960
    }
    assert.is(warned.length, index + 1)
    assert.match(warned.at(-1)!, /^output: \d+\.\d s of sound were cut/)
  }
})

test.run()
