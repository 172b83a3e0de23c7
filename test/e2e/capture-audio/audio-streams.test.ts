// suite: deep
import * as assert from 'uvu/assert'
import { makeFile, probe } from '../../support/peers/ffmpeg'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { channelOf, onset } from '../../support/media/audio'
import { continuity } from '../../support/media/audio-continuity'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { compare, expectedAudio, shiftOf } from '../lib/compare-audio'
import { capturing, concat, pictures, toTheEnd } from '../lib/served'

const test = suite('capture: sound or picture alone', { timeout: 40_000 })

const picture = { size: '320x180', fps: 25, pattern: 'testsrc' } as const

test('sound alone: live without a picture, from 0 on, whole', async () => {
  const file = await makeFile(tempFile('in.flv'), { video: false, duration: 20 })
  const expected = await expectedAudio(file, 44_100, 2)
  await capturing(file, {}, async capture => {
    let shown = 0
    await capture.start()
    const { tracks: _, ...info } = capture.info!
    assert.equal(info, {
      transport: 'rxrtmp',
      video: null,
      audio: { sampleRate: 44_100, channels: 2, codec: 'aac' },
    })
    const parts: Float32Array[] = []
    await toTheEnd(async () => {
      for (;;) {
        const { samples, timestamp } = await capture.getAudio(0.5)
        assert.is(timestamp, parts.length * 500_000)
        // Not before the first sound: to who takes pictures alone, 'block' promises no sound.
        if (parts.length === 0)
          capture.frames$.subscribe({ next: frame => void (shown++, frame.close()), error: () => {} })
        parts.push(samples)
      }
    })
    assert.is(parts.length, 40)
    compare(concat(parts), expected)
    assert.is(shown, 0)
  })
})

test('sound alone: more than the queue holds, taken by a slow reader, nothing lost', async () => {
  const file = await makeFile(tempFile('in.flv'), { video: false, duration: 40 })
  const expected = await expectedAudio(file, 44_100, 2)
  await capturing(file, {}, async capture => {
    await capture.start()
    const parts = [(await capture.getAudio(0.1)).samples]
    await new Promise(resolve => setTimeout(resolve, 1500))
    await toTheEnd(async () => {
      for (;;) parts.push((await capture.getAudio(1)).samples)
    })
    const samples = concat(parts)
    assert.ok(samples.length / 2 > 38.5 * 44_100, `${samples.length / 2 / 44_100} s`)
    compare(samples, expected)
  })
})

test('picture alone: silence of the exact length beside every frame', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, fps: 30, audio: null, duration: 3 })
  await capturing(file, {}, async capture => {
    await capture.start()
    assert.is(capture.info!.audio, null)
    let [at, items] = [0, 0]
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        assert.ok(audio.samples.every(sample => sample === 0))
        assert.is(at, Math.round((frame.timestamp * audio.sampleRate) / 1e6), `item ${items}`)
        at += audio.samples.length / audio.channels
        items++
        frame.close()
      }
    })
    assert.is(items, 90)
    assert.ok(Math.abs(at - 3 * 44_100) <= 50, String(at))
  })
})

test('picture alone: silence in the format asked for', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, audio: null, duration: 2 })
  await capturing(file, { audioSampleRate: 48_000, audioChannels: 1 }, async capture => {
    await capture.start()
    const { frame, audio } = await capture.getFrameAndAudio()
    frame.close()
    assert.equal([audio.sampleRate, audio.channels, audio.samples.length], [48_000, 1, 1920])
  })
})

test('sound that starts 2 s late stands where it belongs', async () => {
  const file = await makeFile(tempFile('in.flv'), {
    ...picture,
    duration: 5,
    audioDelay: 2,
    audio: { frequency: 1000 },
  })
  const { packets } = await probe(file, { seconds: 6 })
  const starts = packets.find(packet => packet.codec_type === 'audio')!
  assert.ok(Number(starts.pts_time) > 1.9)
  const expected = await expectedAudio(file, 44_100, 2)
  await capturing(file, {}, async capture => {
    await capture.start()
    const parts: Float32Array[] = []
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        assert.ok(Math.abs(audio.timestamp - frame.timestamp) <= 23)
        assert.ok(Math.abs((concatLength(parts) / 44_100) * 1e6 - frame.timestamp) <= 23, `item ${parts.length}`)
        parts.push(audio.samples)
        frame.close()
      }
    })
    assert.is(parts.length, 125)
    const samples = concat(parts)
    const late = (onset(channelOf(samples, 2), 0.1) - onset(channelOf(expected, 2), 0.1)) / 44.1
    assert.ok(Math.abs(late) <= 2, `${late} ms late`)
    const tone = channelOf(samples, 2).subarray(2.1 * 44_100)
    assert.equal(continuity(tone, 44_100, 1000).jumps, [])
    assert.equal(continuity(tone, 44_100, 1000).gaps, [])
  })
})

test('pictures that start 2 s after the sound are at 0 nevertheless, and the sound with them', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, duration: 5, audio: { frequency: [440, 1000] } })
  // Without the first two groups of pictures, and with the rest of one that nobody can decode.
  const early = (tag: FlvTag) => tag.type === 'video' && tag.data[1] === 1 && tag.timestamp < 1500
  const serving = { edit: (tag: FlvTag) => (early(tag) ? [] : [tag]) }
  const { frames } = await pictures(file, {}, serving)
  assert.equal([frames[0]!.timestamp, frames[0]!.sequence, frames.length], [0, 0, 75])
  await capturing(
    file,
    {},
    async capture => {
      await capture.start()
      const { samples, timestamp } = await capture.getAudio(1)
      assert.is(timestamp, 0)
      // FLV's milliseconds move sound against picture by up to one.
      const shift = shiftOf(samples, await expectedAudio(file, 44_100, 2), 2, 2 * 44_100, 45)
      assert.is.not(shift, null)
    },
    serving,
  )
})

function concatLength(parts: readonly Float32Array[]): number {
  return parts.reduce((sum, part) => sum + part.length / 2, 0)
}

test.run()
