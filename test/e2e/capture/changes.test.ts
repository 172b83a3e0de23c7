// suite: deep
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import type { AudioChunk, RTMPCaptureOptions } from '../../../src/index'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { maxDifference } from '../../support/media/picture'
import { parseFlv, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { channelOf, onset, rms, toneLevel } from '../../support/media/audio'
import { continuity } from '../../support/media/audio-continuity'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing, concat, keep, pictures, toTheEnd, type Seen } from '../lib/served'

const test = suite('capture: streams that change', { timeout: 40_000 })

const SECONDS = 2
const source = { fps: 25, gop: 25, duration: SECONDS } as const

/** One file behind the other, as a publisher that changes its settings without a new connection. */
function joined(...files: string[]): string {
  const tags = files.flatMap((file, i) => {
    const own = parseFlv(readFileSync(file)).filter(tag => (i === 0 || tag.type !== 'script') && !isEnd(tag))
    return own.map(tag => ({ ...tag, timestamp: tag.timestamp + i * SECONDS * 1000 }))
  })
  const path = tempFile('joined.flv')
  writeFileSync(path, writeFlv(tags))
  return path
}

const isEnd = (tag: FlvTag) => tag.type === 'video' && tag.data[1] === 2

async function everything(
  file: string,
  options: RTMPCaptureOptions = {},
): Promise<{ frames: Seen[]; chunks: AudioChunk[] }> {
  return capturing(file, options, async capture => {
    await capture.start()
    const [frames, chunks]: [Seen[], AudioChunk[]] = [[], []]
    await toTheEnd(async () => {
      for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
        frames.push(keep(frame))
        chunks.push(audio)
      }
    })
    return { frames, chunks }
  })
}

/** Pictures at their times, and sound without a hole in its positions. */
function goOn({ frames, chunks }: { frames: Seen[]; chunks: AudioChunk[] }): void {
  assert.is(frames.length, 2 * SECONDS * 25)
  frames.forEach(({ timestamp, sequence }, i) => {
    // Encoders begin their sound some ms apart, depending on its rate.
    assert.ok(Math.abs(timestamp - i * 40_000) <= 3000, `frame ${i} at ${timestamp}`)
    assert.is(sequence, i)
  })
  chunks.slice(1).forEach((chunk, i) => {
    const end = chunks[i]!.timestamp + chunks[i]!.duration
    assert.ok(Math.abs(chunk.timestamp - end) <= 23, `chunk ${i + 1} at ${chunk.timestamp}, not ${end}`)
    assert.ok(Math.abs(chunk.timestamp - frames[i + 1]!.timestamp) <= 23, `chunk ${i + 1} at ${chunk.timestamp}`)
  })
}

test('another picture size: frames change theirs, at the right place', async () => {
  const small = await makeFile(tempFile('a.flv'), { ...source, size: '320x180' })
  const large = await makeFile(tempFile('b.flv'), { ...source, size: '480x270' })
  const [first, second] = [await decodeFrames(small, 'yuv420p'), await decodeFrames(large, 'yuv420p')]
  const result = await everything(joined(small, large), { format: 'I420' })
  goOn(result)
  const expected = [...first, ...second]
  result.frames.forEach((frame, i) => {
    const { width, height, data } = expected[i]!
    assert.equal([frame.width, frame.height], [width, height], `frame ${i}`)
    assert.is(maxDifference(frame.data, data), 0, `frame ${i}`)
  })
})

test('another picture size, scaled: frames keep theirs', async () => {
  const small = await makeFile(tempFile('a.flv'), { ...source, size: '320x180' })
  const large = await makeFile(tempFile('b.flv'), { ...source, size: '480x270' })
  const result = await everything(joined(large, small), { width: 160, height: 90 })
  goOn(result)
  for (const { width, height, data } of result.frames)
    assert.equal([width, height, data.length], [160, 90, 160 * 90 * 3])
})

test('another profile: nothing to be seen of it', async () => {
  const plain = await makeFile(tempFile('a.flv'), { ...source, size: '320x180', profile: 'baseline' })
  const high = await makeFile(tempFile('b.flv'), {
    ...source,
    size: '320x180',
    profile: 'high',
    x264: 'cabac=1:8x8dct=1',
  })
  const expected = [...(await decodeFrames(plain, 'yuv420p')), ...(await decodeFrames(high, 'yuv420p'))]
  const result = await everything(joined(plain, high), { format: 'I420' })
  goOn(result)
  result.frames.forEach((frame, i) => assert.is(maxDifference(frame.data, expected[i]!.data), 0, `frame ${i}`))
})

for (const options of [
  {},
  { audioSampleRate: 48_000 },
  { audioSampleRate: 44_100, audioChannels: 1 },
] satisfies RTMPCaptureOptions[]) {
  test(`another sample rate, and mono (asked for: ${JSON.stringify(options)})`, async () => {
    const first = await makeFile(tempFile('a.flv'), { ...source, size: '320x180', audio: { rate: 44_100 } })
    const second = await makeFile(tempFile('b.flv'), {
      ...source,
      size: '320x180',
      audio: { rate: 48_000, channels: 1 },
    })
    const result = await everything(joined(first, second), options)
    goOn(result)
    for (const half of [result.chunks.slice(5, 45), result.chunks.slice(55, 95)]) {
      const [{ sampleRate, channels }] = half as [AudioChunk]
      assert.ok(half.every(chunk => chunk.sampleRate === sampleRate && chunk.channels === channels))
      const tone = channelOf(concat(half.map(chunk => chunk.samples)), channels)
      const level = toneLevel(tone, sampleRate, 440)
      assert.ok(Math.abs(level - 0.5) < 0.05, `level ${level} at ${sampleRate} Hz`)
      assert.equal(continuity(tone, sampleRate, 440).jumps, [])
    }
  })
}

