// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPCaptureOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { channelOf, rms, toneLevel } from '../../support/media/audio'
import { continuity } from '../../support/media/audio-continuity'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { compare, expectedAudio } from '../lib/compare-audio'
import { capturing, concat, toTheEnd } from '../lib/served'

const test = suite('capture: sound formats', { timeout: 30_000 })

const picture = { size: '320x180', fps: 25, pattern: 'testsrc', duration: 4 } as const

/** All sound of a file in tenths of a second, and what the capture says of it. */
function audioOf(file: string, options: RTMPCaptureOptions = {}) {
  return capturing(file, options, async capture => {
    await capture.start()
    const { info } = capture
    const parts: Float32Array[] = []
    const formats = new Set<string>()
    await toTheEnd(async () => {
      for (;;) {
        const { samples, sampleRate, channels } = await capture.getAudio(0.1)
        formats.add(`${sampleRate} ${channels}`)
        parts.push(samples)
      }
    })
    return { samples: concat(parts), format: [...formats].join(), info: info! }
  })
}

for (const rate of [44_100, 48_000]) {
  for (const channels of [1, 2]) {
    test(`${rate} Hz, ${channels === 1 ? 'mono' : 'stereo'}`, async () => {
      const file = await makeFile(tempFile('in.flv'), { ...picture, audio: { rate, channels, frequency: [440, 1000] } })
      const { samples, format, info } = await audioOf(file)
      assert.is(format, `${rate} ${channels}`)
      assert.equal(info.audio, { sampleRate: rate, channels, codec: 'aac' })
      assert.ok(samples.length >= 39 * (rate / 10) * channels, String(samples.length))
      compare(samples, await expectedAudio(file, rate, channels))
      const tones = [440, 1000].slice(0, channels)
      tones.forEach((frequency, i) => {
        const one = channelOf(samples, channels, i)
        assert.ok(Math.abs(toneLevel(one, rate, frequency) - 0.5) < 0.05, `channel ${i}`)
      })
    })
  }
}

for (const [from, to] of [
  [44_100, 48_000],
  [48_000, 44_100],
  [44_100, 22_050],
  [48_000, 16_000],
] as const) {
  test(`audioSampleRate ${to} of a stream with ${from}`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, audio: { rate: from } })
    const { samples, format } = await audioOf(file, { audioSampleRate: to })
    assert.is(format, `${to} 2`)
    const count = samples.length / 2 / to
    assert.ok(count >= 3.75 && count <= 4.05, `${count} s`)
    const left = channelOf(samples, 2)
    const { jumps, gaps, drift } = continuity(left, to, 440)
    assert.equal({ jumps, gaps }, { jumps: [], gaps: [] })
    assert.ok(Math.abs(drift) < 1, `drifts by ${drift} samples a second`)
    assert.ok(Math.abs(toneLevel(left.subarray(to, 2 * to), to, 440) - 0.5) < 0.05)
  })
}

test('audioChannels 1 of stereo mixes both', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, audio: { frequency: [440, 1000] } })
  const { samples, format } = await audioOf(file, { audioChannels: 1 })
  assert.is(format, '44100 1')
  const [low, high] = [440, 1000].map(frequency => toneLevel(samples.subarray(44_100, 88_200), 44_100, frequency))
  assert.ok(Math.abs(low! - 0.25) < 0.05 && Math.abs(high! - 0.25) < 0.05, `${low} ${high}`)
})

test('audioChannels 2 of mono has it on both', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, audio: { channels: 1 } })
  const { samples, format } = await audioOf(file, { audioChannels: 2 })
  assert.is(format, '44100 2')
  const [left, right] = [channelOf(samples, 2, 0), channelOf(samples, 2, 1)]
  assert.equal(left, right)
  assert.ok(rms(left) > 0.2)
})

test('rate and channels together, beside pictures', async () => {
  const file = await makeFile(tempFile('in.flv'), picture)
  await capturing(file, { audioSampleRate: 48_000, audioChannels: 1 }, async capture => {
    await capture.start()
    let [at, items] = [0, 0]
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        assert.equal([audio.sampleRate, audio.channels], [48_000, 1])
        assert.ok(Math.abs((at / 48_000) * 1e6 - frame.timestamp) < 25, `item ${items}`)
        at += audio.samples.length
        items++
        frame.close()
      }
    })
    assert.is(items, 100)
    assert.is(at, 4 * 48_000)
  })
})

test('info tells what the stream carries, whatever it is converted to', async () => {
  const file = await makeFile(tempFile('in.flv'), picture)
  const { info } = await audioOf(file, { audioSampleRate: 48_000, audioChannels: 1, width: 160 })
  assert.equal(info.audio, { sampleRate: 44_100, channels: 2, codec: 'aac' })
  assert.equal([info.video?.width, info.video?.height], [320, 180])
})

test.run()