test('a hole in the sound is silence in its place', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', duration: 4 })
  const hole = (tag: FlvTag) => tag.type === 'audio' && tag.timestamp >= 1500 && tag.timestamp < 2500
  const path = tempFile('hole.flv')
  writeFileSync(path, writeFlv(parseFlv(readFileSync(file)).filter(tag => !hole(tag))))
  const result = await everything(path)
  goOn(result)
  const sound = channelOf(concat(result.chunks.map(chunk => chunk.samples)), 2)
  assert.ok(rms(sound.subarray(1.6 * 44_100, 2.4 * 44_100)) < 0.001)
  const back = onset(sound, 0.05, 2 * 44_100) / 44_100
  assert.ok(Math.abs(back - 2.48) < 0.05, `back at ${back} s`)
  assert.equal(continuity(sound.subarray(2.6 * 44_100), 44_100, 440).jumps, [])
})

test('sound whose timestamps wobble by 20 ms is one sound', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', duration: 4 })
  let turn = 0
  const wobble = (tag: FlvTag) =>
    tag.type === 'audio' && tag.data[1] !== 0 ? { ...tag, timestamp: tag.timestamp + [0, 20, 7, 13][turn++ % 4]! } : tag
  const path = tempFile('wobble.flv')
  writeFileSync(path, writeFlv(parseFlv(readFileSync(file)).map(wobble)))
  const result = await everything(path)
  goOn(result)
  const sound = channelOf(concat(result.chunks.map(chunk => chunk.samples)), 2)
  const { jumps, gaps } = continuity(sound, 44_100, 440)
  assert.equal({ jumps, gaps }, { jumps: [], gaps: [] })
})

test('sound that ends in mid-stream: pictures go on, with silence', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', duration: 4 })
  const path = tempFile('mute.flv')
  writeFileSync(
    path,
    writeFlv(parseFlv(readFileSync(file)).filter(tag => tag.type !== 'audio' || tag.timestamp < 1500)),
  )
  const result = await everything(path)
  goOn(result)
  const sound = channelOf(concat(result.chunks.map(chunk => chunk.samples)), 2)
  assert.ok(rms(sound.subarray(0, 1.4 * 44_100)) > 0.3)
  assert.ok(rms(sound.subarray(1.6 * 44_100)) < 0.001)
})

test('pictures that pause for 3 s: the sound goes on, whole', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', duration: 6 })
  const path = tempFile('still.flv')
  const pause = (tag: FlvTag) => tag.type === 'video' && tag.timestamp >= 1000 && tag.timestamp < 4000
  writeFileSync(path, writeFlv(parseFlv(readFileSync(file)).filter(tag => !pause(tag))))
  const { frames, chunks } = await everything(path)
  assert.is(frames.length, 75)
  const sound = channelOf(concat(chunks.map(chunk => chunk.samples)), 2)
  assert.ok(Math.abs(sound.length / 44_100 - 6) < 0.05, `${sound.length / 44_100} s`)
  const { jumps, gaps } = continuity(sound, 44_100, 440)
  assert.equal({ jumps, gaps }, { jumps: [], gaps: [] })
})

test('a server that sends its metadata and headers again and again', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', bframes: 2 })
  const tags = parseFlv(readFileSync(file))
  const heads = tags.filter(
    tag => tag.type === 'script' || (tag.data[1] === 0 && tag.timestamp < 100 && tag.data.length < 60),
  )
  const { frames } = await pictures(
    file,
    { format: 'I420' },
    {
      edit: (tag, index) =>
        index % 20 === 19 ? [...heads.map(head => ({ ...head, timestamp: tag.timestamp })), tag] : [tag],
    },
  )
  const expected = await decodeFrames(file, 'yuv420p')
  assert.is(frames.length, 50)
  frames.forEach((frame, i) => assert.is(maxDifference(frame.data, expected[i]!.data), 0, `frame ${i}`))
})

test('damaged pictures in mid-stream do not end it', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '320x180', duration: 4 })
  const damage = (tag: FlvTag, index: number) => {
    if (tag.type !== 'video' || tag.data[1] !== 1 || index % 30 !== 0 || index < 40) return [tag]
    const data = Buffer.from(tag.data)
    // The coded picture, behind the tag's head, the length and the kind of the first unit.
    data.fill(0x5a, Math.min(12 + 20, data.length), data.length)
    return [{ ...tag, data }]
  }
  const { frames } = await pictures(file, {}, { edit: damage })
  assert.ok(frames.length >= 90, `${frames.length} frames`)
  assert.ok(frames.at(-1)!.timestamp > 3_800_000)
})

test.run()
